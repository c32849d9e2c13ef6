// What a schema may say: the keywords that ours use, and no other. A constant of schemas.ts that
// holds another does not compile.

export type Type = "object" | "array" | "string" | "integer" | "boolean" | "null";

/** What a number, a text, a list or an object measures at most and at least. */
export type Bound =
  | "maximum"
  | "minimum"
  | "maxLength"
  | "minLength"
  | "maxItems"
  | "minItems"
  | "maxProperties";

export type Schema = {
  readonly type?: Type | readonly Type[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: RegExp;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** False refuses members that `properties` does not name. A schema judges them. */
  readonly additionalProperties?: boolean | Schema;
  /** A rule's own words. */
  readonly must_be?: string;
} & { readonly [bound in Bound]?: number };

/** A schema of its own, that a body, an event or a message keeps. */
export type Contract = Schema & { readonly title: string };
