// The only place that reads the environment. A missing variable fails when the function starts, not
// at the first payment.

import { violations } from "../contracts/contract.ts";
import * as schemas from "../contracts/schemas.ts";
import type { Policy } from "../contracts/types.ts";
import { DEFAULT_POLICY, deploymentPolicy } from "../domain/policy.ts";

/** The variable's value; throws an Error naming it when it is missing or empty. */
export function need(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = env[name];
  if (!value) throw new Error(`environment variable ${name} must be set`);
  return value;
}

export const region = (): string => need("AWS_REGION");
const account = (): string => need("CONTRA_ACCOUNT_ID");
const prefix = (): string => need("CONTRA_PREFIX");
/** The manifest name of the running function. */
export const functionName = (): string => need("CONTRA_FUNCTION");
/** Of the running function, as Lambda names it. */
export const functionVersion = (): string => process.env.AWS_LAMBDA_FUNCTION_VERSION ?? "$LATEST";
export const environmentName = (): string => need("CONTRA_ENVIRONMENT");

/** ARNs begin with the partition, and China's hosts end otherwise. The region decides both. */
const partition = (): string =>
  isChina() ? "aws-cn" : region().startsWith("us-gov-") ? "aws-us-gov" : "aws";
const domain = (): string => (isChina() ? "amazonaws.com.cn" : "amazonaws.com");
const isChina = (): boolean => region().startsWith("cn-");

/** The least serious line that is written. */
export function logLevel(): "DEBUG" | "INFO" | "WARN" | "ERROR" | "SILENT" {
  const level = process.env.CONTRA_LOG_LEVEL ?? "INFO";
  const known = ["DEBUG", "INFO", "WARN", "ERROR", "SILENT"] as const;
  const found = known.find((name) => name === level);
  if (!found) throw new Error(`environment variable CONTRA_LOG_LEVEL must be one of ${known.join(", ")}`);
  return found;
}

/** Whether every metric is written, or only what pages: each one costs, read or not. */
export function measuresAll(): boolean {
  const metrics = process.env.CONTRA_METRICS ?? "all";
  if (metrics !== "all" && metrics !== "paging")
    throw new Error("environment variable CONTRA_METRICS must be all or paging");
  return metrics === "all";
}

/** The Terraform workspace: the prefix of all names without its dash. */
export const workspace = (): string => prefix().replace(/-$/, "");

// Names are composed: with a machine's ARN in the environment Terraform would depend on itself.
export const tableName = (table: string): string => `${prefix()}${table}`;
export const busName = (bus: string): string => `${prefix()}${bus}`;
export const queueUrl = (queue: string): string =>
  `https://sqs.${region()}.${domain()}/${account()}/${prefix()}${queue}`;
/** Always through the alias `live`: an unqualified start is tied to no version. */
export const machineArn = (machine: string): string =>
  `arn:${partition()}:states:${region()}:${account()}:stateMachine:${prefix()}${machine}:live`;
export const executionArn = (machine: string, name: string): string =>
  `arn:${partition()}:states:${region()}:${account()}:execution:${prefix()}${machine}:${name}`;

/** What the issuer of tokens puts before each scope of ours; nothing on a laptop. */
export const scopePrefix = (): string => process.env.CONTRA_SCOPE_PREFIX ?? "";

/** Below it lie the kill switches, `card/stop-intake` and so on. */
export const switchPath = (): string => `/${prefix()}switches`;

/** Where others reach Contra's own API; only the sandbox provider needs it. */
export const apiUrl = (): string => need("CONTRA_API_URL");
export const providerUrl = (): string => need("CONTRA_PROVIDER_URL");
/**
 * For how many seconds a provider's key is believed, where a laptop lets it be forgotten sooner
 * than the provider declares. Production takes the provider's word.
 */
export function keyTtlSeconds(): number | undefined {
  const text = process.env.CONTRA_KEY_TTL_SECONDS;
  if (!text) return undefined;
  if (isProduction()) throw new Error("environment variable CONTRA_KEY_TTL_SECONDS is not for production");
  if (!/^\d{1,9}$/.test(text))
    throw new Error("environment variable CONTRA_KEY_TTL_SECONDS must be whole seconds, 0 or more");
  return Number(text);
}
/** Where a provider's credentials are; the environment, which many may read, holds none of them. */
export const secretName = (provider: string): string => `${prefix()}provider/${provider}`;

/** Waits are divided by this; 1 everywhere but on a laptop in a hurry. */
export function timeScale(): number {
  const scale = Number(process.env.CONTRA_TIME_SCALE ?? "1");
  if (!(scale > 0)) throw new Error("environment variable CONTRA_TIME_SCALE must be a number above 0");
  return scale;
}

/** A wait in whole milliseconds, as timers demand it, at this time scale. */
export const scaled = (milliseconds: number): number => Math.ceil(milliseconds / timeScale());

/** The same in whole seconds, never more than that: what SQS holds a message back for. */
export const wholeSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1_000 / timeScale());

/**
 * Outside production unknown accounts open by themselves, and a payment's metadata may order the
 * sandbox to fail.
 */
export const isProduction = (): boolean => environmentName().startsWith("prod");

/** Lambda sets the first where a tracing daemon runs, the second for every invocation. */
export const isTraced = (): boolean => process.env.AWS_XRAY_DAEMON_ADDRESS !== undefined;
export const traceHeader = (): string | undefined => process.env._X_AMZN_TRACE_ID;

/**
 * Whether the deployment demands a reason of every act by hand. Read without the policy's schema,
 * which stays out of the functions that need nothing else of it.
 */
export function demandsReasons(): boolean {
  const text = process.env.CONTRA_POLICY;
  return text ? (JSON.parse(text) as Policy).reason_required === true : DEFAULT_POLICY.reason_required;
}

/**
 * The deployment's policy: the defaults, overridden by the JSON in CONTRA_POLICY. Throws when that
 * breaks its schema.
 */
export function policy(): Required<Policy> {
  const text = process.env.CONTRA_POLICY;
  if (!text) return DEFAULT_POLICY;
  const own = JSON.parse(text) as Policy;
  const wrong = violations(schemas.Policy, own).map(({ pointer, detail }) => `${pointer} ${detail}`);
  if (wrong.length > 0)
    throw new Error(
      `environment variable CONTRA_POLICY breaks schemas/internal/policy.json: ${wrong.join("; ")}`,
    );
  return deploymentPolicy(own);
}
