// Values that a stranger may put where another is expected: they answer to no String(), carry the
// names that every object has, or are nested deep. They are JSON, as a body is.
import fc from "fast-check";

/** What every object has, so that whoever asks one by name gets an answer. */
export const NAMES_OF_OBJECTS = Object.getOwnPropertyNames(Object.prototype);

const parsed = (text: string): unknown => JSON.parse(text);

/** String() and template literals throw for these. */
export const UNSPEAKABLE = [
  '{"toString":0,"valueOf":0}',
  '{"toString":{"toString":0},"valueOf":null}',
  '[{"toString":0,"valueOf":0}]',
  '{"toJSON":"x","constructor":{"name":"Object"}}',
  '{"__proto__":{"toString":0,"valueOf":0}}',
  '{"then":"x","length":-1,"constructor":0,"hasOwnProperty":0}',
].map(parsed);

const named = fc
  .tuple(fc.constantFrom(...NAMES_OF_OBJECTS), fc.oneof(fc.constantFrom(...UNSPEAKABLE), fc.string()))
  .map(([name, value]) => parsed(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`));

/** Lists and objects in each other, `depth` deep. */
const nested = (depth: number): unknown => parsed(`${'{"a":['.repeat(depth)}0${"]}".repeat(depth)}`);

/** Any JSON value, most of them of the wrong type wherever they are put. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...UNSPEAKABLE),
  named,
  fc.array(fc.oneof(named, fc.constantFrom(...UNSPEAKABLE)), { maxLength: 3 }),
  fc.integer({ min: 1, max: 30 }).map(nested),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(0, -1, 1.5, 1e12, Number.MAX_VALUE, "", "500", null, [], {}, true),
);
