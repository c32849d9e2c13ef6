// What the simulation claims to mix, it mixes, and docs/faults.md says so.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { coverage, coverageTable, FAULTS, NATURES } from "./coverage.ts";

const PAGE = readFileSync("docs/faults.md", "utf8");
/** As many as the proof runs. */
const SEEDS = 20_000;

describe("the worlds of the proof", () => {
  it("bring every nature of a provider together with every fault", () => {
    const counts = coverage(500);
    const missing = FAULTS.flatMap((fault, row) =>
      NATURES.filter((_, column) => !counts[row]?.[column]).map((nature) => `${fault.name}: ${nature.name}`),
    );
    expect(missing).toEqual([]);
  });

  it("are counted in docs/faults.md", () => {
    expect(PAGE).toContain(coverageTable(SEEDS));
  });

  it("are counted anew when a fault is drawn otherwise", () => {
    expect(PAGE).not.toContain(coverageTable(500));
  });
});
