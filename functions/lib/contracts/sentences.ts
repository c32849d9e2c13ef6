// What is wrong with a value, in words that a person understands and that repeat no value. A rule
// that its keyword does not explain has its own words beside it in the schema: `must_be`.
import type { Schema, Type } from "./schema.ts";

const TYPES: Record<Type, string> = {
  object: "an object",
  array: "a list",
  string: "a string",
  integer: "an integer",
  boolean: "true or false",
  null: "null",
};

const nameOf = (type: Type): string => TYPES[type];
const count = (limit: number | undefined, one: string, more = `${one}s`): string =>
  `${limit} ${limit === 1 ? one : more}`;
const quoted = (value: unknown): string => `\`${value}\``;

/** Of a member that the schema does not name. */
export const UNKNOWN_FIELD = "is not a known field";

/** The keywords that a value can break. */
export type Rule = keyof typeof SENTENCES;

const SENTENCES = {
  required: () => "is required",
  type: ({ type = [] }: Schema) => `must be ${[type].flat().map(nameOf).join(" or ")}`,
  pattern: () => "is invalid",
  enum: (schema: Schema) => `must be ${schema.enum?.map(quoted).join(" or ")}`,
  const: (schema: Schema) => `must be ${quoted(schema.const)}`,
  minimum: ({ minimum }: Schema) => `must be at least ${minimum}`,
  maximum: ({ maximum }: Schema) => `must be at most ${maximum}`,
  minLength: ({ minLength }: Schema) => `must have at least ${count(minLength, "character")}`,
  maxLength: ({ maxLength }: Schema) => `must have at most ${count(maxLength, "character")}`,
  maxProperties: ({ maxProperties }: Schema) => `must have at most ${count(maxProperties, "member")}`,
  minItems: ({ minItems }: Schema) => `must have at least ${count(minItems, "entry", "entries")}`,
  maxItems: ({ maxItems }: Schema) => `must have at most ${count(maxItems, "entry", "entries")}`,
};

/** Keywords that words beside them explain better. The bounds of a number are clear as they are. */
const EXPLAINED: readonly Rule[] = ["type", "pattern"];

/** The sentence for a value that breaks that rule of its schema. */
export function ruleBroken(schema: Schema, rule: Rule): string {
  const isExplained = schema.must_be !== undefined && EXPLAINED.includes(rule);
  return isExplained ? `must be ${schema.must_be}` : SENTENCES[rule](schema);
}
