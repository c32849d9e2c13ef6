// The provider is down while payments of both rails keep coming. Clients do not notice, no payment
// fails for it, and the queue drains. That it answers 429 is our own doing, and holds nobody back.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { balanceOf, claimTrail, HAPPY_TRAIL } from "./lib/books.ts";
import { claim, demand } from "./lib/claims.ts";
import { type Client, concurrently, type Json, newMerchant } from "./lib/client.ts";
import { DESTINATION, SOURCE } from "./lib/conversions.ts";
import { untilEnded } from "./lib/ending.ts";
import { patiently } from "./lib/patience.ts";
import type { Context, Proof } from "./lib/proof.ts";

/** Of each rail. */
const POSTS = 240;
const SHORTEST_SECONDS = 10;
const AMOUNT = 1_000;
/** The default policy's fee of 150 basis points. */
const FEE = 15;
const PAUSE_MS = 500;
/** More than the failures in a row that open a breaker, of each rail, over several seconds. */
const THROTTLED_POSTS = 12;
const THROTTLED_SECONDS = 6;
const WIDTH = 10;

type Rail = { name: "card" | "stablecoin"; body: () => Json; trail: string[]; effects: string[] };
type Post = { rail: Rail; id: string; status: number; milliseconds: number };

const RAILS: readonly Rail[] = [
  {
    name: "card",
    body: () => ({ amount: AMOUNT, currency: "EUR", user_id: randomUUID() }),
    trail: HAPPY_TRAIL,
    effects: ["authorize succeeded", "capture succeeded"],
  },
  {
    name: "stablecoin",
    // Without a quote: its saga begins with the rates.
    body: () => ({
      amount: AMOUNT,
      currency: "EUR",
      source_account: SOURCE,
      destination_account: DESTINATION,
    }),
    trail: ["accepted", "validated", "held", "on_ramped", "off_ramped", "completed", "notified"],
    effects: ["off_ramp succeeded", "on_ramp succeeded"],
  },
];

export const proof: Proof = {
  claim:
    "provider down for 60 s under load on both rails: 202 throughout, nothing failed because of it, drained afterwards",
  async run(context) {
    const { client, sized, scale, figure } = context;
    const merchant = newMerchant();
    const seconds = Math.max(SHORTEST_SECONDS, Math.round(60 * scale));
    await warmUp(client, merchant);
    await client.fault({ target: "provider", fault: "unavailable", seconds });
    const until = performance.now() + seconds * 1000;
    try {
      const posts = await postSteadily(client, merchant, sized(POSTS), seconds);
      const statuses = [...new Set(posts.map(({ status }) => status))];
      demand.equal("every post is accepted while the provider is down", statuses, [202]);
      const waiting = await statusesOf(client, merchant, posts);
      await wait(Math.max(0, until - performance.now()));
      const ended = await concurrently(posts.length, WIDTH, (index) =>
        untilEnded(client, merchant, posts[index]?.id ?? "", PAUSE_MS),
      );
      const drained = (performance.now() - until) / 1000;
      figure("provider down for, s", seconds);
      for (const { name } of RAILS) {
        const isOf = (_: unknown, index: number) => posts[index]?.rail.name === name;
        const held = waiting.filter(isOf).filter((status) => status === "PENDING").length;
        const ends = ended.filter(isOf).map(({ end }) => end);
        claim.atLeast(`sagas of the ${name} rail are held`, held, 1, waiting.filter(isOf));
        claim.equal(`every payment of the ${name} rail completes`, [...new Set(ends)], ["COMPLETED"], ends);
        figure(`${name}: posted meanwhile and answered 202`, posts.filter(isOf).length);
        figure(`${name}: held in the start queue at the end`, held);
        figure(`${name}: COMPLETED`, ends.length);
      }
      await claimBooks(context, merchant, posts);
      figure("slowest answer, ms", Math.round(Math.max(...posts.map(({ milliseconds }) => milliseconds))));
      figure("time to drain, s", drained.toFixed(1));
    } finally {
      await client.clearFaults();
    }
    await claimServedWhenThrottled(context);
  },
};

/**
 * A provider that is asked too often turns every call away, and is there all the same: no saga is
 * held back for it, and all end once it is asked less.
 */
async function claimServedWhenThrottled({ client, figure }: Context): Promise<void> {
  const merchant = newMerchant();
  const before = await queuedStarts(client);
  try {
    await client.fault({ target: "provider", fault: "rate_limited", seconds: 600 });
    const posts = await postSteadily(client, merchant, THROTTLED_POSTS, THROTTLED_SECONDS);
    await concurrently(posts.length, WIDTH, async (index) => {
      const { id } = posts[index] as Post;
      await client.until(`the saga of ${id} begins while the provider answers 429`, async () => {
        const { status } = await client.get(merchant, `/payments/${id}`);
        return status === "PENDING" ? undefined : true;
      });
    });
    claim.equal("no start waits in the queue for a 429", await queuedStarts(client), before);
    await client.clearFaults();
    const ended = await concurrently(posts.length, WIDTH, (index) =>
      untilEnded(client, merchant, posts[index]?.id ?? "", PAUSE_MS),
    );
    const ends = [...new Set(ended.map(({ end }) => end))];
    claim.equal("every payment completes that met a 429", ends, ["COMPLETED"], ended);
    figure("begun while the provider answered 429, and COMPLETED", ended.length);
  } finally {
    await client.clearFaults();
  }
}

/** How often a start that had waited was looked at. */
const queuedStarts = async (client: Client): Promise<number> =>
  (await client.counters())["lambda.invocations.start-saga"] ?? 0;

/** Functions start cold; an outage meets a stack that runs. */
async function warmUp(client: Client, merchant: string): Promise<void> {
  const other = `${merchant}-warm`;
  for (const { body } of RAILS) {
    const ids = await concurrently(WIDTH, WIDTH, () => client.accepted(other, body()));
    for (const id of ids) await untilEnded(client, other, id, PAUSE_MS);
  }
}

/** One post of each rail after the other's beginning, at a steady rate, however long each takes. */
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
    for (const rail of RAILS) posts.push(post(client, merchant, rail));
  }
  return Promise.all(posts);
}

async function post(client: Client, merchant: string, rail: Rail): Promise<Post> {
  const began = performance.now();
  const { status, json } = await client.pay(merchant, randomUUID(), rail.body());
  return { rail, id: String(json.payment_id), status, milliseconds: performance.now() - began };
}

/** A busy machine may keep a reader waiting: only the posts have to be answered at once. */
const statusesOf = (client: Client, merchant: string, posts: Post[]): Promise<string[]> =>
  concurrently(posts.length, WIDTH, async (index) => {
    const path = `/payments/${posts[index]?.id}`;
    const { json } = await patiently(path, () => client.request("GET", path, { merchant }));
    return String(json.status);
  });

/**
 * Each moved once what it had to, its trail has no gap, and the accounts have exactly their sum.
 */
async function claimBooks({ client }: Context, merchant: string, posts: Post[]): Promise<void> {
  await concurrently(posts.length, WIDTH, async (index) => {
    const { id, rail } = posts[index] as Post;
    const effects = await client.effects(id);
    claim.equal("the provider did each thing once", effects.sort(), rail.effects, id);
    await claimTrail(client, merchant, id, rail.trail);
  });
  const of = (name: Rail["name"]) => BigInt(posts.filter(({ rail }) => rail.name === name).length);
  await untilBalance(client, merchant, "settlement", of("card") * BigInt(AMOUNT - FEE));
  await untilBalance(client, merchant, SOURCE, -of("stablecoin") * BigInt(AMOUNT));
}

const untilBalance = (client: Client, merchant: string, account: string, available: bigint) =>
  client.until(`the balance of ${account} is folded`, async () => {
    const balance = await balanceOf(client, merchant, account, "EUR");
    return balance.available === available && balance.pending === 0n ? true : undefined;
  });
