// The operators in an event pattern: prefix, suffix, equals-ignore-case, wildcard, numeric and
// anything-but. `cidr` is refused like any unknown operator, because nothing here needs it.

export type LeafTest = (leaf: unknown) => boolean;
type TextOperator = (wanted: string, path: string) => (text: string) => boolean;

const same = (text: string) => text.toLowerCase();

const TEXT: Record<string, TextOperator> = {
  prefix: (wanted) => (text) => text.startsWith(wanted),
  suffix: (wanted) => (text) => text.endsWith(wanted),
  "equals-ignore-case": (wanted) => (text) => same(text) === same(wanted),
  wildcard: (wanted, path) => {
    const expression = wildcardExpression(wanted, path);
    return (text) => expression.test(text);
  },
};

const COMPARE: Record<string, (left: number, right: number) => boolean> = {
  "=": (left, right) => left === right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

export function compileOperator(operator: string, wanted: unknown, path: string): LeafTest {
  if (operator === "numeric") return numeric(wanted, path);
  if (operator === "anything-but") return anythingBut(wanted, path);
  return text(operator, wanted, path);
}

function text(operator: string, wanted: unknown, path: string): LeafTest {
  const build = Object.hasOwn(TEXT, operator) ? TEXT[operator] : undefined;
  if (!build) throw new Error(`${path}: unknown operator ${operator}`);
  if ((operator === "prefix" || operator === "suffix") && isIgnoringCase(wanted)) {
    const test = build(same(wanted["equals-ignore-case"]), path);
    return (leaf) => typeof leaf === "string" && test(same(leaf));
  }
  if (typeof wanted !== "string") throw new Error(`${path}: ${operator} takes a string`);
  const test = build(wanted, path);
  return (leaf) => typeof leaf === "string" && test(leaf);
}

function isIgnoringCase(wanted: unknown): wanted is { "equals-ignore-case": string } {
  if (typeof wanted !== "object" || wanted === null) return false;
  const entries = Object.entries(wanted);
  return (
    entries.length === 1 && entries[0]?.[0] === "equals-ignore-case" && typeof entries[0][1] === "string"
  );
}

function wildcardExpression(wanted: string, path: string): RegExp {
  const tokens = wanted.match(/\\[*\\]|[\s\S]/g) ?? [];
  if (tokens.some((token, index) => token === "*" && tokens[index + 1] === "*")) {
    throw new Error(`${path}: wildcard may not hold **`);
  }
  const parts = tokens.map((token) =>
    token === "*" ? "[\\s\\S]*" : literal(token.replace(/^\\(?=[*\\])/, "")),
  );
  return new RegExp(`^${parts.join("")}$`);
}

const literal = (character: string): string => character.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

function numeric(wanted: unknown, path: string): LeafTest {
  if (!Array.isArray(wanted) || (wanted.length !== 2 && wanted.length !== 4)) {
    throw new Error(`${path}: numeric takes one or two comparisons`);
  }
  const comparisons: ((leaf: number) => boolean)[] = [];
  for (let at = 0; at < wanted.length; at += 2) {
    const compare = COMPARE[String(wanted[at])];
    const bound: unknown = wanted[at + 1];
    if (!compare || typeof bound !== "number")
      throw new Error(`${path}: numeric takes an operator and a number`);
    comparisons.push((leaf) => compare(leaf, bound));
  }
  return (leaf) => typeof leaf === "number" && comparisons.every((holds) => holds(leaf));
}

function anythingBut(wanted: unknown, path: string): LeafTest {
  if (typeof wanted === "object" && wanted !== null && !Array.isArray(wanted)) {
    const [entry, ...others] = Object.entries(wanted);
    if (!entry || others.length > 0) throw new Error(`${path}: anything-but takes one operator`);
    const [operator, values] = entry;
    const tests = listOf(values).map((value) => text(operator, value, path));
    if (tests.length === 0) throw new Error(`${path}: anything-but takes at least one value`);
    return (leaf) => !tests.some((test) => test(leaf));
  }
  const values = listOf(wanted);
  const kinds = [...new Set(values.map((value) => typeof value))];
  if (kinds.length !== 1 || (kinds[0] !== "string" && kinds[0] !== "number")) {
    throw new Error(`${path}: anything-but takes strings or numbers`);
  }
  return (leaf) => !values.includes(leaf);
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
