// Bundles the parts of the laptop's cloud and their supervisor into dist/local/<name>.mjs. Node
// could run their sources, but it would load a compiler of types into each of them: 26 MB, and half
// of a part's start.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Plugin } from "esbuild";
import { bundleOf, PROGRAMS, programOf } from "../local/supervisor/programs.ts";
import { writeWhole } from "./output.ts";
import { PACKAGES, unlessUpToDate } from "./up-to-date.ts";

const SOURCES = ["functions", "scripts/local", "scripts/build/parts.ts", ...PACKAGES];
/** Packages that are CommonJS ask for Node's modules by `require`. */
const REQUIRE =
  'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);';

/** Resolves with true when there was something to do. */
export const bundleParts = (root: string): Promise<boolean> =>
  unlessUpToDate(root, { name: "parts", from: SOURCES }, async () => {
    // Loaded only when it is needed. Mostly there is nothing to bundle.
    const { build } = await import("esbuild");
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: PROGRAMS.map((name) => ({ in: `scripts/local/${name}/main.ts`, out: name })),
      outdir: dirname(programOf(root, "supervisor")),
      outExtension: { ".js": ".mjs" },
      write: false,
      bundle: true,
      preserveSymlinks: true,
      platform: "node",
      target: "node22",
      format: "esm",
      mainFields: ["module", "main"],
      external: ["esbuild"],
      banner: { js: REQUIRE },
      legalComments: "none",
      logLevel: "silent",
      plugins: [withoutCallers, withPlaces],
    });
    for (const { path, contents } of outputFiles) writeWhole(path, Buffer.from(contents));
    return PROGRAMS.map(bundleOf);
  });

/** The interpreter's own way to call functions and to find credentials. The engine has another. */
const CALLERS = /^@aws-sdk\/(client-lambda|credential-providers)$/;
const withoutCallers: Plugin = {
  name: "without-callers",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: CALLERS }, ({ path }) => ({ path, namespace: "nothing" }));
    onLoad({ filter: /./, namespace: "nothing" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** A source finds files beside itself, also from the bundle. */
const withPlaces: Plugin = {
  name: "with-places",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/(scripts|functions)\/.*\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replaceAll("import.meta.dirname", JSON.stringify(dirname(path))),
    }));
  },
};
