// statemachines/named-functions.json: which functions a machine names, and until when it named
// others. An execution keeps the version that it began with for a day at most, and it can be
// redriven for 14 days more. So long a function must outlive the last version that names it. This
// is a file, because nothing else in the repository holds a machine's old versions.

import { machinesOf } from "../build/render-machines.ts";

/** A day of the longest execution, and the 14 days of its redrive. */
const OUTLIVES_DAYS = 15;
/**
 * The value of a function that the machine's file names now. A function that it named before has
 * the last such day, `2026-11-25`.
 */
export const NAMED_NOW = "now";

/** Machine → function → NAMED_NOW or the last day. */
export type NamedFunctions = Record<string, Record<string, string>>;

/** The functions that a machine's file names. */
export const namesIn = (asl: string): string[] => [
  ...new Set([...asl.matchAll(/\$\{functions\.([a-z0-9-]+)\}/g)].map(([, name = ""]) => name)),
];

/** The functions that each machine of the repository at `root` names, by the machine's name. */
export const namedByMachines = (root: string): Record<string, string[]> =>
  Object.fromEntries([...machinesOf(root)].map(([name, asl]) => [name, namesIn(asl)]));

const isYoung = (day: string, today: string): boolean =>
  day === NAMED_NOW || Date.parse(today) - Date.parse(day) < OUTLIVES_DAYS * 86_400_000;

/**
 * The record as it shall be. A function that is no longer named gets its last day. Its entry leaves
 * when the function has outlived its machines and is gone from the `functions`. The day alone
 * removes nothing: otherwise a committed file would change by itself.
 */
export function named(
  record: NamedFunctions,
  machines: Record<string, string[]>,
  functions: string[],
  today: string,
): NamedFunctions {
  const kept: NamedFunctions = {};
  for (const machine of [...new Set([...Object.keys(record), ...Object.keys(machines)])].sort()) {
    const now = machines[machine] ?? [];
    const before = Object.entries(record[machine] ?? {})
      .filter(([name]) => !now.includes(name))
      .map(([name, day]) => [name, day === NAMED_NOW ? today : day] as const)
      .filter(([name, day]) => functions.includes(name) || isYoung(day, today));
    const all = [...now.map((name) => [name, NAMED_NOW] as const), ...before];
    if (all.length > 0) kept[machine] = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return kept;
}

/** The functions that are missing although an execution may still call them, as sentences. */
export function missedBy(record: NamedFunctions, functions: string[], today: string): string[] {
  return Object.entries(record).flatMap(([machine, names]) =>
    Object.entries(names)
      .filter(([name, day]) => !functions.includes(name) && isYoung(day, today))
      .map(([name, day]) => `${machine} named ${name} until ${day}: it must stay for ${OUTLIVES_DAYS} days`),
  );
}

/**
 * What the new record dropped before its time, compared with `base`, the record
 * before; as sentences.
 */
export function forgotten(base: NamedFunctions, record: NamedFunctions, today: string): string[] {
  return Object.entries(base).flatMap(([machine, names]) =>
    Object.entries(names)
      .filter(([name, day]) => isYoung(day, today) && record[machine]?.[name] === undefined)
      .map(([name]) => `${machine} names ${name} in the version before this one, and the record forgot it`),
  );
}

export const textOf = (record: NamedFunctions): string => `${JSON.stringify(record, null, 2)}\n`;
