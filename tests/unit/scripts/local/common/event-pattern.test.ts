// Event patterns: what EventBridge documents, and the refusal of what is not understood.
import { describe, expect, it } from "@jest/globals";
import { compilePattern } from "../../../../../scripts/local/common/event-pattern.ts";

const matches = (pattern: unknown, event: unknown) => compilePattern(pattern)(event);
/** Whether a field of this value matches; no value means that the field is absent. */
const leaf = (matcher: unknown, ...values: unknown[]) =>
  matches({ x: [matcher] }, values.length === 0 ? {} : { x: values[0] });

describe("an event pattern", () => {
  it("matches exact strings, numbers, booleans and null, and nothing that only looks like them", () => {
    expect([leaf("a", "a"), leaf(1, 1), leaf(true, true), leaf(null, null), leaf("", "")]).not.toContain(
      false,
    );
    expect([leaf("a", "A"), leaf(1, "1"), leaf(true, "true"), leaf(null), leaf("", null)]).not.toContain(
      true,
    );
  });

  it("needs every named field, and one of the values of each", () => {
    const pattern = { source: ["contra.payments"], "detail-type": ["payment.captured", "payment.failed"] };
    expect(matches(pattern, { source: "contra.payments", "detail-type": "payment.failed", more: 1 })).toBe(
      true,
    );
    expect(matches(pattern, { source: "contra.payments", "detail-type": "payment.accepted" })).toBe(false);
    expect(matches(pattern, { source: "contra.payments" })).toBe(false);
  });

  it("matches a type's version only by prefix, not by the bare name", () => {
    expect(leaf({ prefix: "payment." }, "payment.captured.v1")).toBe(true);
    expect(leaf("payment.captured", "payment.captured.v1")).toBe(false);
  });

  it("compares the beginning and the end, with or without case", () => {
    expect([leaf({ prefix: "EVENT#" }, "EVENT#000001"), leaf({ suffix: ".png" }, "a.png")]).toEqual([
      true,
      true,
    ]);
    expect([leaf({ prefix: "EVENT#" }, "event#1"), leaf({ suffix: ".png" }, "a.PNG")]).toEqual([
      false,
      false,
    ]);
    expect(leaf({ prefix: { "equals-ignore-case": "event#" } }, "EVENT#1")).toBe(true);
    expect(leaf({ "equals-ignore-case": "alice" }, "ALICE")).toBe(true);
    expect(leaf({ "equals-ignore-case": "alice" }, "ALICIA")).toBe(false);
    expect([leaf({ prefix: "1" }, 1), leaf({ prefix: "a" })]).toEqual([false, false]);
  });

  it("lets a wildcard stand for any characters and an escaped star for itself", () => {
    expect(leaf({ wildcard: "a*c.*" }, "a/b\nc.d")).toBe(true);
    expect(leaf({ wildcard: "a*c.*" }, "abcd")).toBe(false);
    expect(leaf({ wildcard: "a\\*" }, "a*")).toBe(true);
    expect(leaf({ wildcard: "a\\*" }, "ab")).toBe(false);
  });

  it("compares numbers by one bound or two, and strings of digits never", () => {
    expect([leaf({ numeric: ["=", 300] }, 3e2), leaf({ numeric: [">", 0, "<=", 5] }, 5)]).toEqual([
      true,
      true,
    ]);
    expect([leaf({ numeric: [">", 0, "<=", 5] }, 0), leaf({ numeric: [">", 0] }, "1")]).toEqual([
      false,
      false,
    ]);
  });

  it("takes anything but the named values, but never an absent field", () => {
    expect([leaf({ "anything-but": "a" }, "b"), leaf({ "anything-but": ["a", "b"] }, "c")]).toEqual([
      true,
      true,
    ]);
    expect([leaf({ "anything-but": [1, 2] }, 2), leaf({ "anything-but": "a" })]).toEqual([false, false]);
    expect(leaf({ "anything-but": { prefix: ["init", "test"] } }, "tested")).toBe(false);
    expect(leaf({ "anything-but": { prefix: "init" } }, "started")).toBe(true);
    expect(leaf({ "anything-but": { wildcard: "*/lib/*" } }, "a/lib/b")).toBe(false);
  });

  it("knows a field that exists from one that does not, at leaves only", () => {
    expect([leaf({ exists: true }, null), leaf({ exists: false })]).toEqual([true, true]);
    expect([
      leaf({ exists: true }),
      leaf({ exists: false }, 0),
      leaf({ exists: true }, { y: 1 }),
    ]).not.toContain(true);
    expect(matches({ a: { b: [{ exists: false }] } }, {})).toBe(true);
    expect(matches({ a: { b: [{ exists: true }] } }, {})).toBe(false);
  });

  it("matches an array when one element does, and nested fields only within one element", () => {
    expect([leaf("b", ["a", "b"]), leaf("c", ["a", "b"])]).toEqual([true, false]);
    const pattern = { steps: { name: ["capture"], done: [true] } };
    expect(matches(pattern, { steps: [{ name: "void" }, { name: "capture", done: true }] })).toBe(true);
    expect(
      matches(pattern, {
        steps: [
          { name: "capture", done: false },
          { name: "void", done: true },
        ],
      }),
    ).toBe(false);
  });

  it("takes one alternative of $or together with every other field", () => {
    const pattern = { source: ["s"], $or: [{ a: [1] }, { b: { c: [{ prefix: "x" }] } }] };
    expect([
      matches(pattern, { source: "s", a: 1 }),
      matches(pattern, { source: "s", b: { c: "xy" } }),
    ]).toEqual([true, true]);
    expect([matches(pattern, { source: "s", a: 2 }), matches(pattern, { source: "t", a: 1 })]).toEqual([
      false,
      false,
    ]);
  });

  it.each([
    [{ x: [{ cidr: "10.0.0.0/8" }] }, "unknown operator cidr"],
    [{ x: [{ toString: "a" }] }, "unknown operator toString"],
    [{ x: [{ "anything-but": { contains: "a" } }] }, "unknown operator contains"],
    [{ x: [{ prefix: "a", suffix: "b" }] }, "one operator per object"],
    [{ x: [{ prefix: 1 }] }, "prefix takes a string"],
    [{ x: [{ numeric: ["!=", 1] }] }, "numeric takes an operator and a number"],
    [{ x: [{ numeric: [] }] }, "one or two comparisons"],
    [{ x: [{ "anything-but": ["a", 1] }] }, "strings or numbers"],
    [{ x: [{ wildcard: "a**" }] }, "may not hold **"],
    [{ x: [{ exists: "yes" }] }, "exists takes true or false"],
    [{ x: "a" }, "$.x: a field is matched"],
    [{ x: [] }, "non-empty array"],
    [{ x: {} }, "$.x: a pattern is an object"],
    [{ $or: [{ x: [1] }] }, "at least two patterns"],
    [{}, "at least one field"],
  ])("refuses the pattern %j at start", (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});
