// The limits of an overdraft as a person types them.
import { violations } from "../../functions/lib/contracts/contract.ts";
import * as schemas from "../../functions/lib/contracts/schemas.ts";
import { isCurrency } from "../../functions/lib/domain/currencies.ts";
import { limitsFrom, type OverdraftLimits } from "../../functions/lib/domain/overdraft.ts";

/** None for no text. Throws what is wrong with it, as a sentence. */
export function readLimits(text: string | undefined): OverdraftLimits {
  if (!text) return {};
  let overdraft_limits: Record<string, number>;
  try {
    overdraft_limits = JSON.parse(text);
  } catch (error) {
    throw new Error("LIMITS is no JSON", { cause: error });
  }
  const wrong = violations(schemas.Policy, { overdraft_limits });
  for (const currency of Object.keys(overdraft_limits))
    if (!isCurrency(currency))
      wrong.push({ pointer: `/overdraft_limits/${currency}`, detail: "is no currency" });
  if (wrong.length > 0)
    throw new Error(`LIMITS: ${wrong.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ")}`);
  return limitsFrom(overdraft_limits);
}
