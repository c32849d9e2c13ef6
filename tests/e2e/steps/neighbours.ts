// Two workspaces in one account: one key of one merchant makes a payment in each, and neither knows of the other's.
import { randomUUID } from "node:crypto";
import { assertTrail, assertTrialBalance, HAPPY_TRAIL } from "../../proofs/lib/books.ts";
import { patiently } from "../../proofs/lib/patience.ts";
import { assert, type Proof } from "../../proofs/lib/proof.ts";
import type { World } from "../lib/world.ts";

export const neighbours = ({ root, workspaces }: World): Proof => ({
  claim: "a second workspace beside the first shares nothing with it, and both work",
  stack: "none",
  async run({ figure }) {
    const merchant = `m-${randomUUID().slice(0, 8)}`;
    const key = randomUUID();
    const body = { amount: 500, currency: "INR", user_id: randomUUID() };
    const made = await Promise.all(
      workspaces.map(async ({ client }) => {
        const answer = await patiently("POST /payments", () => client.pay(merchant, key, body));
        assert.equal(answer.status, 202, answer.text);
        assert.equal(answer.headers.get("idempotent-replayed"), null, "known before it was posted");
        const id = String(answer.json.payment_id);
        assert.equal((await client.ended(merchant, id)).status, "COMPLETED");
        await client.until("the announcement", 20, async () => {
          const { step } = await client.get(merchant, `/payments/${id}`);
          return step === "notify-payment" ? true : undefined;
        });
        await assertTrail(client, merchant, id, HAPPY_TRAIL);
        await assertTrialBalance(client, 2);
        const operations = (await client.operations(id)).map(({ operation }) => operation);
        assert.deepEqual(operations.sort(), ["authorize", "capture"]);
        return id;
      }),
    );
    assert.equal(new Set(made).size, 1, "the id of a payment depends on more than merchant and key");
    const held = await Promise.all(
      workspaces.map(async ({ name }) => [...(await root.resources(name)).values()]),
    );
    const shared = (held[0] ?? []).filter((id) => held.slice(1).some((others) => others.includes(id)));
    assert.deepEqual(shared, []);
    figure("workspaces", workspaces.map(({ name }) => name).join(", "));
    figure("payments of one key", made.length);
    figure("resources in both", shared.length);
  },
});
