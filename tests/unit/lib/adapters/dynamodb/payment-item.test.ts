// How metadata lies in its item: by its own text, and as older payments have it.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { metadataIn, metadataItem } from "../../../../../functions/lib/adapters/dynamodb/payment-item.ts";

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
        const read = metadataIn(metadataItem("a-payment", metadata));
        expect(Object.entries(read)).toEqual(Object.entries(metadata));
      }),
    );
  });

  it("of an older payment holds a map", () => {
    expect(metadataIn({ metadata: { M: { order: { S: "7" } } } })).toEqual({ order: "7" });
  });
});
