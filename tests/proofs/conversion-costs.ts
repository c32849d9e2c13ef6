// What a conversion costs: a step, two journals and a listing in transit more than a card payment,
// whose costs `throughput` counts.
import { claim } from "./lib/claims.ts";
import { type Client, newMerchant } from "./lib/client.ts";
import { type Conversion, convert, DESTINATION, openAccount, openFunded, SOURCE } from "./lib/conversions.ts";
import { claimMost, costsOf, judgeCosts, type Most } from "./lib/costs.ts";
import type { Proof } from "./lib/proof.ts";

const CONVERSION: Conversion = { amount: 10_000, currency: "EUR", destination_currency: "JPY" };
/** The bounds of docs/architecture.md#what-a-transition-costs and #what-a-payment-writes. */
const MOST: Most = { transitions: 7, writeUnits: 55 };
/** The debit of its source's guard, at once, and the credit of its destination's, by the fold. */
const MOST_GUARDED: Most = { transitions: 7, writeUnits: 60 };

export const proof: Proof = {
  claim: "a conversion takes at most 7 transitions and 55 write units, and 60 between accounts with a guard",
  async run(context) {
    const { client, sized, figure } = context;
    const count = sized(100);
    const merchant = newMerchant();
    const costs = await costsOf(context, count, sized(20), () => convert(client, merchant, CONVERSION));
    judgeCosts(context, "stablecoin", costs, MOST);
    await claimCompleted(client, merchant, costs.ids);

    const guarded = newMerchant();
    await openFunded(client, guarded, SOURCE, { currency: "EUR", amount: count * CONVERSION.amount });
    await openAccount(client, guarded, DESTINATION);
    const guardedCosts = await costsOf(context, count, 0, () => convert(client, guarded, CONVERSION));
    figure("write units between guarded accounts", claimMost(guardedCosts, MOST_GUARDED).toFixed(1));
    await claimCompleted(client, guarded, guardedCosts.ids);
  },
};

async function claimCompleted(client: Client, merchant: string, ids: string[]): Promise<void> {
  for (const id of ids) {
    const { status } = await client.get(merchant, `/payments/${id}`);
    claim.equal("every conversion completes", status, "COMPLETED", id);
  }
}
