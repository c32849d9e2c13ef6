// `make sbom`: writes what this is built of to dist/sbom.cdx.json, as npm knows it from the lock
// file (CycloneDX). Exits with 1 where a package of the lock file is missing in it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Bill, unnamed } from "./sbom/packages.ts";

const root = dirname(import.meta.dirname);
const FILE = "dist/sbom.cdx.json";

const { stdout, stderr, status } = spawnSync(
  "npm",
  ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"],
  { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
);
if (status !== 0) throw new Error(`npm sbom failed (it comes with npm 10):\n${stderr}`);
const bill = JSON.parse(stdout) as Bill;
const wrong = unnamed(bill, JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
if (wrong.length > 0) {
  for (const sentence of wrong) console.error(sentence);
  process.exitCode = 1;
} else {
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(join(root, FILE), `${JSON.stringify(bill, null, 2)}\n`);
  console.log(`${bill.components.length} packages in ${FILE}, each with its hash`);
}
