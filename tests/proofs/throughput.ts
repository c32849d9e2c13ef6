// Two hundred payments at once: every one whole, and what each of them costs.
import { randomUUID } from "node:crypto";
import { percentile } from "../../scripts/capacity/simulation/fleet.ts";
import { balanceOf, claimOneCapture, claimTrail, claimTrialBalance, HAPPY_TRAIL } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import { type Client, concurrently, newMerchant } from "./lib/client.ts";
import { costsOf, judgeCosts, type Most } from "./lib/costs.ts";
import type { Proof } from "./lib/proof.ts";

const CONCURRENCY = 20;
const AMOUNT = 10_000;
/** The default policy's fee of 150 basis points. */
const FEE = 150;
/** The bounds of docs/architecture.md#what-a-transition-costs and #what-a-payment-writes. */
const MOST: Most = { transitions: 6, writeUnits: 38 };

export const proof: Proof = {
  claim: "200 payments at concurrency 20 complete, captured once each, and the books agree to the unit",
  async run(context) {
    const { client, sized, figure } = context;
    const merchant = newMerchant();
    const count = sized(200);
    const waits: number[] = [];
    const costs = await costsOf(context, count, sized(60), () => post(client, merchant, waits));
    const { ids, seconds } = costs;
    await concurrently(count, CONCURRENCY, async (index) => {
      const id = ids[index] ?? "";
      const payment = await client.get(merchant, `/payments/${id}`);
      claim.equal("every payment completes", payment.status, "COMPLETED", payment);
      await claimTrail(client, merchant, id, HAPPY_TRAIL);
      await claimOneCapture(client, id);
    });
    await claimTrialBalance(client, count * 2);
    const balance = await balanceOf(client, merchant, "settlement", "EUR");
    claim.equal("the merchant has what its payments brought", balance, {
      pending: 0n,
      available: BigInt((count + sized(60)) * (AMOUNT - FEE)),
    });

    figure("payments", count);
    figure("payments per second", (count / seconds).toFixed(1));
    // Of this machine, which runs the whole cloud beside it: a figure to watch, and no claim about
    // AWS.
    for (const share of [0.5, 0.95])
      figure(`ms until 202, ${share * 100} %`, percentile(waits, share).toFixed(0));
    judgeCosts(context, "card", costs, MOST);
  },
};

/** `waits` gets the milliseconds until the answer. */
async function post(client: Client, merchant: string, waits: number[]): Promise<string> {
  const sent = performance.now();
  const body = { amount: AMOUNT, currency: "EUR", user_id: randomUUID() };
  const id = await client.accepted(merchant, body);
  waits.push(performance.now() - sent);
  return id;
}
