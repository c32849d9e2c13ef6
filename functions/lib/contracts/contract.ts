// Checks a value against a contract: what comes from outside, and what we are about to write. The
// contracts are the constants of schemas.ts, a few hundred bytes each. Code that a library makes of
// a schema has twenty times as many, and every new environment would have to compile it.
import { escapePointer } from "../errors/json-pointer.ts";
import { ContractViolated, type FieldError } from "../errors/registry.ts";
import type { Bound, Contract, Schema, Type } from "./schema.ts";
import { type Rule, ruleBroken, UNKNOWN_FIELD } from "./sentences.ts";

/** Everything that is wrong with the value, at once. Empty when it keeps the contract. */
export const violations = (contract: Contract, value: unknown): FieldError[] => wrongIn(contract, value, "");

/**
 * Asserts that our own value keeps its contract. Throws ContractViolated, which is never retried.
 */
export function assertContract(contract: Contract, value: unknown): void {
  const found = violations(contract, value);
  if (found.length > 0) {
    const text = found.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ");
    throw new ContractViolated(`${contract.title}: ${text}`);
  }
}

declare const KEEPS_ITS_CONTRACT: unique symbol;
/** Members that keep their contract. What a member means is judged of these alone. */
export type Sound = Readonly<Record<string, unknown>> & { readonly [KEEPS_ITS_CONTRACT]: true };

/** The members of a body in which `broken`, its violations, finds nothing wrong. */
export function soundMembers(body: Record<string, unknown>, broken: readonly FieldError[]): Sound {
  const wrong = new Set(broken.map(({ pointer = "" }) => pointer.split("/", 2)[1]));
  const sound = Object.entries(body).filter(([name]) => !wrong.has(escapePointer(name)));
  return Object.fromEntries(sound) as Sound;
}

function wrongIn(schema: Schema, value: unknown, pointer: string): FieldError[] {
  const broken: Rule[] = [];
  const inside: FieldError[] = [];
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOf(type, value)))
    broken.push("type");
  if (typeof value === "string") broken.push(...brokenByText(schema, value));
  else if (typeof value === "number" && Number.isFinite(value))
    broken.push(...outOf(schema, value, "maximum", "minimum"));
  else if (Array.isArray(value)) {
    broken.push(...outOf(schema, value.length, "maxItems", "minItems"));
    inside.push(...wrongItems(schema, value, pointer));
  } else if (typeof value === "object" && value !== null) {
    broken.push(...outOf(schema, Object.keys(value).length, "maxProperties"));
    inside.push(...wrongMembers(schema, value as Record<string, unknown>, pointer));
  }
  if (schema.const !== undefined && value !== schema.const) broken.push("const");
  if (schema.enum && !(schema.enum as readonly unknown[]).includes(value)) broken.push("enum");
  return [...broken.map((rule) => ({ pointer, detail: ruleBroken(schema, rule) })), ...inside];
}

function isOf(type: Type, value: unknown): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return type === "string" ? typeof value === "string" : typeof value === "boolean";
}

/** Those of the bounds that the measure of a value is beyond. */
const outOf = (schema: Schema, measure: number, ...bounds: Bound[]): Rule[] =>
  bounds.filter((bound) => {
    const limit = schema[bound];
    return limit !== undefined && (bound.startsWith("max") ? measure > limit : measure < limit);
  });

const brokenByText = (schema: Schema, text: string): Rule[] => [
  ...outOf(schema, charactersOf(text), "maxLength", "minLength"),
  ...(schema.pattern && !schema.pattern.test(text) ? (["pattern"] as const) : []),
];

/** A character outside of the basic plane is one, and two of JavaScript's units. */
function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

const wrongItems = ({ items }: Schema, values: unknown[], pointer: string): FieldError[] =>
  items ? values.flatMap((value, index) => wrongIn(items, value, `${pointer}/${index}`)) : [];

/** What lacks, names that are wrong or unknown, and then the members in their schema's order. */
function wrongMembers(schema: Schema, members: Record<string, unknown>, pointer: string): FieldError[] {
  const { required = [], propertyNames, properties = {}, additionalProperties = true } = schema;
  const names = Object.keys(members);
  const at = (name: string): string => `${pointer}/${escapePointer(name)}`;
  const wrongAt = (name: string, inner: Schema): FieldError[] =>
    members[name] === undefined ? [] : wrongIn(inner, members[name], at(name));
  const wrongOther = (name: string): FieldError[] => {
    if (additionalProperties === true) return [];
    if (additionalProperties === false) return [{ pointer: at(name), detail: UNKNOWN_FIELD }];
    return wrongAt(name, additionalProperties);
  };
  return [
    ...required
      .filter((name) => members[name] === undefined)
      .map((name) => ({ pointer: at(name), detail: ruleBroken(schema, "required") })),
    ...(propertyNames ? names.flatMap((name) => wrongName(propertyNames, name, pointer)) : []),
    ...names.filter((name) => !Object.hasOwn(properties, name)).flatMap(wrongOther),
    ...Object.entries(properties).flatMap(([name, inner]) => wrongAt(name, inner)),
  ];
}

const wrongName = (schema: Schema, name: string, pointer: string): FieldError[] =>
  wrongIn(schema, name, pointer).map(({ detail }) => ({ pointer, detail: `has a name that ${detail}` }));
