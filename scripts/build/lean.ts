// Puts functions/lib/replaced/ in the place of packages that do more than a function on Lambda
// needs.
import { join } from "node:path";
import type { Plugin } from "esbuild";

/** What a package is imported by → the file that takes its place. */
const REPLACED: Readonly<Record<string, string>> = {
  "@aws-sdk/credential-provider-node": "credential-provider-node.ts",
  "cls-hooked/context": "cls-hooked.ts",
  semver: "semver.ts",
};

export const lean: Plugin = {
  name: "lean",
  setup: ({ onResolve, initialOptions }) => {
    const root = initialOptions.absWorkingDir ?? process.cwd();
    for (const [wanted, file] of Object.entries(REPLACED)) {
      onResolve({ filter: new RegExp(`^${wanted}$`) }, () => ({
        path: join(root, "functions/lib/replaced", file),
      }));
    }
  },
};
