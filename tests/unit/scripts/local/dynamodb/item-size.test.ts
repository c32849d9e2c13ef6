import { describe, expect, it } from "@jest/globals";
import { itemBytes, transactionalUnits } from "../../../../../scripts/local/dynamodb/item-size.ts";

const KEY = { pk: { S: "PAYMENT#1" }, sk: { S: "PAYMENT" } };
const INDEX = [{ hash_key: "shard", range_key: "since" }];
const shown = (shard: string) => ({ ...KEY, shard: { S: shard }, since: { S: "1" } });

describe("the size of an item", () => {
  it("counts names and values in bytes of UTF-8", () => {
    expect(itemBytes({ pk: { S: "ab" } })).toBe(4);
    expect(itemBytes({ pk: { S: "é" } })).toBe(4);
  });

  it("packs two digits of a number into a byte", () => {
    expect(itemBytes({ n: { N: "1234" } })).toBe(1 + 3);
    expect(itemBytes({ n: { N: "-1234" } })).toBe(1 + 4);
  });

  it("counts the bytes of what is binary, on the wire as in the SDK", () => {
    const bytes = Buffer.from("0123456789abcdef");
    expect(itemBytes({ b: { B: bytes } })).toBe(1 + 16);
    expect(itemBytes({ b: { B: bytes.toString("base64") as never } })).toBe(1 + 16);
  });

  it("adds three bytes for a list or a map and one for each element", () => {
    expect(itemBytes({ l: { L: [{ S: "a" }, { BOOL: true }] } })).toBe(1 + 3 + 2 + 2);
    expect(itemBytes({ m: { M: { k: { S: "v" } } } })).toBe(1 + 3 + 1 + 2);
  });
});

describe("the units of a transactional write", () => {
  it("are two for each begun kilobyte of the larger image", () => {
    const large = { ...KEY, note: { S: "x".repeat(1024) } };
    expect(transactionalUnits(undefined, KEY, [])).toEqual({ table: 2, indexes: 0 });
    expect(transactionalUnits(large, KEY, [])).toEqual({ table: 4, indexes: 0 });
    expect(transactionalUnits(KEY, large, [])).toEqual({ table: 4, indexes: 0 });
  });

  it("are two even where nothing stood and nothing is left", () => {
    expect(transactionalUnits(undefined, undefined, INDEX)).toEqual({ table: 2, indexes: 0 });
  });

  it.each([
    ["comes", undefined, shown("1"), 1],
    ["goes", shown("1"), KEY, 1],
    ["moves", shown("1"), shown("2"), 2],
    ["stays", shown("1"), { ...shown("1"), note: { S: "new" } }, 0],
    ["was never there", KEY, KEY, 0],
  ])("count an index entry once that %s", (_, before, after, indexes) => {
    expect(transactionalUnits(before, after, INDEX).indexes).toBe(indexes);
  });
});
