// The provider is down while payments keep coming. Clients do not notice, no payment fails for it, and the queue drains.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { assertTrail, balanceOf, HAPPY_TRAIL } from "./lib/books.ts";
import { type Client, concurrently } from "./lib/client.ts";
import { untilEnded } from "./lib/ending.ts";
import { patiently } from "./lib/patience.ts";
import { assert, type Context, type Proof } from "./lib/proof.ts";

const POSTS = 240;
const SHORTEST_SECONDS = 10;
const AMOUNT = 1_000;
/** The default policy's fee of 150 basis points. */
const FEE = 15;
/** A step that was sent in the outage may sleep for 30 s before it asks again; the rest is the drain. */
const PATIENCE = { seconds: 240, pauseMs: 500 };
const WIDTH = 10;

type Post = { id: string; status: number; milliseconds: number };

export const proof: Proof = {
  claim:
    "provider down for 60 s under load: 202 throughout, nothing failed because of it, drained afterwards",
  async run(context) {
    const { client, sized, scale, figure } = context;
    const merchant = `m-${randomUUID().slice(0, 8)}`;
    const seconds = Math.max(SHORTEST_SECONDS, Math.round(60 * scale));
    // Functions start cold; an outage meets a stack that runs.
    const warm = await concurrently(WIDTH, WIDTH, () => client.accepted(`${merchant}-warm`, payment()));
    for (const id of warm) await untilEnded(client, `${merchant}-warm`, id, PATIENCE);
    await client.fault({ target: "provider", fault: "unavailable", seconds });
    const until = performance.now() + seconds * 1000;
    try {
      const posts = await postSteadily(client, merchant, sized(POSTS), seconds);
      assert.deepEqual([...new Set(posts.map(({ status }) => status))], [202]);
      const waiting = await statusesOf(client, merchant, posts);
      await wait(Math.max(0, until - performance.now()));
      const held = waiting.filter((status) => status === "PENDING").length;
      assert.ok(held > 0, `no saga was held: ${waiting}`);
      const ended = await concurrently(posts.length, WIDTH, (index) =>
        untilEnded(client, merchant, posts[index]?.id ?? "", PATIENCE),
      );
      const drained = (performance.now() - until) / 1000;
      assert.deepEqual([...new Set(ended.map(({ end }) => end))], ["COMPLETED"]);
      await assertBooks(context, merchant, posts);
      figure("provider down for, s", seconds);
      figure("posted meanwhile", posts.length);
      figure("answered 202", posts.filter(({ status }) => status === 202).length);
      figure("slowest answer, ms", Math.round(Math.max(...posts.map(({ milliseconds }) => milliseconds))));
      figure("held in the start queue at the end", held);
      figure("COMPLETED", ended.length);
      figure("time to drain, s", drained.toFixed(1));
    } finally {
      await client.clearFaults();
    }
  },
};

/** One post after the other's beginning, at a steady rate, however long each takes. */
async function postSteadily(
  client: Client,
  merchant: string,
  count: number,
  seconds: number,
): Promise<Post[]> {
  const started = performance.now();
  const posts: Promise<Post>[] = [];
  for (let index = 0; index < count; index++) {
    await wait(Math.max(0, started + (index * seconds * 1000) / count - performance.now()));
    posts.push(post(client, merchant));
  }
  return Promise.all(posts);
}

const payment = () => ({ amount: AMOUNT, currency: "EUR", user_id: randomUUID() });

async function post(client: Client, merchant: string): Promise<Post> {
  const began = performance.now();
  const { status, json } = await client.pay(merchant, randomUUID(), payment());
  return { id: String(json.payment_id), status, milliseconds: performance.now() - began };
}

/** A busy machine may keep a reader waiting: only the posts have to be answered at once. */
const statusesOf = (client: Client, merchant: string, posts: Post[]): Promise<string[]> =>
  concurrently(posts.length, WIDTH, async (index) => {
    const path = `/payments/${posts[index]?.id}`;
    const { json } = await patiently(path, () => client.request("GET", path, { merchant }));
    return String(json.status);
  });

/** Each was authorized once and captured once, told so without a gap, and the merchant has exactly their sum. */
async function assertBooks({ client }: Context, merchant: string, posts: Post[]): Promise<void> {
  await concurrently(posts.length, WIDTH, async (index) => {
    const id = posts[index]?.id ?? "";
    const operations = (await client.operations(id)).map(({ operation, state }) => `${operation} ${state}`);
    assert.deepEqual(operations.sort(), ["authorize succeeded", "capture succeeded"]);
    await assertTrail(client, merchant, id, HAPPY_TRAIL);
  });
  const expected = { pending: 0n, available: BigInt(posts.length * (AMOUNT - FEE)) };
  await client.until("the balance is folded", 30, async () => {
    const balance = await balanceOf(client, merchant, "settlement", "EUR");
    return balance.available === expected.available && balance.pending === 0n ? true : undefined;
  });
}
