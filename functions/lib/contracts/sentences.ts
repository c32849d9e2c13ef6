// What is wrong with a value, in words that a person understands and that repeat no value. A rule
// that its keyword does not explain has its own words beside it in the schema: `must_be`.
import type { ErrorObject } from "ajv";
import generated from "./validators.cjs";

const TYPES: Record<string, string> = {
  object: "an object",
  array: "a list",
  string: "a string",
  integer: "an integer",
  number: "a number",
  boolean: "true or false",
};

type Params = Record<string, unknown>;
const count = ({ limit }: Params, one: string, more = `${one}s`): string =>
  `${limit} ${limit === 1 ? one : more}`;
const quoted = (value: unknown): string => `\`${value}\``;

/** Of a member that the schema does not name. */
export const UNKNOWN_FIELD = "is not a known field";

/** By the schema's keyword. */
const SENTENCES: Record<string, (params: Params) => string> = {
  additionalProperties: () => UNKNOWN_FIELD,
  required: () => "is required",
  type: ({ type }) => `must be ${TYPES[String(type)] ?? type}`,
  enum: ({ allowedValues }) => `must be ${(allowedValues as unknown[]).map(quoted).join(" or ")}`,
  const: ({ allowedValue }) => `must be ${quoted(allowedValue)}`,
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
  minLength: (params) => `must have at least ${count(params, "character")}`,
  maxLength: (params) => `must have at most ${count(params, "character")}`,
  minProperties: (params) => `must have at least ${count(params, "member")}`,
  maxProperties: (params) => `must have at most ${count(params, "member")}`,
  minItems: (params) => `must have at least ${count(params, "entry", "entries")}`,
  maxItems: (params) => `must have at most ${count(params, "entry", "entries")}`,
};

/** Keywords that words beside them explain better. The bounds of a number are clear as they are. */
const EXPLAINED = new Set(["type", "pattern"]);

/** The sentence for an error of the schema of that title. */
export function sentenceFor(title: string, error: ErrorObject): string {
  const mustBe = EXPLAINED.has(error.keyword) ? generated.sentences[ruleOf(title, error)] : undefined;
  const sentence = mustBe === undefined ? byKeyword(error) : `must be ${mustBe}`;
  return error.propertyName === undefined ? sentence : `has a name that ${sentence}`;
}

const byKeyword = ({ keyword, params }: ErrorObject): string => SENTENCES[keyword]?.(params) ?? "is invalid";

/**
 * The place of the rule as scripts/generate names it: below the schema itself, or in the file that
 * a $ref leads to. `../common/types.json#/$defs/uuid/type` → `types.json/$defs/uuid`
 */
function ruleOf(title: string, { schemaPath }: ErrorObject): string {
  const place = schemaPath.slice(0, schemaPath.lastIndexOf("/"));
  return (place.startsWith("#") ? title + place : place.replace(/^.*\/(?=[^/]*\.json)/, "")).replace("#", "");
}
