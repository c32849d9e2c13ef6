// A part of a condition that is taken out is that part, and what is left is the rest of it.
import { describe, expect, it } from "@jest/globals";
import { parseCondition, removals, textOf } from "./condition-tree.ts";

/** Each part with what is left of the condition without it. */
const without = (text: string): Record<string, string | undefined> =>
  Object.fromEntries(removals(parseCondition(text)).map(({ part, rest }) => [part, rest && textOf(rest)]));

describe("a condition without a part", () => {
  it("is nothing where it was one comparison", () => {
    expect(without("funds >= :amount")).toEqual({ "funds >= :amount": undefined });
  });

  it("is let through by the others of an AND, and never whole", () => {
    expect(without("attribute_exists(pk) AND NOT #failure.#step = :does AND a <> :a")).toEqual({
      "attribute_exists(pk)": "NOT #failure.#step = :does AND a <> :a",
      "NOT #failure.#step = :does": "attribute_exists(pk) AND a <> :a",
      "a <> :a": "attribute_exists(pk) AND NOT #failure.#step = :does",
    });
  });

  it("is refused more often without a part of an OR, and let through without the whole", () => {
    expect(without("attribute_not_exists(pk) OR id = :id")).toEqual({
      "the whole condition": undefined,
      "OR attribute_not_exists(pk)": "id = :id",
      "OR id = :id": "attribute_not_exists(pk)",
    });
  });

  it("loses the parts of a part, and AND binds before OR", () => {
    expect(without("a = :a AND b = :b OR c = :c")).toEqual({
      "the whole condition": undefined,
      "OR a = :a AND b = :b": "c = :c",
      "a = :a beside b = :b": "b = :b OR c = :c",
      "b = :b beside a = :a": "a = :a OR c = :c",
      "OR c = :c": "a = :a AND b = :b",
    });
    expect(without("(a = :a OR b = :b) AND c = :c")).toEqual({
      "a = :a OR b = :b": "c = :c",
      "OR a = :a": "b = :b AND c = :c",
      "OR b = :b": "a = :a AND c = :c",
      "c = :c": "a = :a OR b = :b",
    });
  });

  it("is one of two that say the same in two places, and the other one stays", () => {
    const text = "(a = :a AND NOT (b = :b AND c = :c)) OR (b = :b AND d = :d)";
    expect(without(text)).toMatchObject({
      "a = :a": "NOT (b = :b AND c = :c) OR (b = :b AND d = :d)",
      "NOT (b = :b AND c = :c) beside a = :a": "a = :a OR (b = :b AND d = :d)",
      "b = :b beside c = :c": "(a = :a AND NOT c = :c) OR (b = :b AND d = :d)",
      "b = :b beside d = :d": "(a = :a AND NOT (b = :b AND c = :c)) OR d = :d",
    });
  });

  it("keeps what brackets hold together", () => {
    expect(textOf(parseCondition("(a = :a OR b = :b) AND (c = :c)"))).toBe("(a = :a OR b = :b) AND c = :c");
  });

  it.each(["a BETWEEN :a AND :b", "size(a) > :a", "a = :a OR", "(a = :a", "a ~ :a", ""])(
    "is not guessed at where nobody taught how to read it: %s",
    (text) => {
      expect(() => parseCondition(text)).toThrow("does not know how to read");
    },
  );

  it("is not taken for another of the same name", () => {
    expect(() => without("(a = :a OR b = :b) AND (a = :a OR c = :c)")).toThrow("have one name");
  });
});
