import { describe, expect, it } from "@jest/globals";
import {
  forgotten,
  missedBy,
  NAMED_NOW,
  type NamedFunctions,
  named,
  namesIn,
} from "../../../../scripts/generate/named-functions.ts";

const record: NamedFunctions = {
  "card-payment": { "authorize-payment": NAMED_NOW, "check-fraud": "2026-11-11" },
};

describe("the record of named functions", () => {
  it("holds what a machine's file names, once each", () => {
    const named = (name: string): string => `"\${functions.${name}}"`;
    const asl = `${named("post-ledger")} ${named("fail-payment")} ${named("post-ledger")} "capture-payment"`;
    expect(namesIn(asl)).toEqual(["post-ledger", "fail-payment"]);
  });

  it("writes down the day on which a name leaves, and only then", () => {
    const next = named(record, { "card-payment": ["capture-payment"] }, [], "2026-11-20");
    expect(next).toEqual({
      "card-payment": {
        "authorize-payment": "2026-11-20",
        "capture-payment": NAMED_NOW,
        "check-fraud": "2026-11-11",
      },
    });
    expect(named(next, { "card-payment": ["capture-payment"] }, [], "2026-11-21")).toEqual(next);
  });

  it("takes a name back that is named again", () => {
    const next = named(record, { "card-payment": ["authorize-payment", "check-fraud"] }, [], "2026-11-20");
    expect(next["card-payment"]?.["check-fraud"]).toBe(NAMED_NOW);
  });

  it("forgets a function that is gone after 15 days and not before", () => {
    const on = (today: string, functions: string[] = []) =>
      named(record, { "card-payment": ["authorize-payment"] }, functions, today)["card-payment"];
    expect(on("2026-11-25")).toHaveProperty("check-fraud");
    expect(on("2026-11-26")).not.toHaveProperty("check-fraud");
    expect(on("2026-11-26", ["check-fraud"])).toHaveProperty("check-fraud");
  });

  it("remembers a machine that is gone", () => {
    expect(named(record, {}, [], "2026-11-20")["card-payment"]?.["authorize-payment"]).toBe("2026-11-20");
  });
});

describe("a function", () => {
  it("must stay for 15 days after the last machine version that names it", () => {
    const missed = (today: string) => missedBy(record, ["authorize-payment"], today);
    expect(missed("2026-11-25")).toEqual([
      "card-payment named check-fraud until 2026-11-11: it must stay for 15 days",
    ]);
    expect(missed("2026-11-26")).toEqual([]);
  });

  it("that a machine names now must exist, whatever the day", () => {
    expect(missedBy(record, ["check-fraud"], "2036-01-01")).toHaveLength(1);
    expect(missedBy(record, ["check-fraud", "authorize-payment"], "2026-11-12")).toEqual([]);
  });
});

describe("a record that is changed by hand", () => {
  it("is caught when it forgets a name before its time", () => {
    expect(forgotten(record, { "card-payment": { "authorize-payment": NAMED_NOW } }, "2026-11-20")).toEqual([
      "card-payment names check-fraud in the version before this one, and the record forgot it",
    ]);
    expect(forgotten(record, {}, "2026-11-20")).toHaveLength(2);
  });

  it("may forget a name that has outlived its machines", () => {
    expect(forgotten(record, { "card-payment": { "authorize-payment": NAMED_NOW } }, "2026-11-26")).toEqual(
      [],
    );
    expect(forgotten(record, record, "2026-11-20")).toEqual([]);
  });
});
