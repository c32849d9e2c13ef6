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
import { billTable, fleetTable, headroomTable, whyList } from "../../../../scripts/capacity/page.ts";
import { bill, total } from "../../../../scripts/capacity/prices.ts";
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

describe("docs/capacity.md", () => {
  const page = textOf("docs/capacity.md");

  it("holds the tables that make capacity prints: run make capacity PAGE=docs/capacity.md", () => {
    const tables = {
      "headroom-defaults": headroomTable("defaults"),
      "headroom-raised": headroomTable("raised"),
      why: whyList(),
      fleet: fleetTable(),
      bill: billTable(),
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
