// The middle part of every money step: between its intent and its transaction. A step that finds an earlier intent asks the
// provider before it sends again, and from the intent on every doubt is OutcomeUnknown (DESIGN §2, rules 2 and 3).
import type { Fact } from "../domain/fact.ts";
import { ContraError, OutcomeUnknown } from "../errors/registry.ts";
import type { CardProvider, ProviderAnswer } from "../ports/card-provider.ts";
import type { Clock } from "../ports/clock.ts";
import { despite } from "./told.ts";

type Sending = {
  provider: CardProvider;
  key: string;
  /** When an earlier try set the same intent; undefined on the first. */
  earlier: number | undefined;
  /** What the provider told of the key, not final. */
  fact: Fact | undefined;
  /** When the payment was accepted (ISO 8601): its keys are younger. The intent's own time moves with every try. */
  acceptedAt: string;
  clock: Clock;
  send: () => Promise<ProviderAnswer>;
};

/** Asks by key when an earlier try may have sent; sends when the provider has not seen the key and still remembers keys. */
export async function askThenSend(sending: Sending): Promise<ProviderAnswer> {
  const { provider, key, earlier, fact, acceptedAt, clock, send } = sending;
  if (earlier === undefined && !fact) return send();
  const found = despite(fact, await provider.find(key));
  if (found.outcome !== "absent") return found;
  if (Date.parse(acceptedAt) < clock.ago(provider.nature.key_ttl_seconds * 1000)) {
    return {
      outcome: "unknown",
      message: "the provider may have forgotten the key, so it is not sent again",
    };
  }
  return send();
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
