// A deployment's policy on value in transit is kept. Where the cap is reached, new conversions
// wait. What cannot be paid out is held for a person instead of sold back.
import { randomUUID } from "node:crypto";
import { balanceOf } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import { type Client, concurrently, newMerchant, OPERATOR } from "./lib/client.ts";
import { type Conversion, convert, rampsOf } from "./lib/conversions.ts";
import type { Proof } from "./lib/proof.ts";

const TIME_SCALE = 4;
/** 50,000 USDC: less than the large payment buys, and more than all small ones together. */
const CAP = 50_000_000_000;
const LARGE: Conversion = { amount: 10_000_000, currency: "EUR", destination_currency: "JPY" };
const SMALL: Conversion = { amount: 1_000, currency: "EUR", destination_currency: "JPY" };
/**
 * More than the step tries before it asks what becomes of the value; a small run has no minutes,
 * and its payout only takes a while.
 */
const STRIKES = { held: 24, late: 8 };
const POLICY = {
  exposure_caps: { USDC: CAP },
  off_ramp_outage: { action: "hold", after_seconds: 20, tell: "the treasury" },
};

export const proof: Proof = {
  claim:
    "a cap on value in transit holds new conversions and nothing else, and a policy of hold sells nothing back",
  stack: { env: { CONTRA_TIME_SCALE: String(TIME_SCALE), CONTRA_POLICY: JSON.stringify(POLICY) } },
  async run({ client, sized, scale, figure }) {
    const merchant = newMerchant();
    const isHeld = scale >= 1;
    const metadata = { sandbox: `unavailable_off_ramp_x${isHeld ? STRIKES.held : STRIKES.late}` };
    const large = await convert(client, merchant, LARGE, { metadata });
    await client.until("the cap is reached", async () => {
      const { available } = await balanceOf(client, merchant, "in_transit", "USDC");
      return available >= BigInt(CAP) ? true : undefined;
    });
    const small = await concurrently(sized(20), 10, () => convert(client, merchant, SMALL));
    // Whoever pays by card waits for nobody's conversion.
    const card = await client.accepted(merchant, { amount: 1_000, currency: "EUR", user_id: randomUUID() });
    const paid = await client.ended(merchant, card);
    claim.equal("a card payment waits for nobody's conversion", paid.status, "COMPLETED", paid);
    if (isHeld) await claimHeld(client, merchant, large);
    const waiting = await statusesOf(client, merchant, small);
    // Those that were taken before the fold was seen may have started: a cap is where waiting
    // begins, and no promise to the unit.
    const pending = waiting.filter((status) => status === "PENDING").length;
    claim.atLeast("a conversion waits while the cap is reached", pending, 1, waiting);

    await redriveUntilCompleted(client, merchant, large);
    const ended = await concurrently(small.length, 10, (index) =>
      client.ended(merchant, String(small[index])),
    );
    const ends = [...new Set(ended.map(({ status }) => status))];
    claim.equal("what waited completes", ends, ["COMPLETED"]);
    figure("in transit at the cap, USDC", CAP / 1_000_000);
    figure("posted meanwhile", small.length);
    figure(isHeld ? "waiting while one was held" : "waiting while one was in transit", pending);
    figure("COMPLETED once it was paid out", ended.length);
  },
};

/** Bought, neither paid out nor sold back, and parked for a person. */
async function claimHeld(client: Client, merchant: string, id: string): Promise<void> {
  const payment = await client.ended(merchant, id);
  claim.equal("the payment is held for a person", payment.status, "IN_REVIEW", payment);
  const { bought, paid, sold } = rampsOf(await client.operations(id));
  claim.equal(
    "it is bought, and neither paid out nor sold back",
    { bought: bought.length, paid: paid.length, sold: sold.length },
    { bought: 1, paid: 0, sold: 0 },
  );
}

const statusesOf = (client: Client, merchant: string, ids: string[]): Promise<unknown[]> =>
  concurrently(ids.length, 10, async (index) => {
    const { status } = await client.get(merchant, `/payments/${ids[index]}`);
    return status;
  });

/**
 * As an operator does who knows that the off-ramp works again: each new attempt tries the payout
 * once more.
 */
async function redriveUntilCompleted(client: Client, merchant: string, id: string): Promise<void> {
  await client.until("the held payment is paid out", async () => {
    const { status } = await client.ended(merchant, id);
    if (status === "COMPLETED") return true;
    const path = `/sagas/${id}/redrive`;
    const answer = await client.request("POST", path, { merchant: OPERATOR, body: { new_attempt: true } });
    claim.oneOf("a redrive is taken, or comes too late", answer.status, [202, 409], answer.text);
    return undefined;
  });
}
