// Runs the proofs, all of them or those named as arguments: against one fresh stack, or a proof's own where it says so.
// PROOF_SCALE shrinks them (CI: 0.1).
import { type Stack, startStack } from "../support/stack.ts";
import { type Proof, prove } from "./lib/proof.ts";

const NAMES = [
  "seeds",
  "one-key",
  "throughput",
  "declined",
  "throttled-start",
  "provider-down",
  "provider-webhooks",
  "malformed",
  "fault-table",
  "kill",
  "two-executions",
  "undo-parked",
  "simulation",
];

/** A stack has to be ready within this, from built bundles (DESIGN: 60 s with a warm package cache). */
const READY_SECONDS = 60;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !NAMES.includes(name));
if (unknown.length > 0)
  throw new Error(`no proof is called ${unknown.join(", ")}; there are ${NAMES.join(", ")}`);
const scale = Number(process.env.PROOF_SCALE ?? "1");

const failed: string[] = [];
let shared: Stack | undefined;
try {
  for (const name of wanted.length > 0 ? wanted : NAMES) {
    const { proof } = (await import(`./${name}.ts`)) as { proof: Proof };
    if (!(await proveOnItsStack(name, proof))) failed.push(name);
  }
} finally {
  await shared?.stop();
}
console.log(failed.length === 0 ? "\nevery proof holds" : `\nFAILED: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function proveOnItsStack(name: string, proof: Proof): Promise<boolean> {
  if (proof.stack === "none") return prove(name, proof, "", scale);
  if (proof.stack === undefined) {
    shared ??= await readyStack();
    return prove(name, proof, shared.url, scale);
  }
  const own = await startStack(proof.stack);
  try {
    return await prove(name, proof, own.url, scale);
  } finally {
    await own.stop();
  }
}

async function readyStack(): Promise<Stack> {
  const started = performance.now();
  const stack = await startStack();
  const ready = (performance.now() - started) / 1000;
  console.log(`ready in ${ready.toFixed(1)} s`);
  if (ready > READY_SECONDS) failed.push("ready");
  return stack;
}
