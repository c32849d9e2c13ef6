// `make run`: the whole of Contra on this machine, in the foreground. PORT (3000; 0 picks a free one) and CONTRA_HOME (.contra)
// choose where; with --with-parent it also ends when the process that started it does, so that killing make leaves nothing.
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PARTS, type Part } from "./local/common/settings.ts";
import { HomeTaken, lockHome } from "./local/supervisor/home-lock.ts";
import { clearOrphans } from "./local/supervisor/pid-files.ts";
import {
  assertBuilt,
  assertNode,
  CannotStart,
  gatewayPort,
  planParts,
} from "./local/supervisor/preflight.ts";
import { readyText } from "./local/supervisor/ready-text.ts";
import { Supervisor } from "./local/supervisor/supervisor.ts";

const PARENT_POLL_MS = 200;
const LOG_TAIL_LINES = 15;
const ANSWER_TRIES = 20;
const ANSWER_PAUSE_MS = 250;

const root = dirname(import.meta.dirname);
const home = resolve(process.env.CONTRA_HOME || ".contra");
const parent = process.ppid;

async function run(): Promise<void> {
  assertNode();
  assertBuilt(root);
  mkdirSync(home, { recursive: true });
  const lock = lockHome(home);
  // Before the ports are judged: an orphan may hold one.
  const orphans = await clearOrphans(home, PARTS);
  if (orphans.length > 0) console.log(`Cleared of an earlier run: ${orphans.join(", ")}`);
  const port = await gatewayPort(process.env.PORT || "3000");
  const url = `http://localhost:${port}`;
  const plans = await planParts(root, home, port, process.env);
  const say = (line: string) => console.log(`contra: ${line}`);
  const supervisor = new Supervisor({ home, url, plans, say, onHopeless: (part) => void giveUp(part) });
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
    await supervisor.stop();
    throw error;
  }
  console.log(
    readyText({
      url,
      home,
      milliseconds: performance.now(),
      timeScale: process.env.CONTRA_TIME_SCALE ?? "1",
    }),
  );
}

/** What a client would see: only now is the stack ready. The first environment of the function may be slow to start. */
async function assertAnswers(url: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`${url}/health`);
    if (answer.ok) return;
    const text = await answer.text();
    if (tries === ANSWER_TRIES) throw new Error(`${url}/health answers ${answer.status}: ${text}`);
    await sleep(ANSWER_PAUSE_MS);
  }
}

function stopOnSignals(supervisor: Supervisor, release: () => void): void {
  let isStopping = false;
  const stop = async (signal: string) => {
    // Asked twice, it stops at once.
    if (isStopping) return killAll();
    isStopping = true;
    console.log(`contra: ${signal}: stopping`);
    await supervisor.stop();
    release();
    process.exit(0);
  };
  const killAll = () => {
    supervisor.kill();
    process.exit(1);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void stop(signal));
  if (!process.argv.includes("--with-parent")) return;
  setInterval(() => {
    if (process.ppid !== parent) killAll();
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

try {
  await run();
} catch (error) {
  const isExpected = error instanceof CannotStart || error instanceof HomeTaken;
  console.error(isExpected ? `contra: ${error.message}` : error);
  process.exit(1);
}
