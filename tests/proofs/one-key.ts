// Ten posts of one key gave ten charges elsewhere. Here a hundred give one, on a calm day and on a bad one.
import { randomUUID } from "node:crypto";
import { concurrently } from "./lib/client.ts";
import { patiently } from "./lib/patience.ts";
import { assert, type Context, type Proof } from "./lib/proof.ts";
import { inBothWeathers } from "./lib/store-faults.ts";

export const proof: Proof = {
  claim: "100 concurrent posts of one key make one payment, one authorization, one capture, 99 equal replays",
  run: (context) => inBothWeathers(context, (weather) => round(context, weather)),
};

async function round({ client, sized, figure }: Context, weather: string): Promise<void> {
  const posts = sized(100);
  const key = randomUUID();
  const body = { amount: 1000, currency: "EUR", user_id: randomUUID() };
  await client.token("one-key");
  const answers = await concurrently(posts, posts, () =>
    patiently("an answer", () => client.pay("one-key", key, body)),
  );
  assert.deepEqual(
    [...new Set(answers.map(({ status }) => status))],
    [202],
    `statuses: ${answers.map((a) => a.status)}`,
  );
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1, "the answers differ");
  const replays = answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length;
  const paymentId = String(answers[0]?.json.payment_id);
  const payment = await client.ended("one-key", paymentId, 120);
  assert.equal(payment.status, "COMPLETED", JSON.stringify(payment));
  const operations = await client.operations(paymentId);
  assert.deepEqual(operations.map(({ operation, state }) => `${operation} ${state}`).sort(), [
    "authorize succeeded",
    "capture succeeded",
  ]);
  if (weather === "calm") assert.equal(replays, posts - 1, "replays are not marked");
  figure(`${weather}: posts`, posts);
  figure(`${weather}: replays equal to the byte`, replays);
  figure(`${weather}: provider operations`, operations.length);
}
