// Takes out of the bundles what a function on Lambda never runs. Every new environment reads and
// compiles its bundle whole before its first event.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Loader, OnLoadResult, Plugin } from "esbuild";

const OURS = "functions/lib/replaced";
const CLIENTS = "@aws-sdk/client-";
const TRACER = "aws-xray-sdk-core/";
type Rule = { of: string; imports: RegExp; gets: string };
/** What imports of a package, by the name that is imported, get a file of ours in its place. */
const REPLACED: readonly Rule[] = [
  { of: CLIENTS, imports: /^@aws-sdk\/credential-provider-node$/, gets: "credential-provider-node.ts" },
  {
    of: CLIENTS,
    imports: /\/shared-ini-file-loader\/loadSharedConfigFiles$/,
    gets: "shared-config-files.ts",
  },
  { of: CLIENTS, imports: /^@smithy\/core\/event-streams$/, gets: "unused.ts" },
  { of: CLIENTS, imports: /^@smithy\/node-http-handler$/, gets: "unused.ts" },
  { of: CLIENTS, imports: /^\.\/(Sha256Js|Md5Js)$/, gets: "unused.ts" },
  { of: `${CLIENTS}dynamodb/`, imports: /^@aws-sdk\/endpoint-cache$/, gets: "unused.ts" },
  { of: TRACER, imports: /^aws-xray-sdk-core$/, gets: "aws-xray-sdk-core.ts" },
  { of: TRACER, imports: /^cls-hooked\/context$/, gets: "cls-hooked.ts" },
  { of: TRACER, imports: /^dgram$/, gets: "dgram.ts" },
  { of: TRACER, imports: /\/middleware\/mw_utils$/, gets: "unused.ts" },
  { of: "@middy/core/", imports: /^node:stream\/web$/, gets: "stream-web.ts" },
];

const CLIENT = /@aws-sdk\/client-[a-z-]+\//;
/** The schemas of a client's operations and errors. */
const ERRORS = "dist-es/schemas/schemas_0.js";
const SCHEMAS = new RegExp(`/${CLIENT.source}${ERRORS}$`);
const REGISTERED = /^n0_registry\.registerError\((\w+)\$, \1\);\n/gm;
/** Of its own package.json a client reads the version. */
const PACKAGE = /\/node_modules\/.*\/package\.json$/;

/**
 * A build of functions fails where a rule meets nothing though its package is there: what it
 * replaced has moved, and would be in the bundles whole.
 */
export const lean: Plugin = {
  name: "lean",
  setup: ({ onResolve, onLoad, onEnd, initialOptions }) => {
    const root = initialOptions.absWorkingDir ?? process.cwd();
    const unmet = new Set(REPLACED);
    for (const rule of REPLACED) {
      onResolve({ filter: rule.imports }, () => {
        unmet.delete(rule);
        return { path: join(root, OURS, rule.gets), sideEffects: false };
      });
    }
    const words = wordsOf(join(root, "functions"));
    onLoad(
      { filter: SCHEMAS },
      loaded("js", (text) => withErrors(text, words)),
    );
    onLoad({ filter: PACKAGE }, loaded("json", nameAndVersion));
    onEnd(({ metafile }) => ({
      errors: metafile ? outOfDate(Object.keys(metafile.inputs), [...unmet]) : [],
    }));
  },
};

/** What the bundles of these files hold whole, as esbuild takes errors. */
function outOfDate(inputs: readonly string[], unmet: readonly Rule[]): { text: string }[] {
  const has = (part: string): boolean => inputs.some((input) => input.includes(`node_modules/${part}`));
  const clients = [...new Set(inputs.flatMap((input) => CLIENT.exec(input)?.[0] ?? []))];
  const moved = [
    ...clients.filter((client) => !has(`${client}${ERRORS}`)).map((client) => `the errors of ${client}`),
    ...unmet.filter(({ of }) => has(of)).map(({ imports }) => String(imports)),
  ];
  return moved.map((what) => ({ text: `scripts/build/lean.ts finds no more ${what}` }));
}

const loaded =
  (loader: Loader, change: (text: string) => string) =>
  ({ path }: { path: string }): OnLoadResult => ({ contents: change(readFileSync(path, "utf8")), loader });

/**
 * The schemas with those errors that our sources name. The SDK makes every other error of the
 * service's base class, with its name, message and members: only `instanceof` could tell.
 */
export function withErrors(schemas: string, named: ReadonlySet<string>): string {
  if (schemas.search(REGISTERED) < 0) throw new Error("no error of the service is registered as it was");
  return schemas.replace(REGISTERED, (line, error: string) => (named.has(error) ? line : ""));
}

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
