// A money step asks a provider to move money. It has three parts, so that it may die at any point
// and may run twice: an intent, which is one conditional write; the provider call, under a key that
// is the same in every try; and one transaction of state, event and journals. `moneyStep` is their
// one order for every such step, and a step declares only what is its own.
import type { SagaInput } from "../contracts/types.ts";
import { type Guard, objectionTo } from "../domain/guard.ts";
import { isDone, type PaymentRecord, refusalBy } from "../domain/payment.ts";
import {
  type ForwardOperation,
  PIVOT_OF,
  type ProviderStep,
  providerKey,
  STEP_OF,
  type Step,
} from "../domain/saga-definition.ts";
import { ContraError, OutcomeUnknown, UndoStarted } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { ProviderAnswer, Success } from "../ports/provider.ts";
import { loadAndResume, loadPayment } from "./load-payment.ts";
import { noteUnreached } from "./may-begin.ts";
import {
  describeAnswer,
  outcomeFromAnswer,
  outcomeFromFact,
  type ProviderPorts,
  reportAnswer,
} from "./provider-outcome.ts";

export type MoneyStepPorts = ProviderPorts & { payments: PaymentStore };

/** One try of a step. `key` is the provider's idempotency key, `needs` what the step works with. */
export type Try<Needs = undefined> = {
  step: ProviderStep;
  payment: PaymentRecord;
  guard: Guard & { step: ProviderStep };
  key: string;
  needs: Needs;
};

/** What must hold before the first intent. Throws what forbids the step to begin. */
export type Condition<Ports, Needs = undefined> = (ports: Ports, current: Try<Needs>) => Promise<unknown>;

type Refusal = new (message: string) => ContraError;

export type MoneyStep<Ports, Needs = undefined> = {
  /** The error for a provider's refusal. */
  declined: Refusal;
  /** The provider call. */
  send: (ports: Ports, current: Try<Needs>) => Promise<ProviderAnswer>;
  /** The transaction, by the guard of the try. */
  record: (ports: Ports, current: Try<Needs>, success: Success) => Promise<unknown>;
  /** Checked in order. A condition that may take the probe's place comes last. */
  mayBegin: readonly Condition<Ports, Needs>[];
  /** What the step works with, beside the payment. Throws InvariantBroken where it is missing. */
  needs?: (ports: Ports, payment: PaymentRecord) => Needs | Promise<Needs>;
} & Options;

/** Where the order differs from step to step. */
type Options = {
  /**
   * Recording completes the payment. A parked payment is resumed first, because it must be in work.
   */
  endsPayment?: true;
  /**
   * No intent follows a refusal, and a later try throws the refusal without a query. Otherwise a
   * later try queries the provider, which gives the same answer under the same key.
   */
  refusalIsFinal?: true;
};

/** What every money step throws, beside its own refusals. */
export const MONEY_STEP_THROWS = [
  "ProviderUnavailable",
  "CancelRequested",
  "UndoStarted",
  "Superseded",
  "OutcomeUnknown",
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
 * 2. Superseded, or the undo has begun? This comes before the result: a later attempt must not go
 *    on from a result that is being undone.
 * 3. Done, or refused before? Each is the answer of every later try, and nobody is asked.
 * 4. May it begin? This is asked only before the first intent: nothing was sent, so that
 *    ProviderUnavailable is the truth. After an intent nothing may stop the step from finding out
 *    what became of it.
 * 5. Write the intent. From here on every doubt is OutcomeUnknown.
 * 6. Ask or send. What the provider reported counts; after an earlier intent it is queried first.
 * 7. Record the success in one transaction, or persist the refusal and throw it.
 */
export const moneyStep =
  <Ports extends MoneyStepPorts, Needs = undefined>(step: ProviderStep, declared: MoneyStep<Ports, Needs>) =>
  (ports: Ports) =>
  async (input: SagaInput): Promise<void> => {
    const { payments } = ports;
    const payment = await openPayment(payments, input, step, declared);
    if (!payment) return;
    const { payment_id, marks } = payment;
    const guard = { execution: input.execution, step };
    const key = providerKey(payment_id, OPERATION_OF[step]);
    const needs = (await declared.needs?.(ports, payment)) as Needs;
    const current: Try<Needs> = { step, payment, guard, key, needs };
    if (marks.intent[step] === undefined) await assertMayBegin(ports, current, declared.mayBegin);
    const { earlier } = await payments.mark(payment_id, "intent", step, {
      ...guard,
      refusedIfCancelRequested: true,
      ...(declared.refusalIsFinal ? { firstIntentOf: step } : {}),
    });
    await afterIntent(async () => {
      const send = () => declared.send(ports, current);
      const answer = await askOrSend(ports, current, earlier, send);
      const success = await successOf(payments, current, answer, declared.declined);
      await declared.record(ports, current, success);
    });
  };

/** 1 to 3: the payment, or undefined where the step is done. */
async function openPayment(
  payments: PaymentStore,
  input: SagaInput,
  step: ProviderStep,
  { endsPayment, refusalIsFinal }: Options,
): Promise<PaymentRecord | undefined> {
  const { payment_id, execution } = input;
  const payment = await (endsPayment ? loadAndResume(payments, input) : loadPayment(payments, payment_id));
  const isPivot = PIVOTS.includes(step);
  const objection = objectionTo(
    isPivot ? { execution, acceptsUnclaimed: true } : { execution, step },
    payment,
  );
  if (objection) throw objection;
  if (isDone(payment, step)) return undefined;
  const refusal = refusalIsFinal ? refusalBy(payment, step) : undefined;
  if (refusal) throw refusal;
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

/**
 * 6: what became of the operation. It was reported, or is queried, or is sent now. `earlier` is
 * when an earlier try set the same intent.
 */
async function askOrSend(
  ports: ProviderPorts,
  { step, payment, key }: Try<unknown>,
  earlier: number | undefined,
  send: () => Promise<ProviderAnswer>,
): Promise<ProviderAnswer> {
  const operation = OPERATION_OF[step];
  const fact = payment.facts?.[operation];
  const reported = outcomeFromFact(fact);
  if (reported) return reported;
  const mayHaveSent = earlier !== undefined || fact !== undefined;
  const found = mayHaveSent
    ? outcomeFromAnswer(ports, payment, operation, await ports.provider.find(key))
    : undefined;
  // The provider still remembers keys and has not seen this one: nothing was sent, or nothing
  // arrived.
  const answer = found === undefined || found.outcome === "absent" ? await send() : found;
  await reportAnswer(ports, payment, answer);
  return answer;
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

/** 7: the answer, if it is a success. Throws the refusal, UndoStarted or OutcomeUnknown. */
async function successOf(
  payments: PaymentStore,
  { step, payment, guard }: Try<unknown>,
  answer: ProviderAnswer,
  Declined: Refusal,
): Promise<Success> {
  switch (answer.outcome) {
    case "succeeded":
      return answer;
    case "refused":
      return refuse(payments, payment, step, new Declined(answer.message), guard);
    case "tombstoned":
      throw new UndoStarted(`the provider keeps a tombstone for ${step}`);
    default:
      throw new OutcomeUnknown(`${step} ${describeAnswer(answer)}`);
  }
}

/**
 * Persists the step's refusal and throws it, so that every later try and the undo find the same
 * refusal. Throws the guard's objection instead where it has one.
 */
export async function refuse(
  payments: PaymentStore,
  { payment_id }: Pick<PaymentRecord, "payment_id">,
  step: Step,
  refusal: ContraError,
  guard: Guard,
): Promise<never> {
  await payments.recordFailure(payment_id, { code: refusal.name, message: refusal.message, step }, guard);
  throw refusal;
}
