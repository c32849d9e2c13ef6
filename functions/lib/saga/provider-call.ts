// The middle part of every money step: between its intent and its transaction. A step that finds an earlier intent asks the
// provider before it sends again, and from the intent on every doubt is OutcomeUnknown (DESIGN §2, rules 2 and 3).
import type { PaymentRecord } from "../domain/payment.ts";
import { type ForwardOperation, providerKey } from "../domain/saga-definition.ts";
import { ContraError, OutcomeUnknown } from "../errors/registry.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Provider, ProviderAnswer } from "../ports/provider.ts";
import { believed } from "./forgotten.ts";
import { reportAnswer } from "./report-answer.ts";
import { despite, toldBy } from "./told.ts";

type ProviderPorts = { provider: Provider; breaker: Breaker; clock: Clock };
/** What a step asks for: `earlier` is when an earlier try set the same intent, undefined on the first. */
type Asked = {
  operation: ForwardOperation;
  earlier: number | undefined;
  send: () => Promise<ProviderAnswer>;
};

/** What became of the operation: told by the provider, or asked for, or sent now. Its breaker hears of what was asked. */
export async function answerTo(
  ports: ProviderPorts,
  payment: PaymentRecord,
  asked: Asked,
): Promise<ProviderAnswer> {
  const told = toldBy(payment.facts?.[asked.operation]);
  if (told) return told;
  const answer = await askThenSend(ports, payment, asked);
  await reportAnswer(ports.breaker, ports.provider, payment, answer);
  return answer;
}

/** Asks by key when an earlier try may have sent; sends when the provider has not seen the key and still remembers keys. */
async function askThenSend(
  ports: ProviderPorts,
  payment: PaymentRecord,
  { operation, earlier, send }: Asked,
): Promise<ProviderAnswer> {
  const fact = payment.facts?.[operation];
  if (earlier === undefined && !fact) return send();
  const answer = despite(fact, await ports.provider.find(providerKey(payment.payment_id, operation)));
  const found = believed(ports, payment, operation, answer);
  return found.outcome === "absent" ? send() : found;
}

/** Runs what follows an intent: a store that fails now leaves the outcome unknown, for the provider has been called. */
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
