// The fold is dead: payments complete all the same, and the sweep brings their journals into the
// balances. Once the fold is back, the records that it missed count nothing twice.
import { randomUUID } from "node:crypto";
import { balanceOf, claimAvailable, claimOneCapture } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import { type Client, concurrently, type Json, newMerchant, OPERATOR } from "./lib/client.ts";
import type { Proof } from "./lib/proof.ts";

/** A minute of waiting takes a quarter; higher, and a busy machine's slowness is a timeout. */
const TIME_SCALE = 4;
const AMOUNT = 2_500;
/** Less the fee of 1.5 %, rounded down. */
const NET = 2_463n;
/** A card payment posts two journals: what was promised, and what was captured. */
const JOURNALS = 2;

type Stream = { folded: number; given_up: number };

/** What became of the stream's records so far. */
async function streamOf(client: Client): Promise<Stream> {
  const counters = await client.counters();
  return {
    folded: counters["streams.records.fold-balances"] ?? 0,
    given_up: counters["streams.given_up"] ?? 0,
  };
}

async function pay(client: Client, merchant: string, count: number): Promise<string[]> {
  const ids = await concurrently(count, 5, () =>
    client.accepted(merchant, { amount: AMOUNT, currency: "EUR", user_id: randomUUID() }),
  );
  const payments = await concurrently(count, 10, (index) => client.ended(merchant, String(ids[index])));
  const ends = [...new Set(payments.map(({ status }) => status))];
  claim.equal("every payment completes", ends, ["COMPLETED"], ids);
  return ids;
}

export const proof: Proof = {
  claim: "the fold dead: payments complete, the sweep brings their journals into the balances, each once",
  stack: { env: { CONTRA_TIME_SCALE: String(TIME_SCALE) } },
  async run({ client, sized, figure }) {
    const merchant = newMerchant();
    const count = sized(30);
    const before = await streamOf(client);
    const ids: string[] = [];
    try {
      await client.fault({ target: "fold-balances", fault: "fail_before", seconds: 1_200 });
      ids.push(...(await pay(client, merchant, count)));
      const completed = Date.now();
      const { available } = await balanceOf(client, merchant, "settlement", "EUR");
      figure("completed while the fold is dead", ids.length);
      figure("available to the merchant at that time, minor units", String(available));
      await claimAvailable(client, merchant, "EUR", NET * BigInt(count));
      const seconds = ((Date.now() - completed) / 1000) * TIME_SCALE;
      figure("in the balances after the last one completed, s without haste", seconds.toFixed(0));
      claim.equal("the fold took none of it", (await streamOf(client)).folded, before.folded);
      for (const id of ids) await claimOneCapture(client, id);
    } finally {
      await client.clearFaults();
    }
    ids.push(...(await pay(client, merchant, sized(10))));
    const all = ids.length;
    const stream = await client.until("the fold has caught up", async () => {
      const now = await streamOf(client);
      const done = now.folded - before.folded + now.given_up - before.given_up;
      return done >= JOURNALS * all ? now : undefined;
    });
    await claimAvailable(client, merchant, "EUR", NET * BigInt(all));
    figure("records that the fold took once it was back", stream.folded - before.folded);
    figure("records that it had given up", stream.given_up - before.given_up);
    figure("available in the end, minor units", String(NET * BigInt(all)));
    const { json } = await client.request("GET", "/integrity/report", { merchant: OPERATOR });
    claim.equal("the trial balance is zero", (json.trial_balance as Json).balanced, true, json);
    const open = (json.open_findings as { oldest: { payment_id: string }[] }).oldest;
    const own = open.filter(({ payment_id }) => ids.includes(payment_id));
    claim.equal("nothing is left for a person", own, [], json);
  },
};
