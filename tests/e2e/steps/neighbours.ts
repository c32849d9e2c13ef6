// Two workspaces in one account: one key of one merchant makes a payment in each, and neither knows
// of the other's.
import { randomUUID } from "node:crypto";
import { claimTrail, claimTrialBalance, HAPPY_TRAIL } from "../../proofs/lib/books.ts";
import { claim, demand } from "../../proofs/lib/claims.ts";
import { newMerchant } from "../../proofs/lib/client.ts";
import { patiently } from "../../proofs/lib/patience.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import type { World } from "../lib/world.ts";

export const neighbours = ({ root, workspaces }: World): Proof => ({
  claim: "a second workspace beside the first shares nothing with it, and both work",
  stack: "none",
  async run({ figure }) {
    const merchant = newMerchant();
    const key = randomUUID();
    const body = { amount: 500, currency: "INR", user_id: randomUUID() };
    const made = await Promise.all(
      workspaces.map(async ({ client }) => {
        const answer = await patiently("POST /payments", () => client.pay(merchant, key, body));
        demand.equal("the payment is accepted", answer.status, 202, answer.text);
        const replayed = answer.headers.get("idempotent-replayed");
        claim.equal("the key is new in each workspace", replayed, null);
        const id = String(answer.json.payment_id);
        const payment = await client.ended(merchant, id);
        claim.equal("the payment completes", payment.status, "COMPLETED", payment);
        await client.until("the announcement", async () => {
          const { step } = await client.get(merchant, `/payments/${id}`);
          return step === "notify-payment" ? true : undefined;
        });
        await claimTrail(client, merchant, id, HAPPY_TRAIL);
        await claimTrialBalance(client, 2);
        const operations = (await client.operations(id)).map(({ operation }) => operation);
        claim.equal("the provider did each thing once", operations.sort(), ["authorize", "capture"]);
        return id;
      }),
    );
    claim.equal("a payment's id depends on merchant and key alone", new Set(made).size, 1, made);
    const held = await Promise.all(
      workspaces.map(async ({ name }) => [...(await root.resources(name)).values()]),
    );
    const shared = (held[0] ?? []).filter((id) => held.slice(1).some((others) => others.includes(id)));
    claim.nothing("no resource is in both", shared);
    figure("workspaces", workspaces.map(({ name }) => name).join(", "));
    figure("payments of one key", made.length);
    figure("resources in both", shared.length);
  },
});
