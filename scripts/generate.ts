// Generates what the schemas say, TypeScript types (committed, people read them) and precompiled ajv validators (build output), and
// the record of which functions the machines name. `--check` fails when what is committed differs from its source.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { compile, type JSONSchema } from "json-schema-to-typescript";
import { MachineRefused } from "./build/render-machines.ts";
import {
  type NamedFunctions,
  named,
  namedByMachines,
  textOf as recordText,
} from "./generate/named-functions.ts";

type Schema = { title: string; $defs?: Record<string, unknown> } & Record<string, unknown>;

const root = join(import.meta.dirname, "..");
const schemaRoot = join(root, "schemas");
const contracts = join(root, "functions/lib/contracts");

const pascal = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

/** Every schema by its path below schemas/, in a stable order. */
function readSchemas(): Map<string, Schema> {
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

/** One document that holds every schema and every shared definition, so that each type is declared once. */
async function types(schemas: Map<string, Schema>): Promise<string> {
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
  return text
    .replace(/export interface Contracts \{[^}]*\}\n?/, "")
    .replace(/\/\*\*\n \* This interface was referenced by .*\n \* via the .*\n \*\/\n/g, "")
    .replace(/ \*\n \* This interface was referenced by .*\n \* via the .*\n/g, "");
}

/** What tests check and no function does: a validator would only weigh on every bundle. */
const TYPE_ONLY = new Set(["internal/manifest.json", "internal/cells.json"]);

/** CommonJS: ajv's standalone output requires its own runtime even when asked for an ES module. */
function validators(schemas: Map<string, Schema>): string {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, lines: true },
  });
  for (const [file, schema] of schemas) ajv.addSchema({ ...schema, $id: `contra:/${file}` });
  const exported = [...schemas].filter(([file, schema]) => !schema.$defs && !TYPE_ONLY.has(file));
  return standalone.default(
    ajv,
    Object.fromEntries(exported.map(([file, schema]) => [schema.title, `contra:/${file}`])),
  );
}

/** What is committed beside its source; with `--check` a difference ends the program. */
function keep(file: string, text: string, source: string): void {
  if (!process.argv.includes("--check")) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (readFileSync(file, "utf8") !== text) {
    console.error(`${relative(root, file)} differs from ${source}: run \`make generate\` and commit it`);
    process.exitCode = 1;
  }
}

function namedFunctions(): string {
  const record: NamedFunctions = JSON.parse(readFileSync(namedFile, "utf8"));
  const machines = namedByMachines(root);
  const { functions } = JSON.parse(readFileSync(join(root, "functions/manifest.json"), "utf8"));
  return recordText(named(record, machines, Object.keys(functions), new Date().toISOString().slice(0, 10)));
}

const schemas = readSchemas();
const namedFile = join(root, "statemachines/named-functions.json");
keep(join(contracts, "types.ts"), await types(schemas), "schemas/");
try {
  keep(namedFile, namedFunctions(), "the machines' files");
} catch (error) {
  if (!(error instanceof MachineRefused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
writeFileSync(join(contracts, "validators.cjs"), validators(schemas));
