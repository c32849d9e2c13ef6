// Payments at a steady rate, and then at four times the rate that the stack carries: all are taken,
// all complete, and none costs more work than on a quiet stack. How fast that is depends on the
// machine, which also runs this client, so times are printed and not claimed.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { percentile } from "../../scripts/capacity/simulation/fleet.ts";
import { claim } from "./lib/claims.ts";
import { type Answer, type Client, concurrently, type Json, newMerchant } from "./lib/client.ts";
import { DESTINATION, SOURCE } from "./lib/conversions.ts";
import { PACE, payAll } from "./lib/costs.ts";
import { patiently } from "./lib/patience.ts";
import type { Proof } from "./lib/proof.ts";

/** Payments a second of the steady part, by rail. Mixed in the same way everywhere. */
const STEADY = { cards: 5, conversions: 2 };
const PER_SECOND = STEADY.cards + STEADY.conversions;
const TIMES = 4;
/** What a payment may cost more than on a quiet stack, in transitions and in invocations. */
const MOST_TIMES_THE_WORK = 1.3;
/** Milliseconds without an invocation, after which a stack counts as quiet. */
const STILL_MS = 3_000;

/** The first answer, and after how many milliseconds it came. */
type Sent = { rail: "card" | "stablecoin"; answer: Answer; ms: number };
type Work = { transitions: number; invocations: number };

export const proof: Proof = {
  claim: "at four times the rate that a stack carries, every payment completes and none costs more work",
  async run(context) {
    const { client, sized, figure } = context;
    const load = loadOf(client, newMerchant());
    await load.atOnce(PACE.concurrency, Math.max(14, sized(70)));
    const carried = await carriedBy(load, Math.max(28, sized(140)));
    const steady = await load.atRate(PER_SECOND, Math.max(35, sized(700)));
    await load.through();
    const quiet = await workOf(client, load, () => load.atOnce(1, Math.max(14, sized(70))));

    const rate = TIMES * carried;
    // For as long as it takes to fall well behind, whatever the machine.
    const crowd = Math.max(70, Math.round(sized(60) * carried));
    let overload: Sent[] = [];
    const began = performance.now();
    const busy = await workOf(client, load, async () => {
      overload = await load.atRate(rate, crowd);
    });
    const seconds = (performance.now() - began) / 1000;

    claim.nothing("every payment at a steady rate is taken at once", notTaken(steady));
    claim.nothing("every payment at four times the rate is taken at once", notTaken(overload));
    await claimCompleted(client, load);
    const most = MOST_TIMES_THE_WORK;
    claim.atMost("no payment takes more transitions", busy.transitions, most * quiet.transitions);
    claim.atMost("no payment takes more invocations", busy.invocations, most * quiet.invocations);

    figure(`card payments at ${STEADY.cards}/s, p50 and p95 of POST in ms`, timesOf(steady, "card"));
    figure(`conversions at ${STEADY.conversions}/s beside them`, timesOf(steady, "stablecoin"));
    figure("payments per second that the stack carries", carried.toFixed(1));
    figure(
      `payments at ${rate.toFixed(1)}/s, and seconds until all were through`,
      `${crowd} in ${seconds.toFixed(0)}`,
    );
    figure("p50 and p95 of POST in ms meanwhile, cards", timesOf(overload, "card"));
    figure("transitions per payment, quiet and then", pair(quiet.transitions, busy.transitions));
    figure("invocations per payment, quiet and then", pair(quiet.invocations, busy.invocations));
  },
};

/**
 * Sends payments of both rails and remembers the taken ones. What is answered 503 is sent again, as
 * a client must.
 */
function loadOf(client: Client, merchant: string) {
  const taken: string[] = [];
  let sentCount = 0;
  let throughBefore: number | undefined;
  const through = async () => (await client.counters())[PACE.lastStep] ?? 0;

  async function send(): Promise<Sent> {
    throughBefore ??= await through();
    const rail = sentCount++ % PER_SECOND < STEADY.cards ? "card" : "stablecoin";
    const [key, body, sentAt] = [randomUUID(), BODIES[rail](), performance.now()];
    let first: Omit<Sent, "rail"> | undefined;
    const last = await patiently("POST /payments", async () => {
      const answer = await client.pay(merchant, key, body);
      first ??= { answer, ms: performance.now() - sentAt };
      return answer;
    });
    if (last.status === 202) taken.push(String(last.json.payment_id));
    return { rail, ...(first ?? { answer: last, ms: Number.POSITIVE_INFINITY }) };
  }

  return {
    merchant,
    taken,
    /** Each at its time, whatever became of those before. */
    async atRate(perSecond: number, count: number): Promise<Sent[]> {
      await client.token(merchant);
      const from = performance.now();
      return Promise.all(
        Array.from({ length: count }, async (_, n) => {
          await wait(from + (n * 1_000) / perSecond - performance.now());
          return send();
        }),
      );
    },
    /** So many on their way at most. */
    async atOnce(concurrency: number, count: number): Promise<void> {
      const post = async () => {
        await send();
        return String(taken.at(-1));
      };
      await payAll(client, count, post, { ...PACE, concurrency });
    },
    /** Waits until every saga is through. */
    through: () =>
      client.until("every saga is through", async () =>
        (await through()) - (throughBefore ?? 0) >= taken.length ? true : undefined,
      ),
  };
}
type Load = ReturnType<typeof loadOf>;

const BODIES: Record<Sent["rail"], () => Json> = {
  card: () => ({ amount: 700, currency: "EUR", user_id: randomUUID() }),
  stablecoin: () => ({
    amount: 10_000,
    currency: "EUR",
    destination_currency: "JPY",
    source_account: SOURCE,
    destination_account: DESTINATION,
  }),
};

/** Payments per second, where many are on their way. */
async function carriedBy(load: Load, count: number): Promise<number> {
  const began = performance.now();
  await load.atOnce(PACE.concurrency, count);
  return (count * 1_000) / (performance.now() - began);
}

/** What each of the payments costs that are taken meanwhile. */
async function workOf(client: Client, load: Load, pay: () => Promise<unknown>): Promise<Work> {
  await untilStill(client);
  const [before, had] = [await client.counters(), load.taken.length];
  await pay();
  await load.through();
  await untilStill(client);
  const after = await client.counters();
  const per = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) / (load.taken.length - had);
  return { transitions: per("states.transitions"), invocations: per("lambda.invocations") };
}

/** The windows of streams and queues may hold back a few invocations: too few to matter. */
async function untilStill(client: Client): Promise<void> {
  let last = -1;
  await client.until("the stack is still", async () => {
    const now = (await client.counters())["lambda.invocations"] ?? 0;
    if (now === last) return true;
    last = now;
    await wait(STILL_MS);
    return undefined;
  });
}

async function claimCompleted(client: Client, { merchant, taken }: Load): Promise<void> {
  claim.equal("every payment that is taken is one of its own", new Set(taken).size, taken.length);
  const ended = await concurrently(taken.length, 10, (n) => client.ended(merchant, String(taken[n])));
  const others = ended.filter(({ status }) => status !== "COMPLETED");
  claim.nothing(
    "every payment completes",
    others.map(({ payment_id, status }) => `${payment_id} ${status}`),
  );
}

const notTaken = (sent: Sent[]): string[] =>
  sent
    .filter(({ answer }) => answer.status !== 202)
    .map(({ answer }) => `${answer.status} ${answer.text.slice(0, 200)}`);

function timesOf(sent: Sent[], rail: Sent["rail"]): string {
  const times = sent.filter((one) => one.rail === rail).map(({ ms }) => ms);
  return [0.5, 0.95].map((share) => percentile(times, share).toFixed(0)).join(" and ");
}

const pair = (quiet: number, busy: number): string => `${quiet.toFixed(2)} and ${busy.toFixed(2)}`;
