// `make generate`: the types and constants of the schemas, and the record of the functions that
// the machines name, unless they are up to date. `--check` fails when what is committed differs
// from its source.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BuildFailed } from "./build/output.ts";
import { PACKAGES, unlessUpToDate } from "./build/up-to-date.ts";
import type { NamedFunctions } from "./generate/named-functions.ts";

const root = join(import.meta.dirname, "..");
const TYPES = "functions/lib/contracts/types.ts";
const CONSTANTS = "functions/lib/contracts/schemas.ts";
const NAMED = "statemachines/named-functions.json";
const SOURCES = [
  "schemas",
  "statemachines",
  "functions/manifest.json",
  "scripts/generate",
  "scripts/generate.ts",
  "scripts/build",
  ...PACKAGES,
];

const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

/**
 * Path → text. The generators are loaded here: loading takes a second, and mostly nobody needs it.
 */
async function generated(): Promise<Record<string, string>> {
  const { constants, readSchemas, types } = await import("./generate/contracts.ts");
  const schemas = readSchemas(join(root, "schemas"));
  return {
    [TYPES]: await types(schemas),
    [CONSTANTS]: constants(schemas),
    [NAMED]: await namedFunctions(),
  };
}

async function namedFunctions(): Promise<string> {
  const { named, namedByMachines, textOf: recordText } = await import("./generate/named-functions.ts");
  const record: NamedFunctions = JSON.parse(textOf(NAMED));
  const { functions } = JSON.parse(textOf("functions/manifest.json"));
  const today = new Date().toISOString().slice(0, 10);
  return recordText(named(record, namedByMachines(root), Object.keys(functions), today));
}

async function check(): Promise<void> {
  const texts = await generated();
  for (const [path, source] of [
    [TYPES, "schemas/"],
    [CONSTANTS, "schemas/"],
    [NAMED, "the machines' files"],
  ] as const) {
    if (textOf(path) === texts[path]) continue;
    console.error(`${path} differs from ${source}: run \`make generate\` and commit it`);
    process.exitCode = 1;
  }
}

async function generate(): Promise<void> {
  await unlessUpToDate(root, { name: "generated", from: SOURCES }, async () => {
    const texts = await generated();
    for (const [path, text] of Object.entries(texts)) writeFileSync(join(root, path), text);
    return Object.keys(texts);
  });
}

try {
  await (process.argv.includes("--check") ? check() : generate());
} catch (error) {
  // Whoever wrote the machine gets a sentence with file and line.
  if (!(error instanceof BuildFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
