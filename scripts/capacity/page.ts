// The tables of docs/capacity.md. A person writes the page's text, and this program writes the
// tables between its markers. A test compares them.
import { point, table } from "../lib/markdown.ts";
import { RAILS, STORED_BYTES } from "./costs.ts";
import { cellsFor, limitOf, mostOf, type Profile, rateOf, spareOf, TARGET } from "./headroom.ts";
import { IDLE, idleBill, idleTotal } from "./idle.ts";
import { bill, keptPerMonth, priceText, total } from "./prices.ts";
import { QUOTAS, type Quota } from "./quotas.ts";
import type { Outcome } from "./simulation/cell.ts";
import { percentile, type Scenario } from "./simulation/fleet.ts";

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
const percent = (share: number): string => `${Math.round(share * 100)} %`;

const PROFILES: Profile[] = ["defaults", "raised"];

const quotaRow = (quota: Quota, profile: Profile): string[] => [
  quota.name,
  quota.unit,
  ...RAILS.map((rail) => number(quota.need(rateOf(profile, rail), rail))),
  profile === "raised" && quota.raised ? `**${number(quota.raised)}**` : number(limitOf(quota, profile)),
  percent(Math.min(...RAILS.map((rail) => spareOf(quota, profile, rail, rateOf(profile, rail))))),
  quota.grade,
];

export const headroomTable = (profile: Profile): string =>
  table(
    [
      "quota",
      "unit",
      ...RAILS.map((rail) => `${rail}, ${rateOf(profile, rail)}/s`),
      "quota",
      "free, the tighter rail",
      "grade",
    ],
    QUOTAS.map((quota) => quotaRow(quota, profile)),
  );

export const whyList = (): string => QUOTAS.map(({ name, why }) => point(`**${name}:** ${why}`)).join("\n");

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
        priceText("kept"),
        ...across((rail) => `${dollars(keptPerMonth(rail))} per month`),
      ],
    ],
  );
};

/** By workspace what it costs in a month, and how many of each thing it holds. */
export const idleTable = (): string => {
  const bills = Object.values(IDLE).map((held) => ({ held, lines: idleBill(held) }));
  const rows = (bills[0]?.lines ?? []).map(({ what, of, price }, row) => [
    what,
    price,
    ...bills.map(
      ({ held, lines }) => `${(lines[row]?.dollars ?? Number.NaN).toFixed(2)} (${number(held[of])})`,
    ),
  ]);
  const sums = bills.map(({ held }) => `**${idleTotal(held).toFixed(2)}**`);
  return table(
    ["$ a month while idle", "price", ...Object.keys(IDLE)],
    [...rows, ["**in all**", "", ...sums]],
  );
};

const MEASURES: readonly [string, (outcome: Outcome) => string][] = [
  ["offered", ({ offered }) => number(offered)],
  ["accepted", ({ accepted }) => number(accepted)],
  ["answered 429", ({ refused }) => number(refused)],
  ["queued", ({ queued }) => number(queued)],
  ["found by the sweep", ({ swept }) => number(swept)],
  ["longest queue of a cell", ({ longestQueue }) => number(longestQueue)],
  ["drained after", ({ drained }) => `${Math.ceil(drained)} s`],
  ["half ends within", ({ waits }) => `${percentile(waits, 0.5).toFixed(1)} s`],
  ["99 % ends within", ({ waits }) => `${percentile(waits, 0.99).toFixed(1)} s`],
  ["all ends within", ({ waits }) => `${percentile(waits, 1).toFixed(1)} s`],
  ["lost", ({ lost, deadLetters }) => number(lost + deadLetters)],
];

/** The scenarios by number, and below them a column for each. */
export const simulationTable = (results: readonly [Scenario, Outcome][]): string => {
  const names = results.map(([{ name }], index) => `${index + 1}. ${name}`);
  const columns = table(
    ["a minute of", ...results.map((_, index) => String(index + 1))],
    MEASURES.map(([what, measure]) => [what, ...results.map(([, outcome]) => measure(outcome))]),
  );
  return [...names, "", columns].join("\n");
};
