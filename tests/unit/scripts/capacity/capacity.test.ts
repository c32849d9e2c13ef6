// Capacity is reckoned, not believed: what binds is found, a short quota is named, and the page
// says what the program says.
import { describe, expect, it } from "@jest/globals";
import { invocations, POLLS, per, RAILS, secondsOf } from "../../../../scripts/capacity/costs.ts";
import {
  cellsFor,
  mostOf,
  PROMISE,
  rateOf,
  SPARE,
  shortages,
  spareOf,
  TARGET,
  WEIGHT,
} from "../../../../scripts/capacity/headroom.ts";
import { IDLE, idleBill, idleTotal } from "../../../../scripts/capacity/idle.ts";
import {
  billTable,
  fleetTable,
  headroomTable,
  idleTable,
  whyList,
} from "../../../../scripts/capacity/page.ts";
import prices from "../../../../scripts/capacity/prices.json" with { type: "json" };
import { bill, priceText, total } from "../../../../scripts/capacity/prices.ts";
import { QUOTAS, type Quota } from "../../../../scripts/capacity/quotas.ts";
import { withTables } from "../../../../scripts/lib/markdown.ts";
import { readCells } from "../../../../scripts/place/cell-list.ts";
import { textOf } from "../../../contracts/rules/source-tree.ts";

const CELLS = (["defaults", "raised"] as const).flatMap((profile) =>
  RAILS.map((rail) => [profile, rail] as const),
);

const quota = (name: string): Quota => {
  const found = QUOTAS.find((one) => one.name === name);
  if (!found) throw new Error(`no quota ${name}`);
  return found;
};

describe("a cell", () => {
  it.each(CELLS)("keeps its spare of every quota at its own rate, %s, %s", (profile, rail) => {
    expect(shortages(profile, rail, rateOf(profile, rail))).toEqual([]);
    expect(mostOf(profile, rail).rate).toBeGreaterThanOrEqual(rateOf(profile, rail));
  });

  it.each(CELLS)("is named short of what binds it one payment beyond the most, %s, %s", (profile, rail) => {
    const { rate, binds } = mostOf(profile, rail);
    expect(spareOf(binds, profile, rail, rate)).toBeGreaterThanOrEqual(SPARE - 1e-9);
    expect(shortages(profile, rail, rate + 1).join()).toContain(binds.name);
  });

  it("is bound by the scarcest quota, whichever that is", () => {
    const scarce: Quota = { ...quota("PutEvents"), name: "scarce", defaults: 100, need: (rate) => rate };
    expect(mostOf("defaults", "card", [...QUOTAS, scarce])).toMatchObject({
      rate: 80,
      binds: { name: "scarce" },
    });
  });

  it("cannot carry all the world's payments: a list of quotas that binds nothing is wrong", () => {
    expect(() => mostOf("defaults", "card", [{ ...quota("PutEvents"), need: () => 0 }])).toThrow(
      "a quota is missing",
    );
  });

  it("may promise its merchants no more than it is filled to", () => {
    for (const { quotas, capacity_per_second } of readCells())
      expect(capacity_per_second).toBeLessThanOrEqual(PROMISE[quotas]);
  });
});

describe("a client that polls", () => {
  it.each(RAILS)("is counted wherever a poll is a run, a read or a line, %s", (rail) => {
    const measured = { runs: per("lambda.invocations", rail), reads: per("dynamodb.read_units", rail) };
    expect(invocations(rail).map(([fn]) => fn)).not.toContain("read-payment");
    expect(quota("CloudWatch Logs PutLogEvents").need(1, rail)).toBeCloseTo(measured.runs + POLLS);
    expect(quota("DynamoDB reads of a table").need(1, rail)).toBeCloseTo(measured.reads + POLLS);
    const seconds = invocations(rail).reduce((sum, [fn, count]) => sum + count * secondsOf(fn), 0);
    const busy = Math.max(seconds + POLLS * secondsOf("read-payment"), (measured.runs + POLLS) / 10);
    expect(quota("Lambda concurrency").need(1, rail)).toBeCloseTo(busy);
  });

  it.each(RAILS)("is billed for its runs and reads, %s", (rail) => {
    const quantityOf = (name: string) => bill(rail).find(({ what }) => what === name)?.quantity;
    expect(quantityOf("Lambda requests")).toBe(
      `${Number((per("lambda.invocations", rail) + POLLS).toFixed(2))} runs`,
    );
    expect(quantityOf("DynamoDB reads")).toBe(
      `${Number((per("dynamodb.read_units", rail) + POLLS).toFixed(2))} units`,
    );
  });
});

describe("a promise in card payments", () => {
  const worse = QUOTAS.filter(
    ({ need }) => need(100, "stablecoin") > need(100 * WEIGHT.stablecoin, "card") + 1e-9,
  );

  it("covers conversions, which count more: of no quota do they take more than what they count as", () => {
    expect(worse.map(({ name }) => name)).toEqual([]);
  });
});

describe("cells", () => {
  it.each(CELLS)("carry the target together, and one less would not, %s, %s", (profile, rail) => {
    expect(cellsFor(profile, rail) * rateOf(profile, rail)).toBeGreaterThanOrEqual(TARGET);
    expect((cellsFor(profile, rail) - 1) * rateOf(profile, rail)).toBeLessThan(TARGET);
  });
});

describe("costs", () => {
  it("name what was not measured, and never take it for nothing", () => {
    expect(() => per("states.Transitions", "card")).toThrow("no states.Transitions was measured");
  });

  it.each([
    ["card", 6, 40],
    ["stablecoin", 7, 60],
  ] as const)(
    "of a %s payment stay below its bounds: %d transitions and %d write units",
    (rail, most, units) => {
      expect(per("states.transitions", rail)).toBeLessThanOrEqual(most);
      expect(per("dynamodb.write_units", rail)).toBeLessThanOrEqual(units);
    },
  );

  it.each(RAILS)("of a %s payment add up", (rail) => {
    const lines = bill(rail);
    expect(lines.every(({ dollars }) => dollars > 0)).toBe(true);
    expect(total(lines)).toBeCloseTo(lines.map(({ dollars }) => dollars).reduce((sum, one) => sum + one, 0));
    expect(total([])).toBe(0);
  });
});

describe("a price", () => {
  it("says where it is from, and how sure that is", () => {
    const unsaid = Object.values(prices).filter(
      ({ source, grade }) =>
        !/^https:\/\/(aws|docs\.aws)\.amazon\.com\/\S+$/.test(source) || !/^[ABCDIU]$/.test(grade),
    );
    expect(unsaid).toEqual([]);
  });

  it("is said to the cent, and beyond where it is smaller", () => {
    expect(["key", "secret", "write"].map((one) => priceText(one as keyof typeof prices))).toEqual([
      "$1 per month, D",
      "$0.40 per month, C",
      "$0.625 per million units, D",
    ]);
  });

  it("has one place: the dashboard reads it there", () => {
    const dashboard = textOf("terraform/observability/dashboard.tf");
    expect(dashboard).toContain("scripts/capacity/prices.json");
    expect(dashboard).not.toMatch(/\d+e-6|0\.\d+ \*/);
  });
});

describe("a month in which nobody pays", () => {
  it.each(Object.keys(IDLE))("adds up, %s", (name) => {
    const held = IDLE[name] ?? IDLE.dev;
    if (!held) throw new Error("no workspace is counted");
    const sum = idleBill(held).reduce((all, { dollars }) => all + dollars, 0);
    expect(idleTotal(held)).toBeCloseTo(sum);
    expect(sum).toBeGreaterThan(1);
  });

  it("bills whatever a plan holds: each thing has its line, and costs more when there is more", () => {
    const [held] = Object.values(IDLE);
    if (!held) throw new Error("no workspace is counted");
    const lines = idleBill(held).map(({ of }) => of);
    expect([...lines].sort()).toEqual(Object.keys(held).sort());
    const free = lines.filter((of) => !(idleTotal({ ...held, [of]: held[of] + 1 }) > idleTotal(held)));
    expect(free).toEqual(["tokenClients"]);
  });
});

describe("docs/capacity.md", () => {
  const page = textOf("docs/capacity.md");

  it("holds the tables that make capacity prints: run make capacity PAGE=docs/capacity.md", () => {
    const tables = {
      "headroom-defaults": headroomTable("defaults"),
      "headroom-raised": headroomTable("raised"),
      why: whyList(),
      fleet: fleetTable(),
      bill: billTable(),
      idle: idleTable(),
    };
    expect(withTables(page, tables)).toBe(page);
  });

  it("is caught when a figure in it is another", () => {
    const fleet = fleetTable();
    expect(withTables(page.replace(fleet, fleet.replace("240/s", "241/s")), { fleet })).toBe(page);
    expect(page).toContain(fleet);
  });

  it("is caught when it has lost a table", () => {
    expect(() => withTables("no table", { fleet: "" })).toThrow("no place for the table fleet");
  });
});
