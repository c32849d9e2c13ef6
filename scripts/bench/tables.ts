// The tables of `make bench`, section by section. With a tree before, each figure stands twice,
// with the ratio of the two.
import { COUNTS, type Counters, RAILS, sdkCalls } from "../capacity/costs.ts";
import { bill, total } from "../capacity/prices.ts";
import { table } from "../lib/markdown.ts";
import { byPart, type Load, PARTS, sumOf } from "./load.ts";
import type { Found, Section } from "./result.ts";
import type { Both } from "./turns.ts";

type Row = [name: string, before: number | undefined, after: number, digits: number];

/** Empty where there is none: a function that is new has no figure before. */
const shown = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : "";

/** One column, or two and their ratio. */
function compared(title: string, rows: Row[]): string {
  const isBoth = rows.some(([, before]) => before !== undefined);
  return isBoth
    ? table(
        [title, "before", "after", "ratio"],
        rows.map(([name, before = Number.NaN, after, digits]) => [
          name,
          shown(before, digits),
          shown(after, digits),
          shown(after / before, 2),
        ]),
      )
    : table(
        [title, "measured"],
        rows.map(([name, , after, digits]) => [name, shown(after, digits)]),
      );
}

const row = <T>(name: string, { before, after }: Both<T>, of: (one: T) => number, digits = 2): Row => [
  name,
  before === undefined ? undefined : of(before),
  of(after),
  digits,
];

const loadRows = (load: Both<Load>): Row[] => [
  ...Object.entries(COUNTS).map(([name, of]) => row(name, load, ({ counters }) => of(counters))),
  row("$ per million", load, ({ counters }) => total(bill(counters)), 2),
  ...PARTS.map((part) => row(`CPU-s: ${part}`, load, ({ cpu }) => byPart(cpu)[part], 3)),
  row("CPU-s: the whole stack", load, ({ cpu }) => sumOf(cpu), 3),
  ...waitRows(load),
];

const waitRows = (load: Both<Load>): Row[] => [
  row("payments per second", load, ({ perSecond }) => perSecond, 1),
  row("completed, share", load, ({ completed, payments }) => completed / payments),
  row("turned away, per payment", load, ({ turnedAway, payments }) => turnedAway / payments),
  ...(["p50", "p95", "p99"] as const).map((share) =>
    row(`POST ms, ${share}`, load, ({ post }) => post[share], 0),
  ),
  ...(["p50", "p95", "p99"] as const).map((share) =>
    row(`until COMPLETED ms, ${share}`, load, ({ whole }) => whole[share], 0),
  ),
];

const of = <T, U>({ before, after }: Both<T>, take: (one: T) => U): Both<U> => ({
  ...(before === undefined ? {} : { before: take(before) }),
  after: take(after),
});

const TABLES: { [S in Section]: (found: Found[S]) => string[] } = {
  functions: (found) => {
    const names = Object.keys(found.after);
    const mean = (weights: Record<string, { ratio: number }>): number =>
      sumOf(Object.fromEntries(Object.entries(weights).map(([name, { ratio }]) => [name, ratio]))) /
      Object.keys(weights).length;
    const zips = (weights: Record<string, { zip: number }>): number =>
      sumOf(Object.fromEntries(Object.entries(weights).map(([name, { zip }]) => [name, zip])));
    return [
      compared("cold start: CPU to that of an empty handler", [
        ...names.map((name): Row => row(name, found, (weights) => weights[name]?.ratio ?? Number.NaN)),
        row("all, on average", found, mean),
      ]),
      compared("zip, KB", [
        ...names.map((name): Row => row(name, found, (weights) => weights[name]?.zip ?? Number.NaN, 0)),
        row("all together", found, zips, 0),
      ]),
    ];
  },
  warm: (found) => [
    table(
      ["thread's CPU, ms", "loading", "first event", "warm event", "warm, to an empty handler", "events"],
      Object.entries(found).map(([name, { loading, first, warm, ratio, events }]) => [
        name,
        shown(loading, 0),
        shown(first, 1),
        shown(warm, 2),
        shown(ratio, 1),
        String(events),
      ]),
    ),
  ],
  calls: (found) =>
    RAILS.map((rail) =>
      compared(`a ${rail} payment, 20 at a time`, loadRows(of(found, (loads) => loads[rail]))),
    ),
  pace: (found) => [
    compared("a fresh stack", [
      row("seconds until it is ready", found, ({ ready }) => ready, 1),
      row("seconds until its first payment is COMPLETED", found, ({ first }) => first),
      row("MB when idle", found, ({ memory }) => memory.idle, 0),
      row("MB after the card payments", found, ({ memory }) => memory.after, 0),
    ]),
    ...RAILS.map((rail) =>
      compared(`a ${rail} payment, at a pace`, loadRows(of(found, ({ rails }) => rails[rail]))),
    ),
  ],
  overload: (found) => {
    const more = (name: string, count: (counters: Counters) => number): Row =>
      row(
        `${name}, to a quiet run`,
        found,
        ({ quiet, crowded }) => count(crowded.counters) / count(quiet.counters),
      );
    return [
      compared("four times the rate that the stack carries", [
        row("payments per second that it carries", found, ({ rate }) => rate, 1),
        ...Object.entries(COUNTS).map(([name, count]) => more(name, count)),
        ...waitRows(of(found, ({ crowded }) => crowded)),
      ]),
    ];
  },
  growth: (found) => [
    table(
      ["growth", "CPU-s each", "SDK calls", "write units", "read units", "POST p50 ms", "POST p95 ms"],
      Object.entries(found.loads).map(([name, { cpu, counters, post }]) => [
        name,
        shown(sumOf(cpu), 3),
        shown(sdkCalls(counters), 2),
        shown(counters["dynamodb.write_units"] ?? 0, 2),
        shown(counters["dynamodb.read_units"] ?? 0, 2),
        shown(post.p50, 0),
        shown(post.p95, 0),
      ]),
    ),
    table(
      ["growth", "measured"],
      Object.entries(found.figures).map(([name, value]) => [name, shown(value, 2)]),
    ),
  ],
};

export const tablesOf = <S extends Section>(section: S, found: Found[S]): string[] => TABLES[section](found);
