// What a Resolve state says of a pivot that was forbidden and did not happen.
import { OutcomeAbsent, OutcomePending } from "../errors/registry.ts";
import type { ProviderAnswer } from "../ports/provider.ts";
import { said } from "./said.ts";

/** Absent only when it can no longer happen: refused, promised never to, or unseen for longer than a request lives. */
export function verdictOn(what: string, answer: ProviderAnswer, spent: boolean): Error {
  const { outcome } = answer;
  const impossible = outcome === "refused" || outcome === "tombstoned";
  return impossible || (outcome === "absent" && spent)
    ? new OutcomeAbsent(`${what} ${outcome}`)
    : new OutcomePending(`${what} ${said(answer)}`);
}
