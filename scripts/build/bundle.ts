// Bundles every function of the manifest, functions/<name>/handler.ts, into dist/functions/<name>/index.js (what the
// laptop runs) and dist/functions/<name>.zip (what Terraform deploys). Everything is bundled, the AWS SDK too.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build as bundle, type Metafile, type Plugin } from "esbuild";
import { zipOf } from "./zip.ts";

/** `inputs`: what each source file, by its path, puts into the bundle, in bytes. */
export type Built = { name: string; bytes: number; zipBytes: number; inputs: Record<string, number> };

/** Thrown when the manifest and the folders disagree, or a source does not bundle; the message is for people. */
export class BuildFailed extends Error {
  override readonly name = "BuildFailed";
}

/** Builds all functions of the repository at `root`; throws BuildFailed. */
export async function build(root: string): Promise<Built[]> {
  const names = functionsOf(root);
  const out = join(root, "dist", "functions");
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
    outdir: out,
    write: false,
    bundle: true,
    // A linked node_modules is the same as one that stands here: order and names come from paths.
    preserveSymlinks: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    // The ES module builds of the SDK shake better: two thirds of the size, half the time to load.
    mainFields: ["module", "main"],
    // Identifiers stay: a stack trace in a log must be readable, and an error's name must never change.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    logLevel: "silent",
    metafile: true,
    plugins: [leaveOutUnused],
  }).catch((error: Error) => {
    throw new BuildFailed(error.message);
  });

  const built = outputFiles.map(({ path, contents }) => {
    const name = basename(dirname(path));
    const code = Buffer.from(contents);
    const zip = zipOf("index.js", code);
    writeWhole(path, code);
    writeWhole(join(out, `${name}.zip`), zip);
    return { name, bytes: code.length, zipBytes: zip.length, inputs: inputsOf(metafile, name) };
  });
  // Without it the repository's own package.json would make ES modules of the bundles.
  writeWhole(join(out, "package.json"), Buffer.from('{ "type": "commonjs" }\n'));
  removeOthers(out, names);
  return built;
}

/**
 * CommonJS that a function loads for others' sake: the tracer, and the validators of all schemas. Loading them does nothing by
 * itself, which a bundler cannot see; a function that uses none of them, like check-health, is two thirds smaller without.
 */
const PURE = /^aws-xray-sdk-core$|\/validators\.cjs$/;
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

function inputsOf({ outputs }: Metafile, name: string): Record<string, number> {
  const found = Object.entries(outputs).find(([path]) => path.endsWith(`/${name}/index.js`));
  const inputs = Object.entries(found?.[1].inputs ?? {});
  return Object.fromEntries(inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput]));
}

/** The manifest's functions, once the folders below functions/ are known to be the same. */
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

/** A stack that runs may load the file at this moment, so it is replaced at once, and only when it changed. */
function writeWhole(path: string, content: Buffer): void {
  if (existsSync(path) && readFileSync(path).equals(content)) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function removeOthers(out: string, names: string[]): void {
  const wanted = new Set(["package.json", ...names.flatMap((name) => [name, `${name}.zip`])]);
  for (const entry of readdirSync(out)) {
    if (!wanted.has(entry)) rmSync(join(out, entry), { recursive: true });
  }
}
