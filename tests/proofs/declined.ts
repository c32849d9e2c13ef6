// A declined card leaves nothing behind: no hold, no journal, no balance.
import { randomUUID } from "node:crypto";
import { balanceOf, claimTrail } from "./lib/books.ts";
import { claim } from "./lib/claims.ts";
import { concurrently, failureOf, newMerchant } from "./lib/client.ts";
import type { Proof } from "./lib/proof.ts";

export const proof: Proof = {
  claim: "20 declined payments end FAILED with nothing held and no journal standing",
  async run({ client, sized, figure }) {
    const merchant = newMerchant();
    const count = sized(20);
    await concurrently(count, 10, async () => {
      const body = {
        amount: 4200,
        currency: "EUR",
        user_id: randomUUID(),
        metadata: { sandbox: "refused_authorize" },
      };
      const id = await client.accepted(merchant, body);
      const payment = await client.ended(merchant, id);
      claim.equal("a declined payment fails", payment.status, "FAILED", payment);
      claim.equal(
        "it says who declined it, where, and that nothing was undone",
        failureOf(payment),
        { code: "CardDeclined", step: "authorize-payment", undone: [] },
        payment,
      );
      await claimTrail(client, merchant, id, ["accepted", "validated", "failed"]);
      const effects = await client.effects(id);
      claim.equal("the provider refused it, and did nothing else", effects, ["authorize refused"], id);
    });
    claim.equal("the merchant has nothing of it", await balanceOf(client, merchant, "settlement", "EUR"), {
      pending: 0n,
      available: 0n,
    });
    figure("declined", count);
    figure("held at the provider", 0);
  },
};
