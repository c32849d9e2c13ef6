// `make build`: renders the machines, bundles and zips all functions and prints their sizes. It
// exits with 1 and says why when that is not possible, or when a zip is above its budget.
import { dirname } from "node:path";
import { BuildFailed, type Built, build } from "./build/bundle.ts";
import { MachineRefused, renderMachines } from "./build/render-machines.ts";
import { overBudget } from "./build/weight.ts";

function tableOf(built: Built[], milliseconds: number): string {
  const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`.padStart(9);
  const line = (name: string, bytes: number, zipBytes: number) =>
    `${name.padEnd(24)}${kilobytes(bytes)}${kilobytes(zipBytes)} zip`;
  const sum = (pick: (one: Built) => number) => built.reduce((total, one) => total + pick(one), 0);
  return [
    ...built.map((one) => line(one.name, one.bytes, one.zipBytes)),
    line(
      `${built.length} functions`,
      sum((one) => one.bytes),
      sum((one) => one.zipBytes),
    ),
    `built in ${(milliseconds / 1000).toFixed(1)} s`,
  ].join("\n");
}

try {
  const root = process.argv[2] ?? dirname(import.meta.dirname);
  renderMachines(root);
  const built = await build(root);
  console.log(tableOf(built, performance.now()));
  const heavy = overBudget(built);
  if (heavy.length > 0) throw new BuildFailed(`${heavy.join("\n")}\n\`make bundles\` says with what.`);
} catch (error) {
  if (!(error instanceof BuildFailed || error instanceof MachineRefused)) throw error;
  console.error(`The build failed:\n${error.message}`);
  process.exitCode = 1;
}
