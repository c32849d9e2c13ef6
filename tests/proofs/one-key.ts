// Ten posts of one key gave ten charges elsewhere. Here a hundred give one, on a calm store and on
// a faulty one.
import { randomUUID } from "node:crypto";
import { claimOneCapture } from "./lib/books.ts";
import { claim, demand } from "./lib/claims.ts";
import { concurrently } from "./lib/client.ts";
import { patiently } from "./lib/patience.ts";
import type { Context, Proof } from "./lib/proof.ts";
import { onCalmAndFaultyStore } from "./lib/store-faults.ts";

export const proof: Proof = {
  claim: "100 concurrent posts of one key make one payment, one authorization, one capture, 99 equal replays",
  run: (context) => onCalmAndFaultyStore(context, (store) => round(context, store)),
};

async function round({ client, sized, figure }: Context, store: string): Promise<void> {
  const posts = sized(100);
  const key = randomUUID();
  const body = { amount: 1000, currency: "EUR", user_id: randomUUID() };
  await client.token("one-key");
  const answers = await concurrently(posts, posts, () =>
    patiently("an answer", () => client.pay("one-key", key, body)),
  );
  demand.equal("every post is accepted", [...new Set(answers.map(({ status }) => status))], [202]);
  claim.equal("every answer is the same to the byte", new Set(answers.map(({ text }) => text)).size, 1);
  const replays = answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length;
  const paymentId = String(answers[0]?.json.payment_id);
  const payment = await client.ended("one-key", paymentId);
  claim.equal("the payment completes", payment.status, "COMPLETED", payment);
  await claimOneCapture(client, paymentId);
  if (store === "calm") claim.equal("every answer but one is marked as a replay", replays, posts - 1);
  figure(`${store}: posts`, posts);
  figure(`${store}: replays equal to the byte`, replays);
  figure(`${store}: provider operations`, (await client.operations(paymentId)).length);
}
