// What a provider answered, in words for whoever is on call: of an unknown outcome the reason too, for nobody else hears it.
import type { ProviderAnswer } from "../ports/provider.ts";

export const said = (answer: ProviderAnswer): string =>
  answer.outcome === "unknown" ? `unknown: ${answer.message}` : answer.outcome;
