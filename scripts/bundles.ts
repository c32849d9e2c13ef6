// `make bundles`: prints each function's size, raw and zipped, the time that it takes to load, and
// its heaviest parts.
import { dirname, join } from "node:path";
import manifest from "../functions/manifest.json" with { type: "json" };
import { readZipped, zipFunctions } from "./build/build.ts";
import { heaviest } from "./build/weight.ts";
import { initTimeOf } from "./bundles/init-time.ts";
import type { FunctionEntry } from "./local/lambda/catalog.ts";

const RUNS = Number(process.env.RUNS ?? "5");
const root = dirname(import.meta.dirname);
/** All of them, also the sandbox provider's own, which a laptop does not run. */
const entries = new Map<string, FunctionEntry>(Object.entries(manifest.functions));

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KB`.padStart(8);
const milliseconds = (time: number): string => `${time.toFixed(0)} ms`.padStart(8);

await zipFunctions(root);
const built = readZipped(root);
console.log(`${"function".padEnd(26)}     raw     zip  init min  median  heaviest`);
for (const { name, bytes, zipBytes, inputs } of built) {
  const entry = entries.get(name);
  if (!entry) throw new Error(`the manifest has no function ${name}`);
  const { min, median } = initTimeOf(name, entry, join(root, "dist/functions", name, "index.js"), RUNS);
  const parts = heaviest(inputs, 4).map(([part, weight]) => `${part} ${(weight / 1024).toFixed(0)}`);
  const sizes = `${kilobytes(bytes)}${kilobytes(zipBytes)}`;
  console.log(`${name.padEnd(24)}${sizes}  ${milliseconds(min)}${milliseconds(median)}  ${parts.join(", ")}`);
}
const total = (bytesOf: (one: (typeof built)[number]) => number): string =>
  kilobytes(built.reduce((sum, one) => sum + bytesOf(one), 0));
console.log(
  `${`${built.length} functions`.padEnd(24)}${total(({ bytes }) => bytes)}${total(({ zipBytes }) => zipBytes)}`,
);
console.log(`init: ${RUNS} fresh processes each, Node ${process.version}, on this machine`);
