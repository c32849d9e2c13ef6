// Event patterns as EventBridge and Lambda's event filters understand them. A pattern is compiled
// once. A pattern that this file does not understand throws at start: a rule that silently never
// matches is the worst case.
import { compileOperator, type LeafTest } from "./event-pattern-operators.ts";

type Json = Record<string, unknown>;
type Test = (event: unknown) => boolean;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws, with the path, when the pattern is malformed or uses an unknown operator. */
export function compilePattern(pattern: unknown, path = "$"): Test {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(`${path}: a pattern is an object with at least one field`);
  }
  const tests = Object.entries(pattern).map(([field, wanted]) =>
    field === "$or" ? compileAlternatives(wanted, `${path}.$or`) : compileField(field, wanted, path),
  );
  const holdsFor = (event: Json) => tests.every((test) => test(event));
  // All fields of a nested pattern must be found in the same element of an array. A missing parent
  // counts as an empty object, because `exists: false` below it is true.
  return (event) => {
    if (Array.isArray(event) && event.some(isObject)) {
      return event.some((element) => isObject(element) && holdsFor(element));
    }
    return holdsFor(isObject(event) ? event : {});
  };
}

function compileAlternatives(alternatives: unknown, path: string): Test {
  if (!Array.isArray(alternatives) || alternatives.length < 2) {
    throw new Error(`${path}: $or takes an array of at least two patterns`);
  }
  const tests = alternatives.map((alternative, index) => compilePattern(alternative, `${path}[${index}]`));
  return (event) => tests.some((test) => test(event));
}

function compileField(field: string, wanted: unknown, parent: string): Test {
  const path = `${parent}.${field}`;
  const fieldOf = (event: unknown) =>
    isObject(event) && Object.hasOwn(event, field) ? event[field] : undefined;
  if (isObject(wanted)) {
    const nested = compilePattern(wanted, path);
    return (event) => nested(fieldOf(event));
  }
  if (!Array.isArray(wanted) || wanted.length === 0) {
    throw new Error(`${path}: a field is matched by a nested pattern or by a non-empty array`);
  }
  const tests = wanted.map((one) => compileLeaf(one, path));
  return (event) => {
    const leaves = leavesOf(fieldOf(event));
    return tests.some((test) => test(leaves));
  };
}

/**
 * The test gets all leaves of a field. For an absent field there are none, and only
 * `exists: false` holds.
 */
function compileLeaf(wanted: unknown, path: string): (leaves: unknown[]) => boolean {
  if (Array.isArray(wanted)) throw new Error(`${path}: arrays do not nest in a pattern`);
  if (!isObject(wanted)) return (leaves) => leaves.includes(wanted);
  const [operator, ...others] = Object.keys(wanted);
  if (operator === undefined || others.length > 0) throw new Error(`${path}: one operator per object`);
  if (operator === "exists") return compileExists(wanted.exists, path);
  const test: LeafTest = compileOperator(operator, wanted[operator], path);
  return (leaves) => leaves.some(test);
}

function compileExists(wanted: unknown, path: string): (leaves: unknown[]) => boolean {
  if (typeof wanted !== "boolean") throw new Error(`${path}: exists takes true or false`);
  return (leaves) => leaves.length > 0 === wanted;
}

/** An object is no leaf. EventBridge cannot match a node between, and takes it for absent. */
function leavesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isObject(value) ? [] : [value];
}
