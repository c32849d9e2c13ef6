// Takes out of the bundles what a function on Lambda never runs. Every new environment reads and
// compiles its bundle whole before its first event.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Loader, OnLoadResult, Plugin } from "esbuild";

const OURS = "functions/lib/replaced";
/** What imports it, as a rule on the name that is imported → the file that takes its place. */
const REPLACED: readonly [RegExp, string][] = [
  [/^@aws-sdk\/credential-provider-node$/, "credential-provider-node.ts"],
  [/^aws-xray-sdk-core$/, "aws-xray-sdk-core.ts"],
  [/^cls-hooked\/context$/, "cls-hooked.ts"],
  [/^dgram$/, "dgram.ts"],
  [/^node:stream\/web$/, "stream-web.ts"],
  [/\/shared-ini-file-loader\/loadSharedConfigFiles$/, "shared-config-files.ts"],
  [/^@smithy\/core\/event-streams$/, "unused.ts"],
  [/^@smithy\/node-http-handler$/, "unused.ts"],
  [/^@aws-sdk\/endpoint-cache$/, "unused.ts"],
  [/^\.\/(Sha256Js|Md5Js)$/, "unused.ts"],
  [/\/middleware\/mw_utils$/, "unused.ts"],
];

/** The schemas of a client's operations and errors. */
const SCHEMAS = /\/@aws-sdk\/client-[a-z]+\/dist-es\/schemas\/schemas_0\.js$/;
const REGISTERED = /^n0_registry\.registerError\((\w+)\$, \1\);\n/gm;
/** Of its own package.json a client reads the version. */
const PACKAGE = /\/node_modules\/.*\/package\.json$/;

export const lean: Plugin = {
  name: "lean",
  setup: ({ onResolve, onLoad, initialOptions }) => {
    const root = initialOptions.absWorkingDir ?? process.cwd();
    for (const [filter, file] of REPLACED) {
      onResolve({ filter }, ({ importer }) =>
        // The file itself may import what it replaces.
        importer.includes(OURS) ? undefined : { path: join(root, OURS, file), sideEffects: false },
      );
    }
    const words = wordsOf(join(root, "functions"));
    onLoad(
      { filter: SCHEMAS },
      loaded("js", (text) => withErrors(text, words)),
    );
    onLoad({ filter: PACKAGE }, loaded("json", nameAndVersion));
  },
};

const loaded =
  (loader: Loader, change: (text: string) => string) =>
  ({ path }: { path: string }): OnLoadResult => ({ contents: change(readFileSync(path, "utf8")), loader });

/**
 * The schemas with those errors that our sources name. The SDK makes every other error of the
 * service's base class, with its name, message and members: only `instanceof` could tell.
 */
export const withErrors = (schemas: string, named: ReadonlySet<string>): string =>
  schemas.replace(REGISTERED, (line, error: string) => (named.has(error) ? line : ""));

const nameAndVersion = (text: string): string => {
  const { name, version } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ name, version });
};

/** Every word of the sources below the folder. */
function wordsOf(folder: string): Set<string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  return new Set(files.flatMap((file) => readFileSync(join(folder, file), "utf8").match(/\w+/g) ?? []));
}
