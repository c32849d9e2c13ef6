// A money step asks a provider to move money. It has three parts, so that it may die at any point
// and may run twice: an intent, which is one conditional write; the provider call, under a key that
// is the same in every try; and one transaction of state, event and journals. `moneyStep` is their
// one order for every such step, and a step declares only what is its own.
import type { SagaInput } from "../contracts/types.ts";
import { type Guard, objectionTo } from "../domain/guard.ts";
import { isDone, type PaymentRecord, refusalBy } from "../domain/payment.ts";
import { heardOf } from "../domain/provider-fact.ts";
import {
  type ForwardOperation,
  PIVOT_OF,
  type ProviderStep,
  providerKey,
  STEP_OF,
  type Step,
} from "../domain/saga-definition.ts";
import {
  ContraError,
  OutcomeUnknown,
  ProviderRejected,
  RefusalUnsettled,
  UndoStarted,
} from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { ProviderAnswer, Success } from "../ports/provider.ts";
import { loadAndResume, loadPayment } from "./load-payment.ts";
import { noteUnreached } from "./may-begin.ts";
import type { Condition, MoneyStep, Try } from "./money-step-declaration.ts";
import {
  answerTo,
  describeAnswer,
  differing,
  outcomeTold,
  type ProviderPorts,
  reliable,
  reportAnswer,
} from "./provider-outcome.ts";
import { doubtRefusal, refuse } from "./record-refusal.ts";

export type MoneyStepPorts = ProviderPorts;
export type { Condition, Try } from "./money-step-declaration.ts";

/** What every money step throws, beside its own refusals. */
export const MONEY_STEP_THROWS = [
  "ProviderUnavailable",
  "CancelRequested",
  "UndoStarted",
  "Superseded",
  "OutcomeUnknown",
  "ProviderRejected",
  "RefusalUnsettled",
  "AnswerDiffers",
  "ContradictionStands",
  "StoreContention",
  "StoreUnavailable",
] as const;

const OPERATION_OF = Object.fromEntries(
  Object.entries(STEP_OF).map(([operation, step]) => [step, operation]),
) as Record<ProviderStep, ForwardOperation>;

/**
 * A pivot is never undone. Its Resolve sets the tombstone, and may then find the pivot done. The
 * pivot of a payment that nobody claimed is a defect, and must not end as quietly as a superseded
 * one.
 */
const PIVOTS: readonly Step[] = Object.values(PIVOT_OF);

/**
 * The step as declared, in the one order of all money steps:
 *
 * 1. Load the payment. Where the step ends it, resume one that is parked.
 * 2. Superseded, the undo has begun, or the provider contradicts itself? This comes before the
 *    result: a later attempt must not go on from a result that is being undone.
 * 3. Refused before, or done? Each is the answer of every later try, and nobody is asked. The
 *    refusal is read first: what was held in part is done and refused.
 * 4. May it begin? This is asked only before the first intent: nothing was sent, so that
 *    ProviderUnavailable is the truth. After an intent nothing may stop the step from finding out
 *    what became of it.
 * 5. Write the intent. From here on every doubt is OutcomeUnknown.
 * 6. Ask or send. What the provider told counts; after an earlier intent it is queried first.
 * 7. Record the success in one transaction, or persist the refusal and throw it.
 */
export const moneyStep =
  <Ports extends MoneyStepPorts, Needs = undefined>(step: ProviderStep, declared: MoneyStep<Ports, Needs>) =>
  (ports: Ports) =>
  async (input: SagaInput): Promise<void> => {
    const { payments } = ports;
    const payment = await openPayment(payments, input, step, declared.endsPayment);
    if (!payment) return;
    const { payment_id, marks } = payment;
    const operation = OPERATION_OF[step];
    const guard = { execution: input.execution, step };
    const key = providerKey(payment_id, operation);
    const needs = (await declared.needs?.(ports, payment)) as Needs;
    const question = declared.asks(payment, needs);
    const current: Try<Needs> = { step, operation, payment, guard, key, question, needs };
    if (marks.intent[step] === undefined) await assertMayBegin(ports, current, declared.mayBegin);
    const { earlier, payment: marked } = await payments.mark(payment_id, "intent", step, {
      ...guard,
      refusedIfCancelRequested: true,
      firstIntentOf: step,
    });
    await afterIntent(async () => {
      const mayHaveSent = earlier !== undefined || heardOf(payment.facts, operation) !== undefined;
      const answer = await askOrSend(ports, current, mayHaveSent, () => declared.send(ports, current));
      const at = marked.marks.intent[step] ?? 0;
      const isOnlySend = mayHaveSent ? undefined : { isLastIntent: { step, at } };
      const success = await successOf(ports, current, declared, answer, isOnlySend);
      await declared.record(ports, current, success);
    });
  };

/** 1 to 3: the payment, or undefined where the step is done. */
async function openPayment(
  payments: PaymentStore,
  input: SagaInput,
  step: ProviderStep,
  endsPayment?: true,
): Promise<PaymentRecord | undefined> {
  const { execution } = input;
  const payment = await (endsPayment ? loadAndResume(payments, input) : loadPayment(payments, input));
  const isPivot = PIVOTS.includes(step);
  const objection = objectionTo(
    isPivot ? { execution, acceptsUnclaimed: true } : { execution, step },
    payment,
  );
  if (objection) throw objection;
  const refusal = refusalBy(payment, step);
  if (refusal) throw refusal;
  if (isDone(payment, step)) return undefined;
  if (payment.doubted_refusal?.step === step) throw new RefusalUnsettled(payment.doubted_refusal.message);
  return payment;
}

/** 4: throws the first objection of the step's conditions. */
const assertMayBegin = <Ports extends MoneyStepPorts, Needs>(
  ports: Ports,
  current: Try<Needs>,
  conditions: readonly Condition<Ports, Needs>[],
): Promise<void> =>
  noteUnreached(ports.payments, current.payment, current.guard, async () => {
    for (const assertHolds of conditions) await assertHolds(ports, current);
  });

/** 6: what became of the operation. It was told, or is queried, or is sent now. */
async function askOrSend(
  ports: ProviderPorts,
  current: Try<unknown>,
  mayHaveSent: boolean,
  send: () => Promise<ProviderAnswer>,
): Promise<ProviderAnswer> {
  const told = await outcomeTold(ports, current);
  if (told) return told;
  const found = mayHaveSent ? reliable(ports, current, await ports.provider.find(current.key)) : undefined;
  // The provider still remembers keys and has not seen this one: nothing was sent, or nothing
  // arrived.
  if (found === undefined || found.outcome === "absent") return answerTo(ports, current, send());
  await reportAnswer(ports, current.payment, found);
  return found;
}

/**
 * Runs what follows an intent or a tombstone. A store that fails now leaves the outcome unknown,
 * because the provider may have been called.
 */
export async function afterIntent<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ContraError && (error.kind === "transient" || error.kind === "unknown")) {
      throw new OutcomeUnknown(error.message, { cause: error });
    }
    throw error;
  }
}

/**
 * 7: the answer, if it is the success that was asked for. Otherwise throws what it is. A request
 * that was not taken is a refusal only while nothing else was sent under its key: the same code may
 * say that the earlier one was.
 */
async function successOf<Ports extends MoneyStepPorts, Needs>(
  ports: Ports,
  current: Try<Needs>,
  { declined: Declined, recordPart }: MoneyStep<Ports, Needs>,
  answer: ProviderAnswer,
  isOnlySend: Pick<Guard, "isLastIntent"> | undefined,
): Promise<Success> {
  const { step, operation, payment, guard } = current;
  const { payments, provider } = ports;
  const { nature } = provider;
  const end = (refusal: ContraError, isFinal: boolean, holding: Partial<Guard> = {}) =>
    (isFinal ? refuse : doubtRefusal)(payments, payment, step, refusal, { ...guard, ...holding });
  switch (answer.outcome) {
    case "succeeded":
      return answer;
    case "refused":
      return end(new Declined(answer.message), nature.keeps_refusals);
    case "rejected":
      if (!nature.validates_first) throw new OutcomeUnknown(`${step} ${describeAnswer(answer)}`);
      return end(new ProviderRejected(answer.code), isOnlySend !== undefined, isOnlySend);
    case "differs":
      if (!answer.isSmaller || !recordPart) throw await differing(ports, current, answer);
      throw await recordPart(ports, current, answer);
    case "tombstoned":
      throw new UndoStarted(`the provider keeps a tombstone for ${operation}`);
    default:
      throw new OutcomeUnknown(`${step} ${describeAnswer(answer)}`);
  }
}
