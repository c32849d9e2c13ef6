// Ten posts of one key gave ten charges elsewhere. Here a hundred give one, on a calm day and on a bad one.
import { randomUUID } from "node:crypto";
import { concurrently } from "./lib/client.ts";
import { assert, type Context, type Proof } from "./lib/proof.ts";

export const proof: Proof = {
  claim: "100 concurrent posts of one key make one payment, one authorization, one capture, 99 equal replays",
  async run(context) {
    await round(context, "calm");
    try {
      await context.client.fault({ target: "dynamodb", fault: "conflict", rate: 0.1, seconds: 120 });
      await context.client.fault({ target: "dynamodb", fault: "lost_answer", rate: 0.05, seconds: 120 });
      await round(context, "conflicts and lost answers");
    } finally {
      await context.client.clearFaults();
    }
  },
};

async function round({ client, sized, figure }: Context, weather: string): Promise<void> {
  const posts = sized(100);
  const key = randomUUID();
  const body = { amount: 1000, currency: "EUR", user_id: randomUUID() };
  await client.token("one-key");
  const answers = await concurrently(posts, posts, () =>
    untilAnswered(() => client.pay("one-key", key, body)),
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

/** A client that meets 503 sends the same request again, as Retry-After tells it; at most ten times. */
async function untilAnswered<T extends { status: number }>(send: () => Promise<T>): Promise<T> {
  let answer = await send();
  for (let again = 0; again < 10 && answer.status === 503; again++) answer = await send();
  return answer;
}
