// What a provider gets wrong of one payment: it does something else than it was asked for, or says
// something else than it did.
import { STEP_OF } from "../../functions/lib/domain/saga-definition.ts";
import type { ProviderAnswer } from "../../functions/lib/ports/provider.ts";
import type { Random } from "../../scripts/lib/random.ts";
import type { Effect } from "./key-books.ts";

type Member = "reference" | "id" | "amount" | "currency" | "received" | "received_currency";

export type Wrong = {
  operation: string;
  member: Member;
  /** `lacking`: it is not stated. */
  is: "less" | "more" | "other" | "lacking";
  /** What the provider really does, or only what it says, in that share of its answers. */
  where: "deeds" | { words: number };
  /** What it does otherwise it does not state. */
  isUnsaid?: true;
};

export function drawWrong(random: Random, operations: readonly string[]): Wrong | undefined {
  if (!random.chance(0.15)) return undefined;
  const [first = "", ...others] = operations;
  const operation = random.pick([first, ...others]);
  const converts = operation.endsWith("_ramp");
  // What a reversal brings is asked for at any price: nobody can tell that it is wrong.
  const isAnyPrice = !converts || operation === "reverse_on_ramp";
  const amount: Member = isAnyPrice ? "amount" : random.pick(["received", "received", "amount"]);
  const currency: Member = converts ? random.pick(["received_currency", "currency"]) : "currency";
  const pick = (member: Member, is: Wrong["is"]) => ({ operation, member, is });
  const sums = [
    pick(amount, "less"),
    pick(amount, "less"),
    pick(amount, "more"),
    pick(currency, "other"),
  ] as const;
  if (random.chance(0.5)) {
    if (operation in STEP_OF && random.chance(0.2)) return { ...pick("reference", "other"), where: "deeds" };
    return { ...random.pick(sums), where: "deeds", ...(random.chance(0.2) ? { isUnsaid: true } : {}) };
  }
  const unsaid = [pick(amount, "lacking"), pick(currency, "lacking"), pick("id", "lacking")] as const;
  return {
    ...random.pick([...sums, ...unsaid, pick("reference", "other")]),
    where: { words: random.pick([0.5, 1]) },
  };
}

/** What is done for a request: what it asks for, unless this is what is done wrong. */
export function doneInstead<Asked extends Omit<Effect, "outcome" | "id">>(
  wrong: Wrong | undefined,
  operation: string,
  asked: Asked,
): Asked {
  return wrong?.where === "deeds" && wrong.operation === operation && !isMixedUp(wrong, operation)
    ? { ...asked, [wrong.member]: instead(wrong, asked[wrong.member as keyof Asked]) }
    : asked;
}

/** What is said of a success: what was done, unless this is what is said wrong. */
export function saidInstead(
  wrong: Wrong | undefined,
  operation: string,
  said: ProviderAnswer,
  random: Random,
): ProviderAnswer {
  if (said.outcome !== "succeeded" || !wrong || wrong.operation !== operation) return said;
  const { member, where } = wrong;
  if (where === "deeds" ? !wrong.isUnsaid : !random.chance(where.words)) return said;
  const is = where === "deeds" ? "lacking" : wrong.is;
  if (is !== "lacking") return { ...said, [member]: instead(wrong, said[member]) };
  if (member === "id") return { ...said, id: "" };
  const { [member]: _, ...others } = said;
  return others;
}

/** True where what is answered is another's, and nothing is done for whoever asked. */
export const isMixedUp = (wrong: Wrong | undefined, operation: string): boolean =>
  wrong?.where === "deeds" && wrong.operation === operation && wrong.member === "reference";

const OTHERS: Partial<Record<Member, string>> = {
  currency: "NOK",
  received_currency: "NOK",
  reference: "somebody-else",
};

function instead({ member, is }: Wrong, right: unknown): unknown {
  if (typeof right !== "bigint") return OTHERS[member];
  return is === "more" ? right + 1n : (right * 2n) / 5n;
}
