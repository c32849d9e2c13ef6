// A merchant at ten times its rate beside a quiet one: what the quiet one's requests take without
// the noise, with it, and with it limited. Times are printed and not claimed: a laptop has few
// cores.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { putPolicy } from "../../functions/lib/adapters/dynamodb/policy-source.ts";
import { percentile } from "../../scripts/capacity/simulation/fleet.ts";
import { localClient } from "../../scripts/lib/local-client.ts";
import { runningStack } from "../../scripts/lib/running-stack.ts";
import { PREFIX } from "../../scripts/local/common/settings.ts";
import { startStack } from "../support/stack.ts";
import { claim } from "./lib/claims.ts";
import { type Answer, Client, concurrently, newMerchant } from "./lib/client.ts";
import type { Context, Proof } from "./lib/proof.ts";

/** Ten times it is what two cores just carry: at 30 a second a laptop without the limit is 503. */
const WRITES = { per_second: 1, burst: 40 };
const QUIET_PER_SECOND = 1;
const TIMES = 10;

type Sent = { answer: Answer; ms: number };

export const proof: Proof = {
  claim: "a merchant at ten times its rate is answered 429, and a quiet one beside it is served",
  stack: "none",
  async run(context) {
    const home = mkdtempSync(join(tmpdir(), "contra-noisy-"));
    const stack = await startStack({ home });
    try {
      await prove(context, new Client(stack.url), await limited(home));
    } finally {
      await stack.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 20 });
    }
  },
};

async function prove({ sized, figure }: Context, client: Client, noisy: string): Promise<void> {
  const seconds = Math.max(6, sized(30));
  const [quiet, unlimited] = [newMerchant(), newMerchant()];
  // Whatever is started first is slow once.
  await send(client, quiet, QUIET_PER_SECOND, 2);
  const calm = await send(client, quiet, QUIET_PER_SECOND, seconds);
  await settled(client, quiet, calm);
  const noise = (merchant: string) =>
    Promise.all([
      send(client, quiet, QUIET_PER_SECOND, seconds),
      send(client, merchant, TIMES * WRITES.per_second, seconds),
    ]);
  const [beside, loud] = await noise(unlimited);
  await settled(client, quiet, beside);
  await settled(client, unlimited, loud);
  const [guarded, refused] = await noise(noisy);
  await settled(client, quiet, guarded);
  await settled(client, noisy, refused);

  const all = [calm, beside, loud, guarded, refused].flat();
  claim.nothing("nobody is answered 5xx", statusesOf(all.filter(({ answer }) => answer.status >= 500)));
  claim.nothing("the quiet one is always served", notTaken([...calm, ...beside, ...guarded]));
  claim.nothing("without a limit the noise is served as well", notTaken(loud));
  const turnedAway = refused.filter(({ answer }) => answer.status === 429);
  claim.atLeast("the noise is turned away where it has a rate", turnedAway.length, 1);
  claim.nothing(
    "whoever is turned away is told why, and when to come again",
    turnedAway.filter(({ answer }) => !saysWhen(answer)).map(({ answer }) => answer.text),
  );
  const taken = refused.length - turnedAway.length;
  const most = WRITES.burst + WRITES.per_second * (seconds + 1);
  claim.atMost("no more of the noise is taken than its burst and its rate", taken, most);

  figure("seconds of each part", seconds);
  figure(`noise a second, at a rate of ${WRITES.per_second}`, TIMES * WRITES.per_second);
  figure("the quiet one alone, p50 and p95 in ms", timesOf(calm));
  figure("beside the noise without a limit", timesOf(beside));
  figure("beside the noise with a limit", timesOf(guarded));
  figure("of the noise with a limit, taken and 429", `${taken} and ${turnedAway.length}`);
}

/** A merchant whose policy has a rate. */
async function limited(home: string): Promise<string> {
  const merchant = newMerchant();
  const client = localClient(String(runningStack(home).parts.dynamodb?.url));
  const at = new Date().toISOString();
  const by = { operation_id: randomUUID(), kind: "policy", at, by: "proof", merchant_id: merchant } as const;
  const tables = { payments: `${PREFIX}payments`, integrity: `${PREFIX}integrity` };
  await putPolicy(client, tables, merchant, { limits: { writes: WRITES } }, by);
  client.destroy();
  return merchant;
}

/** So many card payments a second, each at its time, whatever became of those before. */
async function send(client: Client, merchant: string, perSecond: number, seconds: number): Promise<Sent[]> {
  await client.token(merchant);
  const began = performance.now();
  return Promise.all(
    Array.from({ length: perSecond * seconds }, async (_, n) => {
      await wait(began + (n * 1_000) / perSecond - performance.now());
      const sentAt = performance.now();
      const body = { amount: 700, currency: "EUR", user_id: randomUUID() };
      const answer = await client.pay(merchant, randomUUID(), body);
      return { answer, ms: performance.now() - sentAt };
    }),
  );
}

/** Everything that was taken ends as paid: nothing of it is lost. */
async function settled(client: Client, merchant: string, sent: Sent[]): Promise<void> {
  const ids = sent
    .filter(({ answer }) => answer.status === 202)
    .map(({ answer }) => String(answer.json.payment_id));
  claim.equal("every payment that is taken is one of its own", new Set(ids).size, ids.length);
  const ended = await concurrently(ids.length, 10, (n) => client.ended(merchant, String(ids[n])));
  const lost = ended.filter(({ status }) => status !== "COMPLETED");
  claim.nothing(
    "every payment that is taken completes",
    lost.map(({ payment_id, status }) => `${payment_id} ${status}`),
  );
}

const statusesOf = (sent: Sent[]): string[] =>
  sent.map(({ answer }) => `${answer.status} ${answer.text.slice(0, 200)}`);
const notTaken = (sent: Sent[]): string[] => statusesOf(sent.filter(({ answer }) => answer.status !== 202));

const saysWhen = ({ headers, json }: Answer): boolean =>
  json.code === "RateLimited" &&
  Number(headers.get("retry-after")) >= 1 &&
  headers.get("ratelimit-policy") !== null &&
  /^"writes";r=0;t=\d+$/.test(headers.get("ratelimit") ?? "");

function timesOf(sent: Sent[]): string {
  const times = sent.map(({ ms }) => ms);
  return [0.5, 0.95].map((share) => percentile(times, share).toFixed(0)).join(" and ");
}
