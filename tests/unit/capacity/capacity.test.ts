// Capacity is reckoned, not believed: what binds is found, a short quota is named, and the page says what the program says.
import { describe, expect, it } from "@jest/globals";
import { per } from "../../../scripts/capacity/costs.ts";
import {
  CELL_RATES,
  cellsFor,
  mostOf,
  SPARE,
  shortages,
  spareOf,
  TARGET,
} from "../../../scripts/capacity/headroom.ts";
import { billTable, fleetTable, headroomTable, whyTable } from "../../../scripts/capacity/page.ts";
import { bill, total } from "../../../scripts/capacity/prices.ts";
import { QUOTAS, type Quota } from "../../../scripts/capacity/quotas.ts";
import { readCells } from "../../../scripts/cells/cell-list.ts";
import { withTables } from "../../../scripts/lib/markdown.ts";
import { textOf } from "../../contracts/source-tree.ts";

const PROFILES = ["defaults", "raised"] as const;

const quota = (name: string): Quota => {
  const found = QUOTAS.find((one) => one.name === name);
  if (!found) throw new Error(`no quota ${name}`);
  return found;
};

describe("a cell", () => {
  it.each(PROFILES)("keeps its spare of every quota at its own rate, %s", (profile) => {
    expect(shortages(profile, CELL_RATES[profile])).toEqual([]);
    expect(mostOf(profile).rate).toBeGreaterThanOrEqual(CELL_RATES[profile]);
  });

  it.each(PROFILES)("is named short of what binds it one payment beyond the most, %s", (profile) => {
    const { rate, binds } = mostOf(profile);
    expect(spareOf(binds, profile, rate)).toBeGreaterThanOrEqual(SPARE - 1e-9);
    expect(shortages(profile, rate + 1).join()).toContain(binds.name);
  });

  it("is bound by the scarcest quota, whichever that is", () => {
    const scarce: Quota = { ...quota("PutEvents"), name: "scarce", defaults: 100, need: (rate) => rate };
    expect(mostOf("defaults", [...QUOTAS, scarce])).toMatchObject({ rate: 80, binds: { name: "scarce" } });
  });

  it("cannot carry all the world's payments: a list of quotas that binds nothing is wrong", () => {
    expect(() => mostOf("defaults", [{ ...quota("PutEvents"), need: () => 0 }])).toThrow(
      "a quota is missing",
    );
  });

  it("may promise its merchants no more than it is filled to", () => {
    for (const { quotas, capacity_per_second } of readCells())
      expect(capacity_per_second).toBeLessThanOrEqual(CELL_RATES[quotas]);
  });
});

describe("cells", () => {
  it.each(PROFILES)("carry the target together, and one less would not, %s", (profile) => {
    expect(cellsFor(profile) * CELL_RATES[profile]).toBeGreaterThanOrEqual(TARGET);
    expect((cellsFor(profile) - 1) * CELL_RATES[profile]).toBeLessThan(TARGET);
  });
});

describe("costs", () => {
  it("name what was not measured, and never take it for nothing", () => {
    expect(() => per("states.Transitions")).toThrow("no states.Transitions was measured");
  });

  it("stay below the design's bounds: 6 transitions and 40 write units", () => {
    expect(per("states.transitions")).toBeLessThanOrEqual(6);
    expect(per("dynamodb.write_units")).toBeLessThanOrEqual(40);
  });

  it("add up", () => {
    const lines = bill();
    expect(lines.every(({ dollars }) => dollars > 0)).toBe(true);
    expect(total(lines)).toBeCloseTo(lines.map(({ dollars }) => dollars).reduce((sum, one) => sum + one, 0));
    expect(total([])).toBe(0);
  });
});

describe("docs/capacity.md", () => {
  const page = textOf("docs/capacity.md");

  it("holds the tables that make capacity prints: run make capacity PAGE=docs/capacity.md", () => {
    const tables = { headroom: headroomTable(), why: whyTable(), fleet: fleetTable(), bill: billTable() };
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
