// docs/performance.md and its picture say what was measured, and nothing else.
import { describe, expect, it } from "@jest/globals";
import { wronglySized } from "../../../../scripts/bench/memory.ts";
import { pageTables, panelsOf, readFigures } from "../../../../scripts/bench/page.ts";
import { pictureOf } from "../../../../scripts/bench/picture.ts";
import { withTables } from "../../../../scripts/lib/markdown.ts";
import { textOf } from "../../../contracts/rules/source-tree.ts";

const figures = readFigures(`${import.meta.dirname}/../../../..`);
const page = textOf("docs/performance.md");
const ABOUT = "make bench PAGE=docs/performance.md writes it";

describe("docs/performance.md", () => {
  it(`holds the tables of what was measured and committed: ${ABOUT}`, () => {
    expect(withTables(page, pageTables(figures))).toBe(page);
  });

  it(`has a picture of the same figures: ${ABOUT}`, () => {
    expect(pictureOf(panelsOf(figures))).toBe(textOf("docs/performance.svg"));
  });

  it("gives the reason for each function's memory in the manifest", () => {
    expect(wronglySized(figures.warm?.found ?? {})).toEqual([]);
  });

  it("differs once a figure does", () => {
    const { calls } = figures;
    if (!calls) throw new Error("no calls were measured");
    const { card } = calls.found.after;
    const slower = { ...card, cpu: { ...card.cpu, lambda: 9 } };
    const found = { ...calls.found, after: { ...calls.found.after, card: slower } };
    const changed = { ...figures, calls: { ...calls, found } };
    expect(withTables(page, pageTables(changed))).not.toBe(page);
    expect(pictureOf(panelsOf(changed))).not.toBe(pictureOf(panelsOf(figures)));
  });
});
