// `make build`: renders the machines, bundles the functions and zips them, where something
// changed. It prints one line. It exits with 1, and prints why, when it cannot build or when a zip
// is above its budget. With --no-zips it makes what a laptop runs, and prints nothing when nothing
// had to be done.
import { dirname } from "node:path";
import { bundleFunctions, readBundles, readZipped, renderForTerraform, zipFunctions } from "./build/build.ts";
import { BuildFailed } from "./build/output.ts";
import { overBudget } from "./build/weight.ts";

const root = dirname(import.meta.dirname);

function say(did: string, count: number, zips = ""): void {
  const seconds = (performance.now() / 1000).toFixed(1);
  console.log(`${count} functions are ${did}${zips} (${seconds} s; sizes: make bundles)`);
}

async function forLaptop(): Promise<void> {
  if (await bundleFunctions(root)) say("bundled", readBundles(root).length);
}

async function forAws(): Promise<void> {
  const isNew = await zipFunctions(root);
  const zipped = readZipped(root);
  const megabytes = zipped.reduce((sum, { zipBytes }) => sum + zipBytes, 0) / 1024 / 1024;
  say(isNew ? "bundled and zipped" : "up to date", zipped.length, `, ${megabytes.toFixed(1)} MB of zips`);
  const heavy = overBudget(zipped);
  if (heavy.length > 0) throw new BuildFailed(`${heavy.join("\n")}\n\`make bundles\` says with what.`);
}

try {
  // The tests of Terraform's plans need the machines too, and no zips.
  await renderForTerraform(root);
  await (process.argv.includes("--no-zips") ? forLaptop() : forAws());
} catch (error) {
  if (!(error instanceof BuildFailed)) throw error;
  console.error(`The build failed:\n${error.message}`);
  process.exitCode = 1;
}
