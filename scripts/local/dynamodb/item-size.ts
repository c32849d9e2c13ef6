// What one write of a transaction costs, by AWS's rules: the size of an item, and whether an index
// entry changes.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Index } from "./tables.ts";

export type Item = Record<string, AttributeValue>;
/** Write units, on the table itself and on all its indexes. */
export type Units = { table: number; indexes: number };

const KILOBYTE = 1024;
const utf8 = (text: string): number => Buffer.byteLength(text);
const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, 0);
/** Bytes of a number: one for two digits, one for the exponent, one more for a sign. */
const numberBytes = (digits: string): number =>
  Math.ceil(digits.replace(/[-.]|e.*$/gi, "").length / 2) + 1 + (digits.startsWith("-") ? 1 : 0);
/** Binary is base64 on the wire and bytes in the SDK. */
const binaryBytes = (value: unknown): number =>
  value instanceof Uint8Array ? value.length : Buffer.byteLength(String(value), "base64");

/** Bytes of a value. Lists and maps cost three bytes, and one more for each element. */
function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return binaryBytes(value.B);
  if (value.SS) return sum(value.SS.map(utf8));
  if (value.NS) return sum(value.NS.map(numberBytes));
  if (value.BS) return sum(value.BS.map(binaryBytes));
  if (value.L) return 3 + sum(value.L.map((element) => 1 + valueBytes(element)));
  if (value.M) return 3 + sum(Object.values(value.M).map(() => 1)) + itemBytes(value.M);
  return 1;
}

export const itemBytes = (item: Item): number =>
  sum(Object.entries(item).map(([name, value]) => utf8(name) + valueBytes(value)));

const kilobytes = (bytes: number): number => Math.max(1, Math.ceil(bytes / KILOBYTE));

/** The keys under which the index shows the item; undefined when the item lacks one of them. */
function entryOf(index: Index, item: Item | undefined): string | undefined {
  const hash = item?.[index.hash_key]?.S;
  const range = item?.[index.range_key]?.S;
  return hash === undefined || range === undefined ? undefined : JSON.stringify([hash, range]);
}

/**
 * Write units of a KEYS_ONLY entry: one when it comes, one when it goes, and both when
 * a key changes.
 */
function indexUnits(index: Index, before: Item | undefined, after: Item | undefined): number {
  const old = entryOf(index, before);
  const now = entryOf(index, after);
  return old === now ? 0 : (old === undefined ? 0 : 1) + (now === undefined ? 0 : 1);
}

/**
 * A transactional write: the larger of the old and the new item in kilobytes, twice, for prepare
 * and commit. An index entry follows later and costs what it costs outside of a transaction.
 */
export function transactionalUnits(
  before: Item | undefined,
  after: Item | undefined,
  indexes: Index[],
): Units {
  const bytes = Math.max(before ? itemBytes(before) : 0, after ? itemBytes(after) : 0);
  return {
    table: 2 * kilobytes(bytes),
    indexes: sum(indexes.map((index) => indexUnits(index, before, after))),
  };
}
