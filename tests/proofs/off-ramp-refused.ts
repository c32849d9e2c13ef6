// An off-ramp that fails after the on-ramp stranded the money elsewhere, in 7 % of the payments.
// Here it is undone in order, and what that cost is named.
import { balanceOf, claimTrail, untilQuiet } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import { concurrently, failureOf, newMerchant } from "./lib/client.ts";
import { convert, DESTINATION, rampsOf, SOURCE } from "./lib/conversions.ts";
import type { Proof } from "./lib/proof.ts";

const UNDONE_TRAIL = [
  "accepted",
  "validated",
  "held",
  "on_ramped",
  "on_ramp_reversed",
  "hold_released",
  "failed",
];

export const proof: Proof = {
  claim:
    "a refused off-ramp ends FAILED, undone in order, the source whole to the unit, and fx_result says the cost",
  async run({ client, sized, figure }) {
    const merchant = newMerchant();
    const count = sized(20);
    // Another proof's last journals must not fold into our figure.
    await untilQuiet(client);
    const before = await balanceOf(client, merchant, "fx_result", "EUR");
    const costs = await concurrently(count, 10, async (index) => {
      const conversion = { amount: 10_000 + index, currency: "EUR", destination_currency: "JPY" };
      const metadata = { sandbox: "refused_off_ramp" };
      const id = await convert(client, merchant, conversion, { metadata });
      const payment = await client.ended(merchant, id);
      claim.equal("the payment fails", payment.status, "FAILED", payment);
      claim.equal(
        "it says who refused it, and what was undone in which order",
        failureOf(payment),
        { code: "OffRampDeclined", step: "off-ramp", undone: ["on-ramp", "authorize-conversion"] },
        payment,
      );
      await claimTrail(client, merchant, id, UNDONE_TRAIL);
      const { bought, sold } = rampsOf(await client.operations(id));
      claim.equal("it is bought once and sold back once", [bought.length, sold.length], [1, 1], id);
      return BigInt(bought[0]?.amount ?? 0) - BigInt(sold[0]?.receive_amount ?? 0);
    });
    const cost = costs.reduce((sum, one) => sum + one, 0n);
    await client.until("fx_result says what undoing cost", async () => {
      const { available } = await balanceOf(client, merchant, "fx_result", "EUR");
      return available - before.available === -cost ? true : undefined;
    });
    const nothing = { pending: 0n, available: 0n };
    // The hold's release folds after the reversal.
    await client.until("the source is whole to the unit", async () => {
      const { pending, available } = await balanceOf(client, merchant, SOURCE, "EUR");
      return pending === 0n && available === 0n ? true : undefined;
    });
    const arrived = await balanceOf(client, merchant, DESTINATION, "JPY");
    claim.equal("the destination got nothing", arrived, nothing);
    figure("undone", count);
    figure("left of the source's money elsewhere", 0);
    figure("cost of undoing, in cents", String(cost));
  },
};
