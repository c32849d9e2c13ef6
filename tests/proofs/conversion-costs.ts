// What a conversion costs: a step, two journals and a listing in transit more than a card payment,
// whose costs `throughput` counts.
import { claim } from "./lib/claims.ts";
import { newMerchant } from "./lib/client.ts";
import { type Conversion, convert } from "./lib/conversions.ts";
import { costsOf, judgeCosts, type Most } from "./lib/costs.ts";
import type { Proof } from "./lib/proof.ts";

const CONVERSION: Conversion = { amount: 10_000, currency: "EUR", destination_currency: "JPY" };
/** The bounds of docs/architecture.md#what-a-transition-costs and #what-a-payment-writes. */
const MOST: Most = { transitions: 7, writeUnits: 60 };

export const proof: Proof = {
  claim: "a conversion takes at most 7 transitions and 60 write units",
  async run(context) {
    const { client, sized } = context;
    const merchant = newMerchant();
    const costs = await costsOf(context, sized(100), sized(20), () => convert(client, merchant, CONVERSION));
    judgeCosts(context, "stablecoin", costs, MOST);
    for (const id of costs.ids) {
      const { status } = await client.get(merchant, `/payments/${id}`);
      claim.equal("every conversion completes", status, "COMPLETED", id);
    }
  },
};
