// A declined card leaves nothing behind: no hold, no journal, no balance.
import { randomUUID } from "node:crypto";
import { assertTrail, balanceOf } from "./lib/books.ts";
import { concurrently } from "./lib/client.ts";
import { assert, type Proof } from "./lib/proof.ts";

export const proof: Proof = {
  claim: "20 declined payments end FAILED with nothing held and no journal standing",
  async run({ client, sized, figure }) {
    const merchant = `m-${randomUUID().slice(0, 8)}`;
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
      assert.equal(payment.status, "FAILED", JSON.stringify(payment));
      const { code, step, undone } = payment.failure as { code: string; step: string; undone: string[] };
      assert.deepEqual(
        { code, step, undone },
        { code: "CardDeclined", step: "authorize-payment", undone: [] },
      );
      await assertTrail(client, merchant, id, ["accepted", "validated", "failed"]);
      const operations = (await client.operations(id)).map(({ operation, state }) => `${operation} ${state}`);
      assert.deepEqual(operations, ["authorize refused"]);
    });
    assert.deepEqual(await balanceOf(client, merchant, "settlement", "EUR"), { pending: 0n, available: 0n });
    figure("declined", count);
    figure("held at the provider", 0);
  },
};
