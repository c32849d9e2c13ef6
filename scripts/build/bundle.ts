// Bundles every function of the manifest, functions/<name>/handler.ts, into
// dist/functions/<name>/index.js. A laptop runs the bundles, and AWS gets them zipped. Everything
// is bundled, the AWS SDK too.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, dirname, join } from "node:path";
import { type BuildOptions, build as esbuild, type Metafile, type Plugin } from "esbuild";
import { lean } from "./lean.ts";
import { BuildFailed, writeWhole } from "./output.ts";

/** `inputs`: the bytes that each source file puts into the bundle, by the file's path. */
export type Bundle = { name: string; bytes: number; inputs: Record<string, number> };

/** `sources`: every file that was read, also those that left nothing in a bundle. */
export type Bundled = { bundles: Bundle[]; sources: string[] };

/**
 * Bundles all functions of the repository at `root`. Removes everything else from the folder, zips
 * of older bundles too. Throws BuildFailed.
 */
export async function bundle(root: string): Promise<Bundled> {
  const names = functionsOf(root);
  const out = join(root, "dist", "functions");
  const { outputFiles, metafile } = await esbuild({
    ...asOnLambda(root),
    entryPoints: names.map((name) => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
    outdir: out,
    write: false,
    metafile: true,
  }).catch((error: Error) => {
    throw new BuildFailed(error.message);
  });

  const bundles = outputFiles.map(({ path, contents }) => {
    const name = basename(dirname(path));
    writeWhole(path, Buffer.from(contents));
    return { name, bytes: contents.length, inputs: inputsOf(metafile, name) };
  });
  // Without it the repository's own package.json would make ES modules of the bundles.
  writeWhole(join(out, "package.json"), Buffer.from('{ "type": "commonjs" }\n'));
  removeOthers(out, names);
  return { bundles, sources: Object.keys(metafile.inputs) };
}

/**
 * CommonJS that a function loads only because others need it: the tracer. Loading it does nothing
 * by itself, but a bundler cannot see that.
 */
const PURE = /^aws-xray-sdk-core$/;
const leaveOutUnused: Plugin = {
  name: "leave-out-unused",
  setup: ({ onResolve, resolve }) => {
    onResolve({ filter: PURE }, async ({ path, pluginData, ...from }) => {
      if (pluginData === leaveOutUnused) return undefined;
      const found = await resolve(path, { ...from, pluginData: leaveOutUnused });
      return { ...found, sideEffects: false };
    });
  },
};

/** How everything that runs on Lambda is bundled. */
export const asOnLambda = (root: string) =>
  ({
    absWorkingDir: root,
    bundle: true,
    // A linked node_modules counts as one that stands here: order and names come from paths.
    preserveSymlinks: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    // The SDK's ES modules shake better: two thirds of the size, half the time to load.
    mainFields: ["module", "main"],
    // An error's name, which decides what a machine does, is a text and no identifier. To keep the
    // names of all functions would cost each cold start a twentieth more: `make stack-trace` knows
    // them.
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    plugins: [lean, leaveOutUnused],
  }) as const satisfies BuildOptions;

/**
 * What turns the places of a function's bundle into those of its sources, in a stack trace of the
 * same commit: `at a (/var/task/index.js:7:9)` → `at a (functions/lib/domain/money.ts:12:3)`.
 */
export async function sourcesOf(root: string, name: string): Promise<(trace: string) => string> {
  const { outputFiles } = await esbuild({
    ...asOnLambda(root),
    entryPoints: [`functions/${name}/handler.ts`],
    outfile: join(root, "index.js"),
    sourcemap: "external",
    write: false,
  });
  const map = new SourceMap(JSON.parse(outputFiles.find(({ path }) => path.endsWith(".map"))?.text ?? "{}"));
  return (trace) =>
    trace.replace(/[^\s(]*index\.js:(\d+):(\d+)/g, (place, line, column) => {
      const found = map.findEntry(Number(line) - 1, Number(column) - 1);
      return "originalSource" in found
        ? `${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}`
        : place;
    });
}

function inputsOf({ outputs }: Metafile, name: string): Record<string, number> {
  const found = Object.entries(outputs).find(([path]) => path.endsWith(`/${name}/index.js`));
  const inputs = Object.entries(found?.[1].inputs ?? {});
  return Object.fromEntries(inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput]));
}

/** The manifest's functions. Throws BuildFailed when the folders below functions/ are others. */
function functionsOf(root: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, "functions", "manifest.json"), "utf8"));
  const names = Object.keys(manifest.functions).sort();
  const folders = readdirSync(join(root, "functions"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "lib")
    .map((entry) => entry.name);
  const problems = [
    ...names
      .filter((name) => !existsSync(join(root, "functions", name, "handler.ts")))
      .map(
        (name) => `${name} is in functions/manifest.json, but functions/${name}/handler.ts does not exist`,
      ),
    ...folders
      .filter((folder) => !names.includes(folder))
      .map((folder) => `functions/${folder} exists, but functions/manifest.json does not name it`),
  ];
  if (problems.length > 0) throw new BuildFailed(problems.join("\n"));
  return names;
}

function removeOthers(out: string, names: string[]): void {
  const wanted = new Set(["package.json", ...names]);
  for (const entry of readdirSync(out)) {
    if (!wanted.has(entry)) rmSync(join(out, entry), { recursive: true });
  }
}
