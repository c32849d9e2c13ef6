// A proof is a program over HTTP that prints figures and can fail. It gets a running stack and a size, and nothing else.
import assert from "node:assert/strict";
import type { Client } from "./client.ts";

export type Context = {
  client: Client;
  /** A full-size count scaled to this run, at least one. */
  sized: (full: number) => number;
  /** 1 at full size, a tenth in CI. */
  scale: number;
  /** Prints one figure of the table. */
  figure: (name: string, value: string | number) => void;
};

export type Proof = {
  /** What is claimed, as a sentence. */
  claim: string;
  /** Settings of its stack, the defaults if there are none; "none" where it starts its own stacks itself. */
  stack?: { env: Record<string, string> } | "none";
  run: (context: Context) => Promise<void>;
};

/** Runs one proof and prints its figures; true when the claim holds. */
export async function prove(
  name: string,
  { claim, run }: Proof,
  client: Client,
  scale: number,
  print: (line: string) => void = console.log,
): Promise<boolean> {
  print(`\n${name}: ${claim}`);
  const figures: [string, string][] = [];
  const started = performance.now();
  const context: Context = {
    client,
    scale,
    sized: (full) => Math.max(1, Math.round(full * scale)),
    figure: (figure, value) => figures.push([figure, String(value)]),
  };
  let failure: unknown;
  try {
    await run(context);
  } catch (error) {
    failure = error;
  }
  context.figure("seconds", ((performance.now() - started) / 1000).toFixed(1));
  const width = Math.max(...figures.map(([figure]) => figure.length));
  for (const [figure, value] of figures) print(`  ${figure.padEnd(width)}  ${value}`);
  print(failure ? `  FAILED: ${failure instanceof Error ? failure.message : failure}` : "  holds");
  return failure === undefined;
}

export { assert };
