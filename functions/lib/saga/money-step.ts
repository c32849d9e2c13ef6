// A money step asks a provider to move money. It has three parts, so that it may die at any point
// and may run twice: an intent, which is one conditional write; the provider call, under a key that
// is the same in every try; and one transaction of state, event and journals. `moneyStep` is their
// one order for every such step, and a step declares only what is its own.
import type { SagaInput } from "../contracts/types.ts";
import { type Beginning, guardOfIntent } from "../domain/beginning.ts";
import { type Guard, objectionTo } from "../domain/guard.ts";
import { isDone, type PaymentRecord, refusalBy } from "../domain/payment.ts";
import { heardOf } from "../domain/provider-fact.ts";
import {
  type ForwardOperation,
  PIVOTS,
  type ProviderStep,
  providerKey,
  STEP_OF,
} from "../domain/saga-definition.ts";
import { isTerminal } from "../domain/status.ts";
import {
  ContraError,
  OutcomeUnknown,
  ProviderRejected,
  type ProviderUnavailable,
  RefusalUnsettled,
  UndoStarted,
} from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { ProviderAnswer, Success } from "../ports/provider.ts";
import { loadAndResume, loadPayment } from "./load-payment.ts";
import { hindranceOf, noteUnreached } from "./may-begin.ts";
import type { MoneyStep, Try } from "./money-step-declaration.ts";
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
export { type Condition, type Lapse, MONEY_STEP_THROWS, type Try } from "./money-step-declaration.ts";

const OPERATION_OF = Object.fromEntries(
  Object.entries(STEP_OF).map(([operation, step]) => [step, operation]),
) as Record<ProviderStep, ForwardOperation>;

/**
 * The step as declared, in the one order of all money steps:
 *
 * 1. Load the payment. Where the step ends it, resume one that is parked.
 * 2. Superseded, the undo has begun, or the provider contradicts itself? This comes before the
 *    result: a later attempt must not go on from a result that is being undone.
 * 3. Refused before, or done? Each is the answer of every later try, and nobody is asked. The
 *    refusal is read first: what was held in part is done and refused.
 * 4. May it begin? This is asked only before the first intent: nothing was sent, so that
 *    ProviderUnavailable is the truth. A cancel comes first, for it ends the waiting. After an
 *    intent nothing may stop the step from finding out what became of it.
 * 5. Write the intent. From here on every doubt is OutcomeUnknown.
 * 6. Ask or send. What the provider told counts; after an earlier intent it is queried first.
 * 7. Record the success in one transaction, or persist the refusal and throw it.
 *
 * Nearly every step finds nothing in 1 to 3. So it first begins unseen: 4, then 5 as one write that
 * requires what 2 and 3 look for, and brings the payment. Where either refuses, the step goes
 * through the order from 1, and each objection is told in its own place. What 4 said then stands:
 * to ask again would take a second probe's place.
 */
export const moneyStep =
  <Ports extends MoneyStepPorts, Needs = undefined>(step: ProviderStep, declared: MoneyStep<Ports, Needs>) =>
  (ports: Ports) =>
  async (input: SagaInput): Promise<void> => {
    const run: Run<Ports, Needs> = { ports, input, step, declared };
    const hindrance = await hindranceOf(declared.mayBegin, ports, step);
    const begun = (hindrance ? undefined : await beginUnseen(run)) ?? (await lookAndBegin(run, hindrance));
    if (!begun) return;
    await afterIntent(async () => {
      const { mayHaveSent } = begun;
      const current = await begun.current();
      const answer = await askOrSend(ports, current, mayHaveSent, () => declared.send(ports, current));
      const at = current.payment.marks.intent[step] ?? 0;
      const isOnlySend = mayHaveSent ? undefined : { isLastIntent: { step, at } };
      const success = await successOf(ports, current, declared, answer, isOnlySend);
      await declared.record(ports, current, success);
    });
  };

type Run<Ports, Needs> = {
  ports: Ports;
  input: SagaInput;
  step: ProviderStep;
  declared: MoneyStep<Ports, Needs>;
};
/** The intent stands; `mayHaveSent` where an earlier one did, or the provider told of something. */
type Begun<Needs> = { current: () => Promise<Try<Needs>>; mayHaveSent: boolean };

/** 5 without a look. Undefined, and nothing is written, where the step has to look. */
async function beginUnseen<Ports extends MoneyStepPorts, Needs>(
  run: Run<Ports, Needs>,
): Promise<Begun<Needs> | undefined> {
  const { ports, input, step, declared } = run;
  const { mayLapse, buildsOn } = declared;
  const acceptedSince = mayLapse && new Date(ports.clock.ago(mayLapse.after)).toISOString();
  const beginning: Beginning = { execution: input.execution, step, buildsOn, acceptedSince };
  const payment = await ports.payments.begin(input.payment_id, beginning);
  return payment && { current: () => tryOf(run, payment), mayHaveSent: false };
}

/** 1 to 5. Undefined where the step is done. */
async function lookAndBegin<Ports extends MoneyStepPorts, Needs>(
  run: Run<Ports, Needs>,
  hindrance: ProviderUnavailable | undefined,
): Promise<Begun<Needs> | undefined> {
  const { ports, input, step, declared } = run;
  const { payments } = ports;
  const payment = await openPayment(payments, input, step, declared.endsPayment);
  if (!payment) return undefined;
  const { payment_id, marks, facts } = payment;
  const looked = await tryOf(run, payment);
  const guard = guardOfIntent({ execution: input.execution, step });
  if (marks.intent[step] === undefined) {
    // Cancelled before it has begun, it does not wait for its provider either.
    const objection = payment.cancel_requested_at === undefined ? undefined : objectionTo(guard, payment);
    if (objection) throw objection;
    await assertMayBegin(ports, looked, declared, hindrance);
  }
  const { earlier, payment: marked } = await payments.mark(payment_id, "intent", step, guard);
  const current = { ...looked, payment: { ...payment, marks: marked.marks } };
  const mayHaveSent = earlier !== undefined || heardOf(facts, looked.operation) !== undefined;
  return { current: async () => current, mayHaveSent };
}

async function tryOf<Ports extends MoneyStepPorts, Needs>(
  { ports, input: { execution }, step, declared }: Run<Ports, Needs>,
  payment: PaymentRecord,
): Promise<Try<Needs>> {
  const operation = OPERATION_OF[step];
  const key = providerKey(payment.payment_id, operation);
  const needs = (await declared.needs?.(ports, payment)) as Needs;
  const question = declared.asks(payment, needs);
  return { step, operation, payment, guard: { execution, step }, key, question, needs };
}

/** 1 to 3: the payment, or undefined where the step is done. */
async function openPayment(
  payments: PaymentStore,
  input: SagaInput,
  step: ProviderStep,
  endsPayment?: true,
): Promise<PaymentRecord | undefined> {
  const { execution } = input;
  const payment = await (endsPayment ? loadAndResume(payments, input) : loadPayment(payments, input));
  // A pivot is never undone. Its Resolve sets the tombstone, and may then find the pivot done. The
  // pivot of a payment that nobody claimed is a defect, and must not end as quietly as a superseded
  // one.
  const guard: Guard = PIVOTS.includes(step) ? { execution, acceptsUnclaimed: true } : { execution, step };
  // Of a payment that has ended only the announcement is left, and no contradiction holds that up.
  const objection = objectionTo(
    isTerminal(payment.status) ? { ...guard, evenDisputed: true } : guard,
    payment,
  );
  if (objection) throw objection;
  const refusal = refusalBy(payment, step);
  if (refusal) throw refusal;
  if (isDone(payment, step)) return undefined;
  if (payment.doubted_refusal?.step === step) throw new RefusalUnsettled(payment.doubted_refusal.message);
  return payment;
}

/** 4: throws that it waited too long, or what is in its way. */
const assertMayBegin = <Ports extends MoneyStepPorts, Needs>(
  ports: Ports,
  current: Try<Needs>,
  { mayLapse }: MoneyStep<Ports, Needs>,
  hindrance: ProviderUnavailable | undefined,
): Promise<void> =>
  noteUnreached(ports.payments, current.payment, current.guard, async () => {
    await mayLapse?.assertInTime(ports, current);
    if (hindrance) throw hindrance;
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
