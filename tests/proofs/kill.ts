// kill -9 under a steady stream of payments. A part that is killed alone is restarted by the
// supervisor. The whole stack starts again on what is on disk. PROOF_SEED repeats the moments of an
// earlier run.
import { randomInt, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Random } from "../../scripts/lib/random.ts";
import { PARTS } from "../../scripts/local/common/settings.ts";
import { balanceOf, claimTrialBalance } from "./lib/books.ts";
import { claim, demand } from "./lib/claims.ts";
import { concurrently, OPERATOR } from "./lib/client.ts";
import { type Books, booksOf, creditOf, type Ending, untilEnded } from "./lib/ending.ts";
import { MortalStack, STACK, type Victim } from "./lib/mortal-stack.ts";
import { patiently } from "./lib/patience.ts";
import type { Context, Proof } from "./lib/proof.ts";

/**
 * Retries have to outlast the start of a part, and a busy machine's slowness must not look like a
 * fault.
 */
const TIME_SCALE = 3;
const AMOUNT = 10_000;
const NET = 9_850n;
const MERCHANT = "kill";
const PAUSE_MS = { least: 1_500, most: 6_000 };
/** About as long as a payment takes. */
const SHORTLY_MS = 1_500;
const AT_ONCE = 20;
/**
 * What becomes of payments must not depend on their provider, so some come with faults of the
 * provider.
 */
const PLANS = [
  "",
  "",
  "lost_capture_x1",
  "",
  "refused_capture",
  "",
  "timeout_authorize_x1",
  "unavailable_capture_x1",
];

export const proof: Proof = {
  claim: "kill -9 of everything, at random, under 300 payments: all end, none captured twice, books agree",
  stack: "none",
  async run(context) {
    const home = mkdtempSync(join(tmpdir(), "contra-kill-"));
    const stack = await MortalStack.start(home, { CONTRA_TIME_SCALE: String(TIME_SCALE) });
    try {
      const ids = await payAndKill(context, stack);
      claim.equal("every key makes a payment of its own", new Set(ids).size, ids.length);
      const ended = await concurrently(ids.length, AT_ONCE, (index) => finish(stack, ids[index] ?? ""));
      await judge(context, stack, ended);
    } finally {
      await stack.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 20 });
    }
  },
};

/**
 * Kills one after the other, in an order and at moments that the seed decides: every part twice,
 * and everything at once twice. A small run kills everything and three of the parts. Each finds a
 * share of the payments at every point of their way, for they are posted shortly before it.
 */
async function payAndKill({ scale, sized, figure }: Context, stack: MortalStack): Promise<string[]> {
  const seed = Number(process.env.PROOF_SEED ?? randomInt(2 ** 31));
  const random = new Random(seed);
  const [parts, rounds] = scale >= 1 ? [PARTS, 2] : [shuffled(random, PARTS).slice(0, 3), 1];
  const victims = Array.from({ length: rounds }, () => shuffled<Victim>(random, [...parts, STACK])).flat();
  const count = sized(300);
  const posts: Promise<string>[] = [];
  const moments: string[] = [];
  for (const [index, victim] of victims.entries()) {
    const pause = random.between(PAUSE_MS.least, PAUSE_MS.most);
    while (posts.length < Math.round((count * (index + 1)) / victims.length)) {
      const plan = PLANS[posts.length % PLANS.length] ?? "";
      const posted = postIn(pause - random.between(0, SHORTLY_MS), stack, plan);
      // Looked at when all are killed; until then a failure must not count as one that nobody
      // handles.
      posted.catch(() => undefined);
      posts.push(posted);
    }
    await wait(pause);
    moments.push(`${victim} ${stack.age()}`);
    await stack.kill(victim);
  }
  figure("seed", seed);
  figure("killed, with the second", moments.join(", "));
  figure("payments", count);
  return Promise.all(posts);
}

const shuffled = <T>(random: Random, all: readonly T[]): T[] =>
  all
    .map((one) => ({ one, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ one }) => one);

async function postIn(milliseconds: number, stack: MortalStack, plan: string): Promise<string> {
  await wait(milliseconds);
  const key = randomUUID();
  const metadata = plan ? { metadata: { sandbox: plan } } : {};
  const body = { amount: AMOUNT, currency: "EUR", user_id: randomUUID(), ...metadata };
  const send = () => stack.client.pay(MERCHANT, key, body);
  const answer = await patiently("POST /payments", send);
  demand.equal("a payment is accepted, whatever dies", answer.status, 202, answer.text);
  return String(answer.json.payment_id);
}

/**
 * What was parked while a part was dead is redriven once, as an operator would; parked again, it
 * stays a person's.
 */
async function finish({ client }: MortalStack, id: string): Promise<Ending & { redriven: boolean }> {
  const ending = await untilEnded(client, MERCHANT, id, 500);
  if (ending.end !== "PARKED") return { ...ending, redriven: false };
  const path = `/sagas/${id}/redrive`;
  // Refused where the sweep was quicker; either way it goes on.
  await patiently(path, () => client.request("POST", path, { merchant: OPERATOR, body: {} }));
  return { ...(await untilEnded(client, MERCHANT, id, 500)), redriven: true };
}

async function judge(
  { figure }: Context,
  { client }: MortalStack,
  ended: (Ending & { redriven: boolean })[],
): Promise<void> {
  const books: Books[] = await concurrently(ended.length, AT_ONCE, (index) =>
    booksOf(client, MERCHANT, ended[index] as Ending, AMOUNT),
  );
  const wrong = books.flatMap((one) => one.wrong);
  for (const end of ["COMPLETED", "FAILED", "PARKED"]) {
    figure(`ended ${end}`, ended.filter((one) => one.end === end).length);
  }
  figure("redriven on the way", ended.filter(({ redriven }) => redriven).length);
  figure("wrong", wrong.length);
  claim.nothing("every payment agrees with the provider's books and its trail", wrong);
  await claimTrialBalance(
    client,
    books.reduce((total, { journals }) => total + journals, 0),
  );
  const credits = ended.map((ending, index) => creditOf(ending, books[index] as Books, NET));
  const due = {
    pending: credits.reduce((total, { pending }) => total + pending, 0n),
    available: credits.reduce((total, { available }) => total + available, 0n),
  };
  const balance = await balanceOf(client, MERCHANT, "settlement", "EUR");
  claim.equal("the merchant has what its payments brought", balance, due);
  figure("merchant's balance, exact", String(due.available));
}
