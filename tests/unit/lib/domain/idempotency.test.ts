// Idempotency keys and fingerprints at their edges; the properties hold them for all inputs.
import { describe, expect, it } from "@jest/globals";
import {
  differingMembers,
  fingerprintOf,
  idFor,
  parseKey,
} from "../../../../functions/lib/domain/idempotency.ts";

describe("an idempotency key", () => {
  it.each([
    ["bare", "key-1", "key-1"],
    ["quoted", '"key-1"', "key-1"],
    ["with spaces around it", "  key-1  ", "key-1"],
    ["with a comma, quoted", '"a,b"', "a,b"],
    ["with escapes, quoted", '"a\\"b\\\\c"', 'a"b\\c'],
    ["with a backslash, bare", "a\\b", "a\\b"],
    ["of 255 characters, quoted", `"${"k".repeat(255)}"`, "k".repeat(255)],
  ])("is read %s", (_, header, key) => {
    expect(parseKey(header)).toEqual({ key });
  });

  it.each([
    ["missing", undefined],
    ["empty", ""],
    ["empty and quoted", '""'],
    ["blank and quoted", '"  "'],
    ["sent twice", "a, b"],
    ["sent twice, quoted", '"a", "b"'],
    ["half quoted", '"a'],
    ["too long", "k".repeat(256)],
    ["a tab within", "a\tb"],
    ["not ASCII", "schlüssel"],
  ])("is refused when %s", (_, header) => {
    expect(parseKey(header)).toEqual({ wrong: expect.any(String) });
  });

  it.each([
    ["a,b", 'was sent twice, or holds a comma: send such a key as `"a,b"`', '"a,b"', "a,b"],
    ['a"b', 'holds a quotation mark: send such a key as `"a\\"b"`', '"a\\"b"', 'a"b'],
  ])("is refused as %p with the form that is taken", (header, wrong, shown, key) => {
    expect(parseKey(header)).toEqual({ wrong });
    expect(wrong).toContain(`\`${shown}\``);
    expect(parseKey(shown)).toEqual({ key });
  });

  it("is refused as a card number, and told what to send", () => {
    expect(parseKey("4111111111111111")).toEqual({ wrong: "looks like a card number: use a UUID" });
    expect(parseKey("4111111111111112")).toEqual({ key: "4111111111111112" });
  });
});

describe("an id", () => {
  it("is a UUID of version 8, the same for the same key for ever", () => {
    expect(idFor("create-payment", "m1", "key-1")).toBe("107a9333-8245-8bd8-8ba4-135cea9ee87a");
    expect(idFor("create-payment", "m1", "key-1")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
    );
  });
});

describe("a fingerprint", () => {
  it("names the members that differ, that are new and that are gone", () => {
    const first = fingerprintOf({ same: 1, changed: 1, gone: 1 });
    const second = fingerprintOf({ same: 1, changed: 2, new: 1 });
    expect(differingMembers(first, second)).toEqual(["changed", "gone", "new"]);
  });

  it("tells null, absence and the empty text apart", () => {
    const bodies = [{}, { a: null }, { a: "" }, { a: "null" }].map((body) => fingerprintOf(body).body);
    expect(new Set(bodies).size).toBe(4);
  });

  it("takes equal numbers for equal, however they were written", () => {
    expect(fingerprintOf(JSON.parse('{"a":1.0}'))).toEqual(fingerprintOf(JSON.parse('{"a":1}')));
  });

  it("covers members that are named like an object's own", () => {
    const one = fingerprintOf(JSON.parse('{"__proto__":1}'));
    const two = fingerprintOf(JSON.parse('{"__proto__":2}'));
    expect(differingMembers(one, two)).toEqual(["__proto__"]);
  });
});
