// The tables of docs/capacity.md. The page's text is a person's, the tables between its markers are this program's; a test compares them.
import { table } from "../lib/markdown.ts";
import { CELL_RATES, cellsFor, limitOf, mostOf, type Profile, spareOf, TARGET } from "./headroom.ts";
import { bill, keptPerMonth, total } from "./prices.ts";
import { QUOTAS, type Quota } from "./quotas.ts";
import type { Outcome } from "./simulation/cell.ts";
import { percentile, type Scenario } from "./simulation/fleet.ts";

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
const percent = (share: number): string => `${Math.round(share * 100)} %`;

const quotaRow = (quota: Quota): string[] => [
  quota.name,
  quota.unit,
  ...(["defaults", "raised"] as Profile[]).flatMap((profile) => [
    number(quota.need(CELL_RATES[profile])),
    profile === "raised" && quota.raised ? `**${number(quota.raised)}**` : number(limitOf(quota, profile)),
    percent(spareOf(quota, profile, CELL_RATES[profile])),
  ]),
  quota.grade,
];

export const headroomTable = (): string =>
  table(
    [
      "quota",
      "unit",
      `at ${CELL_RATES.defaults}/s`,
      "default",
      "free",
      `at ${CELL_RATES.raised}/s`,
      "raised",
      "free",
      "grade",
    ],
    QUOTAS.map(quotaRow),
  );

export const whyTable = (): string =>
  table(
    ["quota", "why a cell needs it"],
    QUOTAS.map(({ name, why }) => [name, why]),
  );

export const fleetTable = (): string =>
  table(
    ["a cell's quotas", "filled to", "could be", "then binds", `cells for ${number(TARGET)}/s`],
    (["defaults", "raised"] as Profile[]).map((profile) => {
      const { rate, binds } = mostOf(profile);
      return [profile, `${CELL_RATES[profile]}/s`, `${rate}/s`, binds.name, String(cellsFor(profile))];
    }),
  );

export const billTable = (): string => {
  const lines = bill();
  const dollars = (value: number): string => value.toFixed(2);
  return table(
    ["what", "a payment takes", "price", "$ per million payments"],
    [
      ...lines.map(({ what, quantity, price, dollars: sum }) => [what, quantity, price, dollars(sum)]),
      ["**in all**", "", "", `**${dollars(total(lines))}**`],
      ["kept, with its backup", "12 KB", "$0.45 per GB and month *", `${dollars(keptPerMonth())} per month`],
    ],
  );
};

export const simulationTable = (results: readonly [Scenario, Outcome][]): string =>
  table(
    [
      "minute",
      "offered",
      "accepted",
      "429",
      "queued",
      "swept",
      "longest queue of a cell",
      "drained after",
      "ends: half within",
      "99 % within",
      "all within",
      "lost",
    ],
    results.map(([{ name }, outcome]) => [
      name,
      number(outcome.offered),
      number(outcome.accepted),
      number(outcome.refused),
      number(outcome.queued),
      number(outcome.swept),
      number(outcome.longestQueue),
      `${Math.ceil(outcome.drained)} s`,
      ...[0.5, 0.99, 1].map((share) => `${percentile(outcome.waits, share).toFixed(1)} s`),
      number(outcome.lost + outcome.deadLetters),
    ]),
  );
