// What a proof claims while it runs: sentences, each with what was expected and what was seen. A
// claim that fails is kept and the proof goes on, so that its end can say which one failed first.
import { AsyncLocalStorage } from "node:async_hooks";
import { inspect, isDeepStrictEqual } from "node:util";

/** A claim that failed: the first time that it did, and how often. */
export type Failure = { claim: string; expected: string; seen: string; about: string; times: number };

/** Thrown after a claim without which the rest of the proof would have nothing to look at. */
export class CannotGoOn extends Error {
  override readonly name = "CannotGoOn";
}

const LONGEST = 1_200;
/** More of them say nothing new. */
const MOST_OTHERS = 20;

const proofs = new AsyncLocalStorage<Claims>();

/** In the order in which they failed first. */
export class Claims {
  private readonly byClaim = new Map<string, Failure>();

  get failures(): Failure[] {
    return [...this.byClaim.values()];
  }

  fail(failure: Omit<Failure, "times">): void {
    const known = this.byClaim.get(failure.claim);
    if (known) known.times += 1;
    else this.byClaim.set(failure.claim, { ...failure, times: 1 });
  }

  /** What is claimed while `run` runs, also by those whom it calls, is claimed of these. */
  during<Result>(run: () => Promise<Result>): Promise<Result> {
    return proofs.run(this, run);
  }
}

/** The values as a person reads them; a text that is a whole sentence stays as it is. */
const shown = (value: unknown): string => {
  const text =
    typeof value === "string" && /\s/.test(value)
      ? value
      : inspect(value, { depth: 6, breakLength: 110, maxArrayLength: 50 });
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
};

function judge(holds: boolean, claim: string, expected: unknown, seen: unknown, about: unknown): boolean {
  if (holds) return true;
  const told = about === undefined ? "" : shown(about);
  const failure = { claim, expected: shown(expected), seen: shown(seen), about: told };
  const claims = proofs.getStore();
  if (!claims) throw new Error(`${claim}: expected ${failure.expected}, saw ${failure.seen} ${told}`.trim());
  claims.fail(failure);
  return false;
}

/**
 * Claims about the system. `claim` is a sentence without names or numbers of one payment: those
 * belong to `about`, so that a claim that fails for many is one failure. Each answers whether it
 * holds.
 */
export const claim = {
  /** Deeply equal, types included. */
  equal: (sentence: string, seen: unknown, expected: unknown, about?: unknown): boolean =>
    judge(isDeepStrictEqual(seen, expected), sentence, expected, seen, about),

  /** One of these. */
  oneOf: (sentence: string, seen: unknown, expected: readonly unknown[], about?: unknown): boolean =>
    judge(expected.includes(seen), sentence, `one of ${shown(expected)}`, seen, about),

  atMost: (sentence: string, seen: number | bigint, most: number | bigint, about?: unknown): boolean =>
    judge(seen <= most, sentence, `at most ${most}`, seen, about),

  atLeast: (sentence: string, seen: number | bigint, least: number | bigint, about?: unknown): boolean =>
    judge(seen >= least, sentence, `at least ${least}`, seen, about),

  /** None of what may be wrong: each entry is a sentence. */
  nothing: (sentence: string, wrong: readonly unknown[]): boolean =>
    judge(wrong.length === 0, sentence, "none", wrong.map(String).join("\n"), undefined),
};

/** The same claims, but what follows needs them: the proof ends where one fails. */
export const demand: { [Name in keyof typeof claim]: (...given: Parameters<(typeof claim)[Name]>) => void } =
  {
    equal: (...given) => endUnless(claim.equal(...given)),
    oneOf: (...given) => endUnless(claim.oneOf(...given)),
    atMost: (...given) => endUnless(claim.atMost(...given)),
    atLeast: (...given) => endUnless(claim.atLeast(...given)),
    nothing: (...given) => endUnless(claim.nothing(...given)),
  };

function endUnless(holds: boolean): void {
  if (!holds) throw new CannotGoOn("what follows needs a claim that failed");
}

/** The failures as lines: the first one with everything that was seen, then the others. */
export function describeFailures([first, ...others]: readonly Failure[]): string[] {
  if (!first) return [];
  const rest = others.length - MOST_OTHERS;
  return [
    `FAILED first: ${headOf(first)}`,
    ...valuesOf(first),
    ...others.slice(0, MOST_OTHERS).flatMap((one) => [`then failed: ${headOf(one)}`, ...valuesOf(one)]),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}

const headOf = ({ claim: sentence, times }: Failure): string =>
  times === 1 ? sentence : `${sentence} (${times} times)`;

function valuesOf({ expected, seen, about }: Failure): string[] {
  const rows: [string, string][] = [
    ["expected", expected],
    ["seen", seen],
    ["of", about],
  ];
  return rows.flatMap(([name, value]) =>
    value === "" ? [] : [`  ${name.padEnd(8)}  ${value.replaceAll("\n", "\n            ")}`],
  );
}
