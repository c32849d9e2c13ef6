// What the money steps share, in the order of their three parts: what comes before an intent, the
// provider call between the intent and the transaction, and what an answer means for the step.
import type { Rail } from "../contracts/types.ts";
import type { Guard } from "../domain/guard.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import { type ForwardOperation, providerKey, type Step } from "../domain/saga-definition.ts";
import { ContraError, OutcomeUnknown, ProviderUnavailable, UndoStarted } from "../errors/registry.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { ProviderAnswer, Success } from "../ports/provider.ts";
import type { Switches } from "../ports/switches.ts";
import {
  describeAnswer,
  outcomeFromAnswer,
  outcomeFromFact,
  type ProviderPorts,
  reportAnswer,
} from "./provider-outcome.ts";

type Tried = { execution: string; step: Step };

/**
 * Runs the checks, unless the step has written its intent. Before an intent nothing was sent, so
 * that ProviderUnavailable is the truth. After it the step must find out what became of its
 * request, and no check may stop it.
 */
export async function beforeIntent(
  payments: PaymentStore,
  payment: PaymentRecord,
  tried: Tried,
  checks: () => Promise<void>,
): Promise<void> {
  if (payment.marks.intent[tried.step] === undefined) await noteUnreached(payments, payment, tried, checks);
}

/**
 * Runs it, and marks the step as unreached where there is no provider for it. The mark is written
 * once. A payment that fails for want of a provider says so by this mark, for a machine does not
 * know which try of a step is its last.
 */
export async function noteUnreached<T>(
  payments: PaymentStore,
  payment: PaymentRecord,
  { execution, step }: Tried,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ProviderUnavailable && payment.marks.unreached[step] === undefined)
      await payments.mark(payment.payment_id, "unreached", step, { execution, step });
    throw error;
  }
}

/** Throws ProviderUnavailable while the provider's breaker is open. */
export async function assertAvailable(breaker: Breaker, provider: string): Promise<void> {
  if (await breaker.isOpen(provider)) throw new ProviderUnavailable(`${provider} is not answering`);
}

/**
 * Throws ProviderUnavailable while a person has stopped the rail's pivots: then nothing irrevocable
 * is begun, and nothing is bought that only a pivot spends.
 */
export async function assertPivotAllowed(switches: Switches, rail: Rail, step: Step): Promise<void> {
  if (await switches.isOn("stop-pivots", rail))
    throw new ProviderUnavailable(`${step} is stopped on the ${rail} rail`);
}

/** What a step asks for. `earlier` is when an earlier try set the same intent. */
type Asked = {
  operation: ForwardOperation;
  earlier: number | undefined;
  send: () => Promise<ProviderAnswer>;
};

/** What became of the operation: reported by the provider, or queried, or sent now. */
export async function answerTo(
  ports: ProviderPorts,
  payment: PaymentRecord,
  asked: Asked,
): Promise<ProviderAnswer> {
  const reported = outcomeFromFact(payment.facts?.[asked.operation]);
  if (reported) return reported;
  const answer = await queryThenSend(ports, payment, asked);
  await reportAnswer(ports, payment, answer);
  return answer;
}

/**
 * Queries by key where an earlier try may have sent. Sends where the provider has not seen the key
 * and still remembers keys.
 */
async function queryThenSend(
  ports: ProviderPorts,
  payment: PaymentRecord,
  { operation, earlier, send }: Asked,
): Promise<ProviderAnswer> {
  if (earlier === undefined && !payment.facts?.[operation]) return send();
  const answer = await ports.provider.find(providerKey(payment.payment_id, operation));
  const outcome = outcomeFromAnswer(ports, payment, operation, answer);
  return outcome.outcome === "absent" ? send() : outcome;
}

/**
 * Runs what follows an intent or a tombstone. A store that fails now leaves the outcome unknown,
 * for the provider may have been called.
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

/** `refusal` is the step's own error for a provider's no. */
type Asking = { step: Step; guard: Guard; refusal: (message: string) => ContraError };

/** The answer, if it is a success. Throws the refusal, UndoStarted or OutcomeUnknown otherwise. */
export async function successOf(
  payments: PaymentStore,
  payment: PaymentRecord,
  answer: ProviderAnswer,
  { step, guard, refusal }: Asking,
): Promise<Success> {
  switch (answer.outcome) {
    case "succeeded":
      return answer;
    case "refused":
      return refuse(payments, payment, step, refusal(answer.message), guard);
    case "tombstoned":
      throw new UndoStarted(`the provider keeps a tombstone for ${step}`);
    default:
      throw new OutcomeUnknown(`${step} ${describeAnswer(answer)}`);
  }
}

/**
 * Persists the step's refusal and throws it, so that every later try and the undo find the same
 * one. Throws what the guard objects to instead.
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
