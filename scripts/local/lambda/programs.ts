// How each function is run: its bundle, its limits, its log and its environment. The environment
// points the unmodified AWS SDK clients at the local parts.
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ACCOUNT_ID, inHome, PREFIX, REGION, type Settings } from "../common/settings.ts";
import { type FunctionEntry, VERSION } from "./catalog.ts";
import type { Program } from "./environment.ts";

/** Variables of the person who starts the stack. They reach every function. */
const PASSED_ON = ["CONTRA_POLICY", "CONTRA_LOG_LEVEL", "CONTRA_KEY_TTL_SECONDS"];

const passedOn = (own: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(PASSED_ON.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));

/** The environment variables of one function. */
export function environmentOf(
  name: string,
  { memory_mb }: FunctionEntry,
  { url, timeScale }: Settings,
  own: NodeJS.ProcessEnv,
): Record<string, string> {
  return {
    ...passedOn(own),
    TZ: "UTC",
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: url.dynamodb,
    AWS_ENDPOINT_URL_SFN: url["step-functions"],
    AWS_ENDPOINT_URL_EVENTBRIDGE: url.messaging,
    AWS_ENDPOINT_URL_SQS: url.messaging,
    AWS_ENDPOINT_URL_SSM: url.messaging,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url.messaging,
    AWS_LAMBDA_FUNCTION_NAME: `${PREFIX}${name}`,
    AWS_LAMBDA_FUNCTION_VERSION: VERSION,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory_mb),
    AWS_XRAY_CONTEXT_MISSING: "IGNORE_ERROR",
    CONTRA_FUNCTION: name,
    CONTRA_PREFIX: PREFIX,
    CONTRA_ACCOUNT_ID: ACCOUNT_ID,
    // `prod` for a laptop on which merchants are placed and nothing opens by itself.
    CONTRA_ENVIRONMENT: own.CONTRA_ENVIRONMENT || "local",
    CONTRA_PROVIDER_URL: url.sandbox,
    CONTRA_TIME_SCALE: String(timeScale),
  };
}

/**
 * The program of a function. Its bundle lies below `bundles`. Its output
 * goes to CONTRA_HOME/logs/<name>.log.
 */
export function programOf(
  name: string,
  entry: FunctionEntry,
  settings: Settings,
  bundles: string,
  own: NodeJS.ProcessEnv,
): Program {
  mkdirSync(inHome(settings, "logs"), { recursive: true });
  const log = createWriteStream(inHome(settings, "logs", `${name}.log`), { flags: "a" });
  return {
    name,
    bundle: join(bundles, name, "index.js"),
    timeoutMs: (entry.timeout_seconds * 1000) / settings.timeScale,
    memoryMb: entry.memory_mb,
    env: environmentOf(name, entry, settings, own),
    compileCache: inHome(settings, "lambda", "compile-cache"),
    log: (chunk) => log.write(chunk),
  };
}
