// The record of named functions agrees with the machines' files, and no function leaves before its
// time. CI names the record of the branch that is being changed in NAMED_FUNCTIONS_BASE, so that an
// entry cannot be dropped together with its function.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import {
  forgotten,
  missedBy,
  NAMED_NOW,
  type NamedFunctions,
  named,
  namedByMachines,
} from "../../scripts/generate/named-functions.ts";
import { copyOf, functionNames } from "./rules/manifest.ts";
import { jsonOf, REPOSITORY } from "./rules/source-tree.ts";

const record = jsonOf<NamedFunctions>("statemachines/named-functions.json");
const machines = namedByMachines(REPOSITORY);
const today = new Date().toISOString().slice(0, 10);

const nowNamed = (names: NamedFunctions): string[] =>
  Object.entries(names).flatMap(([machine, functions]) =>
    Object.keys(functions)
      .filter((name) => functions[name] === NAMED_NOW)
      .map((name) => `${machine}: ${name}`),
  );

describe("statemachines/named-functions.json", () => {
  it("has as named now exactly what the machines' files name", () => {
    expect(Object.values(machines).flat().length).toBeGreaterThan(5);
    expect(nowNamed(record)).toEqual(nowNamed(named(record, machines, functionNames, today)));
  });

  it("is caught when a machine names what it does not hold", () => {
    const grown = { ...machines, "card-payment": [...(machines["card-payment"] ?? []), "check-fraud"] };
    expect(nowNamed(record)).not.toEqual(nowNamed(named(record, grown, functionNames, today)));
  });

  it("misses no function that an execution may still call", () => {
    expect(missedBy(record, functionNames, today)).toEqual([]);
  });

  it("is caught when a function goes together with the state that named it", () => {
    const gone = "void-authorization";
    const without = { "card-payment": (machines["card-payment"] ?? []).filter((name) => name !== gone) };
    const left = functionNames.filter((name) => name !== gone);
    expect(missedBy(named(copyOf(record), without, left, today), left, today)).toEqual([
      `card-payment named ${gone} until ${today}: it must stay for 15 days`,
    ]);
  });

  it("forgot nothing that the record which it changes remembers", () => {
    const base = process.env.NAMED_FUNCTIONS_BASE;
    const before: NamedFunctions = base ? JSON.parse(readFileSync(base, "utf8")) : record;
    expect(forgotten(before, record, today)).toEqual([]);
    expect(forgotten(before, {}, today)).not.toEqual([]);
  });
});
