// What the supervisor gives every part of the local cloud: where the others listen, where data
// lives, and the number that divides waits. Only this file of scripts/local reads the settings from
// the environment.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const PARTS = ["dynamodb", "step-functions", "messaging", "lambda", "sandbox", "api-gateway"] as const;
export type Part = (typeof PARTS)[number];

export const ACCOUNT_ID = "000000000000";
export const REGION = "us-east-1";
export const PREFIX = "local-";
/** The sandbox provider's public credentials. They guard nothing but its own books. */
const { key, webhook_secrets } = readPublicCredentials();
export const PROVIDER_KEY = key;
export const PROVIDER_WEBHOOK_SECRET = webhook_secrets[0] ?? "";

export type Settings = {
  /** Directory of everything that outlives a process: databases, books, keys, pid files. */
  home: string;
  /** Every wait is divided by this: CONTRA_TIME_SCALE. */
  timeScale: number;
  /** Base URL of each part, `http://127.0.0.1:<port>`, the same for the life of the stack. */
  url: Record<Part, string>;
  /** True: the terminal gets no line per request and per ended payment. */
  quiet?: boolean;
  /** True: the tables are in memory. For proofs that do not start a stack again. */
  keepsNothing: boolean;
};

/** Name of the environment variable that carries a part's base URL. */
export const urlVariable = (part: Part): string => `CONTRA_URL_${part.toUpperCase().replaceAll("-", "_")}`;

/** Reads the settings. Throws with the name of a variable that is missing. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const need = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set: parts are started by scripts/run.ts`);
    return value;
  };
  const timeScale = Number(env.CONTRA_TIME_SCALE ?? "1");
  if (!(timeScale > 0)) throw new Error(`CONTRA_TIME_SCALE must be a number above 0, not ${timeScale}`);
  const url = Object.fromEntries(PARTS.map((part) => [part, need(urlVariable(part))])) as Record<
    Part,
    string
  >;
  const keepsNothing = env.CONTRA_TABLES === "memory";
  return { home: need("CONTRA_HOME"), timeScale, url, quiet: isQuiet(env), keepsNothing };
}

/** `QUIET=1` is quiet. Unset, empty and 0 are not. */
export const isQuiet = ({ QUIET = "" }: NodeJS.ProcessEnv): boolean => !["", "0"].includes(QUIET);

function readPublicCredentials(): { key: string; webhook_secrets: string[] } {
  const manifest = join(import.meta.dirname, "..", "..", "..", "functions", "manifest.json");
  return JSON.parse(readFileSync(manifest, "utf8")).providers.sandbox.public_credentials;
}

export const portOf = (url: string): number => Number(new URL(url).port);

/** A path below the stack's home. */
export const inHome = (settings: Settings, ...names: string[]): string => join(settings.home, ...names);
