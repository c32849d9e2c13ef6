// The only place that reads the environment. A missing variable fails when the function starts, not at the first payment.

import type { Policy } from "../contracts/types.ts";
import validators from "../contracts/validators.cjs";
import { overridden } from "../domain/policy.ts";

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
export const environmentName = (): string => need("CONTRA_ENVIRONMENT");

// Names are composed from their parts: an environment that held a machine's ARN would make Terraform depend on itself.
export const tableName = (table: string): string => `${prefix()}${table}`;
export const busName = (bus: string): string => `${prefix()}${bus}`;
export const queueUrl = (queue: string): string =>
  `https://sqs.${region()}.amazonaws.com/${account()}/${prefix()}${queue}`;
/** Always through the alias `live`: an unqualified start is tied to no version. */
export const machineArn = (machine: string): string =>
  `arn:aws:states:${region()}:${account()}:stateMachine:${prefix()}${machine}:live`;
export const executionArn = (machine: string, name: string): string =>
  `arn:aws:states:${region()}:${account()}:execution:${prefix()}${machine}:${name}`;

/** Below it lie the kill switches, `card/stop-intake` and so on. */
export const switchPath = (): string => `/${prefix()}switches`;

export const providerUrl = (): string => need("CONTRA_PROVIDER_URL");
export const providerKey = (): string => need("CONTRA_PROVIDER_KEY");
/** What the provider signs its webhooks with: one secret, or two with a space between while they rotate. */
export const providerWebhookSecrets = (): string[] => need("CONTRA_PROVIDER_WEBHOOK_SECRET").split(" ");

/** Waits are divided by this; 1 everywhere but on a laptop in a hurry. */
export function timeScale(): number {
  const scale = Number(process.env.CONTRA_TIME_SCALE ?? "1");
  if (!(scale > 0)) throw new Error("environment variable CONTRA_TIME_SCALE must be a number above 0");
  return scale;
}

/** A wait in whole milliseconds, as timers demand it, at this time scale. */
export const scaled = (milliseconds: number): number => Math.ceil(milliseconds / timeScale());

/** Elsewhere unknown accounts open by themselves, and a payment's metadata may order the sandbox to fail. */
export const isProduction = (): boolean => environmentName().startsWith("prod");

/** Lambda sets the first where a tracing daemon runs, the second for every invocation. */
export const isTraced = (): boolean => process.env.AWS_XRAY_DAEMON_ADDRESS !== undefined;
export const traceHeader = (): string | undefined => process.env._X_AMZN_TRACE_ID;

const DEFAULT_POLICY = {
  enabled: true,
  rails: { card: true, stablecoin: true },
  max_amount: {},
  card_fee_bps: 150,
};

/** The deployment's policy: the defaults, overridden by the JSON in CONTRA_POLICY. */
export function defaultPolicy(): Required<Policy> {
  const text = process.env.CONTRA_POLICY;
  if (!text) return DEFAULT_POLICY;
  const policy = JSON.parse(text) as Policy;
  if (!validators.Policy?.(policy))
    throw new Error("environment variable CONTRA_POLICY breaks schemas/internal/policy.json");
  return overridden(DEFAULT_POLICY, policy);
}
