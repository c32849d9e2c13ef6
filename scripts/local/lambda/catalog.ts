// What the manifest says about functions, and which of them a caller means: by name or by ARN, with
// or without the alias.
import { readManifest } from "../common/manifest.ts";
import { ACCOUNT_ID, PREFIX, REGION } from "../common/settings.ts";

export type FunctionEntry = {
  memory_mb: number;
  timeout_seconds: number;
  routes?: { method: string; path: string }[];
};

/** The alias through which everything is invoked, and the version behind it. */
export const ALIAS = "live";
export const VERSION = "1";

/** The header of an answer that says how many requests of clients wait for an environment. */
export const REQUESTS_WAITING = "x-contra-requests-waiting";

/** The manifest's functions by name. */
export function readCatalog(manifestPath: string): Map<string, FunctionEntry> {
  const { functions } = readManifest<{ functions: Record<string, FunctionEntry> }>(manifestPath);
  return new Map(Object.entries(functions));
}

/** The functions that take payments. They are ready before anybody asks for them. */
export const intakeOf = (catalog: Map<string, FunctionEntry>): string[] =>
  [...catalog].filter(([, { routes = [] }]) => routes.some(isIntake)).map(([name]) => name);

const isIntake = ({ method, path }: { method: string; path: string }): boolean =>
  method === "POST" && path === "/payments";

export const functionArn = (name: string): string =>
  `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${PREFIX}${name}:${ALIAS}`;

const REFERENCE = new RegExp(
  `^(?:(?:arn:aws:lambda:${REGION}:)?${ACCOUNT_ID}:function:)?${PREFIX}(?<name>[a-z0-9-]+)(?::(?<qualifier>[\\w$-]+))?$`,
);
const QUALIFIERS = new Set([ALIAS, VERSION, "$LATEST"]);

/** The manifest's name of the function that `reference` means; undefined when there is none. */
export function resolveFunction(catalog: Map<string, FunctionEntry>, reference: string): string | undefined {
  const { name, qualifier } = REFERENCE.exec(reference)?.groups ?? {};
  if (!name || !catalog.has(name)) return undefined;
  return qualifier === undefined || QUALIFIERS.has(qualifier) ? name : undefined;
}
