// A proof is a program over HTTP that prints figures and claims things. It gets a running stack and
// a size, and nothing else.
import { CannotGoOn, Claims, describeFailures } from "./claims.ts";
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
  /**
   * Settings of its stack, the defaults if there are none; "none" where it starts its own stacks
   * itself.
   */
  stack?: { env: Record<string, string> } | "none";
  run: (context: Context) => Promise<void>;
};

/** The claim of a proof that came to an end by itself, whatever it had claimed until then. */
const COMES_TO_ITS_END = "it comes to its end";

/**
 * Runs one proof and prints its figures; answers the claim that failed first, or undefined when all
 * hold.
 */
export async function prove(
  name: string,
  { claim, run }: Proof,
  client: Client,
  scale: number,
  print: (line: string) => void = console.log,
): Promise<string | undefined> {
  print(`\n${name}: ${claim}`);
  const figures: [string, string][] = [];
  const started = performance.now();
  const context: Context = {
    client,
    scale,
    sized: (full) => Math.max(1, Math.round(full * scale)),
    figure: (figure, value) => figures.push([figure, String(value)]),
  };
  const claims = new Claims();
  await claims.during(async () => {
    try {
      await run(context);
    } catch (error) {
      if (!(error instanceof CannotGoOn)) claims.fail(endOf(error));
    }
  });
  context.figure("seconds", ((performance.now() - started) / 1000).toFixed(1));
  const width = Math.max(...figures.map(([figure]) => figure.length));
  for (const [figure, value] of figures) print(`  ${figure.padEnd(width)}  ${value}`);
  const lines = describeFailures(claims.failures);
  for (const line of lines.length > 0 ? lines : ["holds"]) print(`  ${line}`);
  return claims.failures[0]?.claim;
}

function endOf(error: unknown) {
  const seen = error instanceof Error ? error.message : String(error);
  const where =
    error instanceof Error ? (error.stack?.split("\n").find((line) => /^\s+at /.test(line)) ?? "") : "";
  return { claim: COMES_TO_ITS_END, expected: "no error", seen, about: where.trim() };
}
