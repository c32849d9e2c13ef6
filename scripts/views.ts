// `make views`: writes the lists of docs/views.md from the manifest, the machines and Terraform's
// files. `--check` writes nothing and fails when the page differs.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../functions/lib/contracts/types.ts";
import manifest from "../functions/manifest.json" with { type: "json" };
import { machinesOf } from "./build/render-machines.ts";
import { withTables } from "./lib/markdown.ts";
import { functionList, resourceList } from "./views/tables.ts";

const REPOSITORY = join(import.meta.dirname, "..");
const PAGE = join(REPOSITORY, "docs/views.md");

const textsBelow = (directory: string, ending: RegExp): { path: string; text: string }[] =>
  readdirSync(join(REPOSITORY, directory), { recursive: true, encoding: "utf8" })
    .filter(
      (path) =>
        ending.test(path) && !/(^|\/)(\.terraform|tests)\//.test(path) && !path.endsWith("_override.tf"),
    )
    .sort()
    .map((path) => ({ path, text: readFileSync(join(REPOSITORY, directory, path), "utf8") }));

const page = readFileSync(PAGE, "utf8");
const told = withTables(page, {
  functions: functionList(manifest as unknown as Manifest, machinesOf(REPOSITORY)),
  resources: resourceList(textsBelow("terraform", /\.tf$/)),
});
if (process.argv.includes("--check")) {
  if (told !== page) {
    console.error(
      "docs/views.md differs from the manifest or from terraform/: run `make views` and commit it",
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(PAGE, told);
}
