// What the schemas say, as code: TypeScript types for people, and ajv's validators, compiled ahead,
// for machines.
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
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

/**
 * Tests check these, and no function does. A validator of them would only make
 * every bundle heavier.
 */
const TYPE_ONLY = new Set(["internal/manifest.json", "internal/cells.json"]);

/** A rule's own words, for a person. ajv does not know the keyword. */
const WORDS = "must_be";

/**
 * The words of all rules, by the place of each as an error names it: below the title of its schema,
 * and below its file for whoever refers to it.
 */
function sentences(schemas: Schemas): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (value: unknown, places: string[]): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (name === WORDS) for (const place of places) found[place] = String(inner);
      walk(
        inner,
        places.map((place) => `${place}/${name}`),
      );
    }
  };
  for (const [file, schema] of schemas) {
    walk(schema, schema.$defs ? [posix.basename(file)] : [schema.title, posix.basename(file)]);
  }
  return found;
}

/**
 * The validators as CommonJS: ajv's standalone output requires its own runtime even when it is
 * asked for an ES module. Its own messages are left out: lib/contracts/sentences.ts has better
 * ones.
 */
export function validators(schemas: Schemas): string {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    messages: false,
    code: { source: true, lines: true },
  });
  ajv.addVocabulary([WORDS]);
  for (const [file, schema] of schemas) ajv.addSchema({ ...schema, $id: `contra:/${file}` });
  const exported = [...schemas].filter(([file, schema]) => !schema.$defs && !TYPE_ONLY.has(file));
  const code = standalone.default(
    ajv,
    Object.fromEntries(exported.map(([file, schema]) => [schema.title, `contra:/${file}`])),
  );
  const words = JSON.stringify(sentences(schemas), null, 2);
  return `${code}\nmodule.exports = { validators: { ...module.exports }, sentences: ${words} };\n`;
}
