// What `make build` does: bundles the functions, zips them where AWS wants zips, and
// renders the machines where Terraform reads them. Each part is done again only when one of
// its sources changed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bundle } from "./bundle.ts";
import { BuildFailed, writeWhole } from "./output.ts";
import { PACKAGES, unlessUpToDate } from "./up-to-date.ts";
import { zipOf } from "./zip.ts";

/** Everything that may be in a bundle, or that changes one. */
const SOURCES = [
  "functions",
  ...PACKAGES,
  "package.json",
  "tsconfig.json",
  "scripts/build/bundle.ts",
  "scripts/build/lean.ts",
];
/** What each bundle holds, for the zips' budget and for `make bundles`. */
const CONTENTS = "dist/bundles.json";
const MACHINES = "dist/statemachines";
const IN_PACKAGES = "node_modules/";

export type Zipped = Bundle & { zipBytes: number };

const codeOf = (name: string): string => `dist/functions/${name}/index.js`;
const zipPathOf = (name: string): string => `dist/functions/${name}.zip`;

/** Bundles all functions. Resolves with true when there was something to do. Throws BuildFailed. */
export function bundleFunctions(root: string): Promise<boolean> {
  return unlessUpToDate(root, { name: "bundles", from: SOURCES }, async () => {
    // Loaded only when it is needed. Mostly there is nothing to bundle.
    const { bundle } = await import("./bundle.ts");
    const { bundles, sources } = await bundle(root);
    demandWatched(sources);
    writeWhole(join(root, CONTENTS), Buffer.from(JSON.stringify(bundles)));
    return [CONTENTS, "dist/functions/package.json", ...bundles.map(({ name }) => codeOf(name))];
  });
}

/** Bundles and zips all functions. Resolves as above. Throws BuildFailed. */
export async function zipFunctions(root: string): Promise<boolean> {
  const isBundled = await bundleFunctions(root);
  const names = readBundles(root).map(({ name }) => name);
  const from = [...names.map(codeOf), ...PACKAGES, "scripts/build/zip.ts"];
  const isZipped = await unlessUpToDate(root, { name: "zips", from }, () =>
    names.map((name) => {
      writeWhole(join(root, zipPathOf(name)), zipOf("index.js", readFileSync(join(root, codeOf(name)))));
      return zipPathOf(name);
    }),
  );
  return isBundled || isZipped;
}

/** Renders the machines for Terraform. Resolves as above. Throws BuildFailed. */
export function renderForTerraform(root: string): Promise<boolean> {
  const from = ["statemachines", ...PACKAGES, "scripts/build/render-machines.ts"];
  return unlessUpToDate(root, { name: "machines", from }, async () => {
    const { renderMachines } = await import("./render-machines.ts");
    return renderMachines(root).map((file) => join(MACHINES, file));
  });
}

/** What is built now. */
export const readBundles = (root: string): Bundle[] =>
  JSON.parse(readFileSync(join(root, CONTENTS), "utf8")) as Bundle[];

export const readZipped = (root: string): Zipped[] =>
  readBundles(root).map((each) => ({
    ...each,
    zipBytes: readFileSync(join(root, zipPathOf(each.name))).length,
  }));

/** Refuses a source that the build does not watch: a change of it would build nothing. */
function demandWatched(sources: string[]): void {
  const isWatched = (path: string): boolean =>
    path.includes(IN_PACKAGES) || SOURCES.some((source) => path === source || path.startsWith(`${source}/`));
  const strange = sources.filter((path) => !isWatched(path));
  if (strange.length > 0)
    throw new BuildFailed(`bundled from outside of what a build watches: ${strange.join(", ")}`);
}
