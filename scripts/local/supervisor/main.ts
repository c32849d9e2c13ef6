// The supervisor: what `make run` is once everything is bundled (scripts/run.ts). It starts the
// parts, says when they answer, and stops them. With --with-parent=<pid> it also ends when that
// process is no longer its parent, so that killing make leaves nothing.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ask } from "../common/post.ts";
import { isQuiet, PARTS, type Part } from "../common/settings.ts";
import { openPortIn } from "../dynamodb/java.ts";
import { contentsOf, hasBooks } from "./home-contents.ts";
import { HomeTaken, lockHome } from "./home-lock.ts";
import { clearOrphans } from "./pid-files.ts";
import {
  assertBuilt,
  assertNode,
  assertPolicy,
  CannotStart,
  gatewayPort,
  makeHome,
  planParts,
} from "./preflight.ts";
import { readyText, shownHome } from "./ready-text.ts";
import { Supervisor } from "./supervisor.ts";
import { FORMER_PARTS, HomeDivided, takeOverHome } from "./take-over-home.ts";

const PARENT_POLL_MS = 200;
const LOG_TAIL_LINES = 15;
const ANSWER_TRIES = 20;
const ANSWER_PAUSE_MS = 250;

const root = join(import.meta.dirname, "..", "..", "..");
const home = resolve(process.env.CONTRA_HOME || ".contra");
/** `began`: when `make run` did, in milliseconds since the epoch. */
const { began, "with-parent": parent } = parseArgs({
  options: { began: { type: "string" }, "with-parent": { type: "string" } },
}).values;
const say = (line: string) => console.log(`contra: ${line}`);

async function run(): Promise<void> {
  assertNode();
  assertBuilt(root);
  await assertPolicy(process.env);
  makeHome(home);
  const lock = lockHome(home);
  await settleHome();
  const isNew = !hasBooks(home);
  const port = await gatewayPort(process.env.PORT || "3000");
  const url = `http://localhost:${port}`;
  const plans = await planParts(root, home, port, process.env);
  const print = (line: string) => console.log(line);
  const supervisor = new Supervisor({
    home,
    url,
    plans,
    say,
    print,
    onHopeless: (part) => void giveUp(part),
  });
  stopOnSignals(supervisor, () => lock.close());

  async function giveUp(part: Part): Promise<void> {
    printLog(part);
    await supervisor.stop();
    process.exit(1);
  }

  try {
    if (!(await supervisor.start())) return;
    await assertAnswers(url);
  } catch (error) {
    // Who stops it ends the process too, and the parts fail meanwhile.
    if (supervisor.isStopping) return;
    await supervisor.stop();
    throw error;
  }
  const contents = isNew ? undefined : await contentsOf(plans.dynamodb.url);
  if (supervisor.isStopping) return;
  console.log(
    readyText({
      url,
      home,
      milliseconds: Date.now() - Number(began),
      timeScale: process.env.CONTRA_TIME_SCALE ?? "1",
      contents,
      openPort: openPortIn(join(home, "pids", "dynamodb-local.json")),
      isQuiet: isQuiet(process.env),
    }),
  );
}

/** Ends and puts in order what an earlier run left behind. Only then the ports are checked. */
async function settleHome(): Promise<void> {
  const orphans = await clearOrphans(home, [...PARTS, ...FORMER_PARTS]);
  if (orphans.length > 0) say(`cleared of an earlier run: ${orphans.join(", ")}`);
  const taken = takeOverHome(home);
  if (taken.length > 0)
    say(`this home is of an older Contra, its folders have new names now: ${taken.join(", ")}`);
}

/**
 * Asks what a client would see. The stack is ready only when that answers. The function's first
 * environment may be slow to start.
 */
async function assertAnswers(url: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { status, body } = await ask(`${url}/health`);
    if (status === 200) return;
    if (tries === ANSWER_TRIES) throw new Error(`${url}/health answers ${status}: ${body}`);
    await sleep(ANSWER_PAUSE_MS);
  }
}

function stopOnSignals(supervisor: Supervisor, release: () => void): void {
  let isStopping = false;
  const stop = async (signal: string) => {
    // The second signal stops it at once.
    if (isStopping) return killAll();
    isStopping = true;
    say(`${signal}: stopping`);
    await supervisor.stop();
    release();
    say(`stopped. The books are kept in ${shownHome(home)}: the next start goes on with them`);
    process.exit(0);
  };
  const killAll = () => {
    supervisor.kill();
    process.exit(1);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void stop(signal));
  if (parent === undefined) return;
  setInterval(() => {
    if (process.ppid !== Number(parent)) killAll();
  }, PARENT_POLL_MS).unref();
}

function printLog(part: Part): void {
  const lines = readFileSync(join(home, "logs", `${part}.log`), "utf8")
    .trimEnd()
    .split("\n");
  console.error(
    lines
      .slice(-LOG_TAIL_LINES)
      .map((line) => `${part} | ${line}`)
      .join("\n"),
  );
}

// The reader of the lines may go, as `make run | head` does. The stack goes on.
process.stdout.on("error", () => undefined);
try {
  await run();
} catch (error) {
  const isExpected = [CannotStart, HomeTaken, HomeDivided].some((kind) => error instanceof kind);
  console.error(isExpected ? `contra: ${(error as Error).message}` : error);
  process.exit(1);
}
