// What the schemas say, as code: types for people and the compiler, and the rules as constants, for
// the functions.
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { compile, type JSONSchema } from "json-schema-to-typescript";

type Schema = { title: string; $defs?: Record<string, unknown> } & Record<string, unknown>;
export type Schemas = Map<string, Schema>;

const pascal = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

/** Every schema by its path below the folder, in a stable order. */
export function readSchemas(schemaRoot: string): Schemas {
  const files = readdirSync(schemaRoot, { recursive: true, encoding: "utf8" }).filter((f) =>
    f.endsWith(".json"),
  );
  return new Map(
    files
      .map((file) => relative(".", file))
      .sort()
      .map((file) => [file, JSON.parse(readFileSync(join(schemaRoot, file), "utf8")) as Schema]),
  );
}

/** Rewrites each `$ref` by `rename(target file, name inside it)`. */
function mapRefs(value: unknown, file: string, rename: (file: string, name?: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapRefs(item, file, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== "$ref") return [key, mapRefs(inner, file, rename)];
      const [path = "", fragment] = String(inner).split("#/$defs/");
      return ["$ref", rename(path === "" ? file : posix.join(posix.dirname(file), path), fragment)];
    }),
  );
}

/** The widest comment of the tree, in columns (tests/contracts/tidy.test.ts). */
const WIDEST_COMMENT = 100;

/** The text with each wide line of a comment broken between words. Descriptions are one line. */
const withNarrowComments = (text: string): string =>
  text.replace(/^( *\* )(\S.*)$/gm, (_, start: string, words: string) => {
    const line = new RegExp(`\\S.{0,${WIDEST_COMMENT - start.length - 1}}(?!\\S)`, "g");
    return (words.match(line) ?? []).map((part) => start + part).join("\n");
  });

/**
 * The types as TypeScript. They come from one document that holds every schema and every shared
 * definition, so each type is declared once.
 */
export async function types(schemas: Schemas): Promise<string> {
  const titleOf = (file: string): string => {
    const schema = schemas.get(file);
    if (!schema) throw new Error(`a $ref names ${file}, which does not exist`);
    return schema.title;
  };
  const nameOf = (file: string, name?: string): string =>
    `#/definitions/${name === undefined ? titleOf(file) : pascal(name)}`;
  const definitions: Record<string, unknown> = {};
  for (const [file, { $defs, ...schema }] of schemas) {
    for (const [name, definition] of Object.entries($defs ?? {})) {
      definitions[pascal(name)] = { ...(mapRefs(definition, file, nameOf) as object), title: pascal(name) };
    }
    if (!$defs) definitions[schema.title] = mapRefs(schema, file, nameOf);
  }
  const text = await compile({ title: "Contracts", definitions } as JSONSchema, "Contracts", {
    additionalProperties: false,
    bannerComment: "// Generated from schemas/ by `make generate`. Change the schema, not this file.",
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
  });
  const types = text
    .replace(/export interface Contracts \{[^}]*\}\n?/, "")
    .replace(/\/\*\*\n \* This interface was referenced by .*\n \* via the .*\n \*\/\n/g, "")
    .replace(/ \*\n \* This interface was referenced by .*\n \* via the .*\n/g, "");
  return withNarrowComments(types);
}

/** Tests check these, and no function does. */
const TYPE_ONLY = new Set(["internal/manifest.json", "internal/cells.json"]);

/** What a schema says to people, and no function reads. */
const FOR_PEOPLE = new Set(["title", "description"]);
/** Below these keywords stand the names of members, which may be called like a keyword. */
const NAMES_MEMBERS = "properties";

/**
 * The schemas as constants: one for each shared definition, and one exported for each schema with a
 * title of its own. A bundler leaves out those that nobody names.
 */
export function constants(schemas: Schemas): string {
  const written = new Map<string, string>();
  const nameOf = (file: string, definition?: string): string =>
    definition === undefined ? (schemas.get(file)?.title ?? file) : pascal(definition);

  /** Writes the constant that a $ref leads to, before whoever refers to it. */
  const refer = (file: string, definition?: string): string => {
    const name = nameOf(file, definition);
    if (!written.has(name)) {
      const schema = schemas.get(file);
      const found = definition === undefined ? schema : schema?.$defs?.[definition];
      if (!found) throw new Error(`a $ref names ${name}, which does not exist`);
      const head = definition === undefined ? `export const ${name}: Contract` : `const ${name}: Schema`;
      const title = definition === undefined ? `title: ${JSON.stringify(name)}, ` : "";
      written.set(name, `${head} = ${literal(found, file).replace("{ ", `{ ${title}`)};`);
    }
    return name;
  };
  const literal = (value: unknown, file: string, keyword?: string): string => {
    if (keyword === "pattern") return String(new RegExp(String(value), "u"));
    if (Array.isArray(value)) return JSON.stringify(value);
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    if ("$ref" in value) {
      const [path = "", definition] = String(value.$ref).split("#/$defs/");
      return refer(path === "" ? file : posix.join(posix.dirname(file), path), definition);
    }
    const members = Object.entries(value)
      .filter(([name]) => keyword === NAMES_MEMBERS || !FOR_PEOPLE.has(name))
      .map(
        ([name, inner]) => `${name}: ${literal(inner, file, keyword === NAMES_MEMBERS ? undefined : name)}`,
      );
    return `{ ${members.join(", ")} }`;
  };

  for (const [file, { $defs }] of schemas) if (!$defs && !TYPE_ONLY.has(file)) refer(file);
  return [
    "// Generated from schemas/ by `make generate`. Change the schema, not this file.",
    'import type { Contract, Schema } from "./schema.ts";',
    "",
    ...written.values(),
    "",
  ].join("\n");
}
