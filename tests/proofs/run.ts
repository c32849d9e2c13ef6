// Runs the proofs, all of them or those named as arguments. A stack serves them one after the other
// for as long as they ask for the same settings; each has merchants of its own. PROOF_SCALE shrinks
// them (CI: 0.1). The slowest of the small ones take turns, by the day.
import { type Stack, startStack } from "../support/stack.ts";
import { Client } from "./lib/client.ts";
import { type Proof, prove } from "./lib/proof.ts";

const NAMES = [
  "seeds",
  "one-key",
  "throughput",
  "overload",
  "declined",
  "cancel",
  "throttled-start",
  "provider-down",
  "provider-webhooks",
  "malformed",
  "changes",
  "erasure",
  "noisy-merchant",
  "conversion-costs",
  "one-quote",
  "guarded-account",
  "overdraft",
  "second-operator",
  "off-ramp-refused",
  "two-executions",
  "conversions",
  "undo-parked",
  "dead-fold",
  "policy",
  "provider-words",
  "fault-table",
  "kill",
  "tutorial",
  "store-conditions",
  "simulation",
  "capacity",
  "card-numbers",
  "card-traces",
];

/** These take long whatever their size: a small run of all takes every sixth of them a day. */
const BY_TURNS = [
  "overload",
  "dead-fold",
  "provider-words",
  "store-conditions",
  "provider-webhooks",
  "erasure",
  "noisy-merchant",
  "tutorial",
  "overdraft",
  "provider-down",
  "fault-table",
  "kill",
];
const TURNS = 6;

/** How soon a stack is ready, from built bundles (docs/architecture.md#the-laptops-cloud). */
const READY_SECONDS = 60;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !NAMES.includes(name));
if (unknown.length > 0)
  throw new Error(`no proof is called ${unknown.join(", ")}; there are ${NAMES.join(", ")}`);
const scale = Number(process.env.PROOF_SCALE ?? "1");
const turn = new Date().getUTCDate() % TURNS;
const absent = BY_TURNS.filter((_, index) => scale < 1 && index % TURNS !== turn);
const all = NAMES.filter((name) => !absent.includes(name));

/** Each with the claim that failed first. */
const failed: string[] = [];
let running: { stack: Stack; settings: string } | undefined;
try {
  for (const name of wanted.length > 0 ? wanted : all) {
    const { proof } = (await import(`./${name}.ts`)) as { proof: Proof };
    const first = await proveOnItsStack(name, proof);
    if (first !== undefined) failed.push(`${name}: ${first}`);
  }
} finally {
  await running?.stack.stop();
}
console.log(
  failed.length === 0 ? "\nevery proof holds" : `\nFAILED:\n${failed.map((line) => `  ${line}`).join("\n")}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

async function proveOnItsStack(name: string, proof: Proof): Promise<string | undefined> {
  const { url, home } = proof.stack === "none" ? { url: "" } : await stackWith(proof.stack?.env ?? {});
  return prove(name, proof, new Client(url, home), scale);
}

/** The stack that runs, or a fresh one if it has other settings. */
async function stackWith(env: Record<string, string>): Promise<Stack> {
  const settings = JSON.stringify(env);
  if (running?.settings === settings) return running.stack;
  await running?.stack.stop();
  running = undefined;
  const started = performance.now();
  const stack = await startStack({ env });
  running = { stack, settings };
  const ready = (performance.now() - started) / 1000;
  console.log(`\nready in ${ready.toFixed(1)} s`);
  if (ready > READY_SECONDS)
    failed.push(`ready: a stack is ready within ${READY_SECONDS} s, and not after ${ready.toFixed(1)} s`);
  return stack;
}
