// Whatever strangers send gets a clear error, never a 5xx, and writes nothing.
import { randomInt, randomUUID } from "node:crypto";
import fc from "fast-check";
import { NAMES_OF_OBJECTS } from "../support/hostile-json.ts";
import { claim } from "./lib/claims.ts";
import { type Client, concurrently, OPERATOR } from "./lib/client.ts";
import { type Fuzzed, fuzzedRequest, ROUTES } from "./lib/fuzzed-requests.ts";
import type { Proof } from "./lib/proof.ts";
import { type RawAnswer, RawHttp } from "./lib/raw-http.ts";
import { differences } from "./lib/table-items.ts";

const FULL = 20_000;
const AT_ONCE = 8;
const BATCH = 250;
const MERCHANT = "malformed";
const PAID = 20;
const METADATA = Object.fromEntries(NAMES_OF_OBJECTS.map((name) => [name, `${name} of mine`]));
/** What is written at its own times, whoever asks for what. */
const OWN_TIMES = /^payments (SWEEP|BREAKER)/;

export const proof: Proof = {
  claim: "20,000 malformed requests over all routes: no 5xx, every refusal explained, nothing written",
  // Nobody else's payments, and shorter waits.
  stack: { env: { CONTRA_TIME_SCALE: "3" } },
  async run({ client, sized, figure }) {
    const count = Math.ceil(sized(FULL) / BATCH) * BATCH;
    // A run that fails is repeated by its seed.
    const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
    figure("seed", seed);
    await payFirst(client);
    const before = await client.items();
    claim.atLeast("there are items to compare", before.size, PAID * 5);
    const seen = new Seen();
    const http = new RawHttp(client.url, AT_ONCE);
    try {
      for (let batch = 0; batch < count / BATCH; batch++) {
        const requests = fc.sample(fuzzedRequest, { numRuns: BATCH, seed: seed + batch });
        await concurrently(BATCH, AT_ONCE, async (at) => {
          const fuzzed = requests[at] as Fuzzed;
          seen.add(fuzzed, await answerTo(client, http, fuzzed));
        });
      }
    } finally {
      http.close();
    }
    // What a request writes itself stands before its answer comes.
    const changed = differences(before, await client.items()).filter((place) => !OWN_TIMES.test(place));
    claim.nothing("nothing that is refused writes anything: item by item", changed);
    claim.equal(
      "every route of the manifest was tried",
      ROUTES.map(({ method, path }) => (path === "$default" ? path : `${method} ${path}`)).filter(
        (route) => !seen.routes.has(route),
      ),
      [],
    );
    figure("requests", count);
    figure("routes", seen.routes.size);
    for (const [status, times] of [...seen.statuses].sort()) figure(`answered ${status}`, times);
    figure(
      "5xx",
      [...seen.statuses].reduce((sum, [status, times]) => sum + (status >= 500 ? times : 0), 0),
    );
    figure("refusals that are no problem document", seen.bare);
    figure("items compared", before.size);
    figure("items changed", changed.length);
    figure("p50 and p99 of refusals", percentiles(seen.tookRefusals));
    figure(`p50 and p99 of all, ${AT_ONCE} at once`, percentiles(seen.took));
  },
};

/** So that there is something to overwrite. Of a closed payment nothing is written any more. */
async function payFirst(client: Client): Promise<void> {
  const ids = await concurrently(PAID, AT_ONCE, async (at) => {
    const body = { amount: 500 + at, currency: "INR", user_id: randomUUID(), metadata: METADATA };
    const id = await client.accepted(MERCHANT, body);
    const { metadata } = await client.ended(MERCHANT, id);
    claim.equal("metadata is given back, whatever its names are", metadata, METADATA, id);
    return id;
  });
  await client.until("every payment is closed", async () => {
    const items = await client.items();
    const open = ids.filter((id) => items.get(`payments PAYMENT#${id} PAYMENT`)?.includes('"open_shard"'));
    return open.length === 0 ? true : undefined;
  });
}

async function answerTo(client: Client, http: RawHttp, fuzzed: Fuzzed): Promise<RawAnswer> {
  const { method, path, scope, headers, body } = fuzzed;
  const merchant = scope === "ops" ? OPERATOR : MERCHANT;
  const token = scope === undefined ? [] : ["authorization", `Bearer ${await client.token(merchant)}`];
  return http.send({ method, path, headers: [...token, ...headers], body });
}

/** What was answered so far. */
class Seen {
  readonly statuses = new Map<number, number>();
  readonly routes = new Set<string>();
  bare = 0;
  readonly took: number[] = [];
  readonly tookRefusals: number[] = [];

  /** Claims what holds of every answer. What fails shows the first request that it failed for. */
  add(fuzzed: Fuzzed, { status, contentType, text, ms }: RawAnswer): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    this.routes.add(fuzzed.route);
    this.took.push(ms);
    if (status >= 400) this.tookRefusals.push(ms);
    const about = {
      ...fuzzed,
      body: fuzzed.body?.toString("latin1").slice(0, 400),
      answer: text.slice(0, 600),
    };
    claim.atMost("no request is a failure of ours", status, 499, about);
    // 308: to the path without its slash at the end, before anything is read.
    if (fuzzed.isRefused && status !== 308)
      claim.atLeast("what no route takes is refused", status, 400, about);
    if (status < 400) return;
    const isProblem = contentType === "application/problem+json";
    if (!isProblem) this.bare += 1;
    claim.equal("a refusal is a problem document", contentType, "application/problem+json", about);
    // The answer to HEAD has no body.
    if (fuzzed.method !== "HEAD") claimExplained(text, about);
  }
}

/** The median and the 99th percentile. */
function percentiles(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
  return `${at(0.5)} ms, ${at(0.99)} ms`;
}

function claimExplained(text: string, about: object): void {
  const {
    code,
    detail,
    request_id,
    errors = [],
  } = JSON.parse(text) as {
    errors?: { detail: string }[];
  } & Record<string, unknown>;
  const isWhole = [code, detail, request_id].every((member) => typeof member === "string" && member !== "");
  claim.equal("a refusal says its code, its detail and its request", isWhole, true, about);
  claim.atMost("no more than 50 errors are shown, and a line", errors.length, 51, about);
  const raw = errors.filter((error) => /pattern|\^\[|\\d|is invalid/.test(error.detail));
  claim.equal("no error is a raw pattern", raw, [], about);
}
