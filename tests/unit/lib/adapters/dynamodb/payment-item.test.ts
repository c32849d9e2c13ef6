// How metadata lies in its item: by its own text, and as older payments have it.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { annotationsIn, metadataItem } from "../../../../../functions/lib/adapters/dynamodb/payment-item.ts";

const NAMES = Object.getOwnPropertyNames(Object.prototype);

describe("an item of metadata", () => {
  it("gives back any names and values, in their order", () => {
    const name = fc.oneof(
      fc.constantFrom(...NAMES),
      fc.string({ minLength: 1, maxLength: 40, unit: "binary" }),
    );
    const pairs = fc.uniqueArray(fc.tuple(name, fc.string()), { maxLength: 50, selector: ([key]) => key });
    fc.assert(
      fc.property(pairs, (given) => {
        const metadata = Object.fromEntries(given);
        const read = annotationsIn(metadataItem("a-payment", { metadata })).metadata ?? {};
        expect(Object.entries(read)).toEqual(Object.entries(metadata));
      }),
    );
  });

  it("holds a description beside them, and nothing of what was not given", () => {
    const all = [
      { description: "a chair" },
      { metadata: {} },
      { description: "a chair", metadata: { a: "b" } },
    ];
    for (const given of all) expect(annotationsIn(metadataItem("a-payment", given))).toEqual(given);
  });

  it("of an older payment holds a map", () => {
    expect(annotationsIn({ metadata: { M: { order: { S: "7" } } } })).toEqual({ metadata: { order: "7" } });
  });
});
