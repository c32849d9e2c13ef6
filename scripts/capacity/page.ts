// The tables of docs/capacity.md. The page's text is a person's, the tables between its markers are this program's; a test compares them.
import { table } from "../lib/markdown.ts";
import { RAILS, STORED_BYTES } from "./costs.ts";
import { cellsFor, limitOf, mostOf, type Profile, rateOf, spareOf, TARGET } from "./headroom.ts";
import { bill, KEPT, keptPerMonth, total } from "./prices.ts";
import { QUOTAS, type Quota } from "./quotas.ts";
import type { Outcome } from "./simulation/cell.ts";
import { percentile, type Scenario } from "./simulation/fleet.ts";

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
const percent = (share: number): string => `${Math.round(share * 100)} %`;

const PROFILES: Profile[] = ["defaults", "raised"];

const quotaRow = (quota: Quota): string[] => [
  quota.name,
  quota.unit,
  ...PROFILES.flatMap((profile) => [
    ...RAILS.map((rail) => number(quota.need(rateOf(profile, rail), rail))),
    profile === "raised" && quota.raised ? `**${number(quota.raised)}**` : number(limitOf(quota, profile)),
    percent(Math.min(...RAILS.map((rail) => spareOf(quota, profile, rail, rateOf(profile, rail))))),
  ]),
  quota.grade,
];

export const headroomTable = (): string =>
  table(
    [
      "quota",
      "unit",
      ...PROFILES.flatMap((profile) => [
        ...RAILS.map((rail) => `${rail}, ${rateOf(profile, rail)}/s`),
        profile === "raised" ? "quota, raised" : "quota",
        "free, the tighter rail",
      ]),
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
    ["a cell's quotas", "rail", "filled to", "could be", "then binds", `cells for ${number(TARGET)}/s`],
    PROFILES.flatMap((profile) =>
      RAILS.map((rail) => {
        const { rate, binds } = mostOf(profile, rail);
        const filled = `${rateOf(profile, rail)}/s`;
        return [profile, rail, filled, `${rate}/s`, binds.name, String(cellsFor(profile, rail))];
      }),
    ),
  );

export const billTable = (): string => {
  const bills = RAILS.map(bill);
  const dollars = (value: number): string => value.toFixed(2);
  const across = (cell: (rail: (typeof RAILS)[number], index: number) => string): string[] => RAILS.map(cell);
  return table(
    [
      "what",
      ...across((rail) => `a ${rail} payment takes`),
      "price",
      ...across((rail) => `$ per million, ${rail}`),
    ],
    [
      ...(bills[0] ?? []).map(({ what, price }, row) => [
        what,
        ...across((_, index) => bills[index]?.[row]?.quantity ?? ""),
        price,
        ...across((_, index) => dollars(bills[index]?.[row]?.dollars ?? Number.NaN)),
      ]),
      ["**in all**", ...across(() => ""), "", ...bills.map((lines) => `**${dollars(total(lines))}**`)],
      [
        "kept, with its backup",
        ...across((rail) => `${STORED_BYTES[rail] / 1000} KB`),
        KEPT,
        ...across((rail) => `${dollars(keptPerMonth(rail))} per month`),
      ],
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
