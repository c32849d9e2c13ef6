// The fault table: what becomes of a payment under every fault, and whether provider, ledger and
// trail agree about it. With FAULT_PAGE=<file> the results are also written as a page (make
// faults).
import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type Stack, startStack } from "../support/stack.ts";
import { claim } from "./lib/claims.ts";
import { Client } from "./lib/client.ts";
import { faultPage } from "./lib/fault-page.ts";
import { type Ended, judge, lasting, oneByOne, type Result, together } from "./lib/fault-payments.ts";
import { PROVIDER_ROWS, type Row, WEBHOOK_ROWS } from "./lib/fault-rows.ts";
import { FORGOTTEN_ROWS, REFUSED_ROWS } from "./lib/forgotten-words.ts";
import { LASTING_ROWS, OWN_ROWS, SWEPT_ROWS } from "./lib/own-faults.ts";
import type { Context, Proof } from "./lib/proof.ts";
import { SILENT_WORD_ROWS } from "./lib/wrong-answers.ts";
import { CONTRADICTED_ROWS, TOLD_WORD_ROWS } from "./lib/wrong-webhooks.ts";

/**
 * Retries for minutes pass in seconds; higher, and a busy machine's own slowness would look like a
 * fault.
 */
const TIME_SCALE = 8;
/** The sandbox's latest effect, 12 s after it was asked, and some. */
const LATE_SECONDS = 15;
/** Functions start cold; the first payment of a stack is no row. */
const WARM_UP: Row = { fault: "none", where: "the start", often: "once", ends: "COMPLETED" };

export const proof: Proof = {
  claim:
    "every fault × every card operation, once and always, and every wrong word on both rails: end state, provider's books and ledger agree",
  stack: "none",
  async run(context) {
    // Side by side: a fault of our own parts strikes whoever comes next, so it needs a stack
    // without other payments. A small run takes its time on one stack.
    const isSmall = context.scale < 1;
    const stacks: Phases[] = isSmall ? [inTurn] : [faultsOfOurs, faultsOfProvider];
    const judged = await all(stacks.map((phases) => onItsStack(context, phases)));
    if (!isSmall) judged.push(await onItsStack(context, forgottenKeys, { CONTRA_KEY_TTL_SECONDS: "0" }));
    const results = judged.flatMap((one) => one.results);
    const wrong = judged.flatMap((one) => one.wrong);
    const { figure } = context;
    figure("rows", results.length);
    for (const end of ["COMPLETED", "FAILED", "PARKED"])
      figure(`ended ${end}`, results.filter(({ ending }) => ending.end === end).length);
    figure("not as told, or out of balance", wrong.length);
    const holds = claim.nothing("every row ends as it should, and its books agree", wrong);
    if (holds && process.env.FAULT_PAGE) writeFileSync(process.env.FAULT_PAGE, faultPage(results));
  },
};

/**
 * Like Promise.all, but when one fails the other still comes to its end: it has a stack to stop.
 */
async function all<T>(runs: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(runs);
  return Promise.all(runs);
}

type Phases = (client: Client, context: Context) => Promise<Ended[]>;

async function onItsStack(
  context: Context,
  run: Phases,
  env: Record<string, string> = {},
): Promise<{ results: Result[]; wrong: string[] }> {
  const stack: Stack = await startStack({ env: { CONTRA_TIME_SCALE: String(TIME_SCALE), ...env } });
  try {
    const client = new Client(stack.url);
    const warm = await oneByOne(client, [WARM_UP]);
    const ended = await run(client, context);
    await wait((LATE_SECONDS * 1000) / TIME_SCALE);
    const { results, wrong } = await judge(client, [...warm, ...ended]);
    return { results: results.slice(warm.length), wrong };
  } finally {
    await stack.stop();
  }
}

const inTurn: Phases = async (client, context) => [
  ...(await faultsOfOurs(client, context)),
  ...(await faultsOfProvider(client, context)),
];

async function faultsOfProvider(client: Client, context: Context): Promise<Ended[]> {
  const told = await phase(
    context,
    "the provider fails",
    together(client, chosen(context, [...WEBHOOK_ROWS, ...TOLD_WORD_ROWS])),
  );
  // To the end: a webhook that came late would still move what was parked without it.
  await client.fault({ target: "receive-provider-webhook", fault: "fail_before", count: 1_000_000 });
  const silent = chosen(context, [...PROVIDER_ROWS, ...SILENT_WORD_ROWS]).filter(
    (_, index) => context.scale >= 1 || index % 3 === 0,
  );
  const rows = [...silent, ...chosen(context, SWEPT_ROWS)];
  return [...told, ...(await phase(context, "the same, its webhooks lost", together(client, rows)))];
}

async function faultsOfOurs(client: Client, context: Context): Promise<Ended[]> {
  const once = await phase(
    context,
    "a part of ours fails",
    oneByOne(client, chosen(context, [...OWN_ROWS, ...REFUSED_ROWS, ...CONTRADICTED_ROWS])),
  );
  const rows = chosen(context, LASTING_ROWS);
  return [...once, ...(await phase(context, "one that never answers", lasting(client, rows)))];
}

const forgottenKeys: Phases = (client, context) =>
  phase(context, "keys are forgotten at once", together(client, FORGOTTEN_ROWS));

/**
 * A small run has no time for what is retried for minutes. Of our own steps it takes two of the way
 * and one of the undo. Of the provider's rows it takes every third: each fault and each operation
 * comes up in them.
 */
const chosen = <T extends Row>({ scale }: Context, rows: T[]): T[] =>
  rows.filter(
    ({ where, fault, often }) =>
      scale >= 1 || (often === "once" && fault !== "sticky_500" && !LEFT_OUT.includes(where)),
  );
const LEFT_OUT = [
  "validate-payment",
  "authorize-payment",
  "notify-payment",
  "reverse-ledger",
  "fail-payment",
];

async function phase({ figure }: Context, name: string, run: Promise<Ended[]>): Promise<Ended[]> {
  const started = performance.now();
  const ended = await run;
  figure(`${name}: rows`, ended.length);
  figure(`${name}: seconds`, ((performance.now() - started) / 1000).toFixed(1));
  return ended;
}
