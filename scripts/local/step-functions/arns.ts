// The names of machines, executions and functions as AWS writes them. A malformed name is refused.
import { AwsError } from "../common/aws-json.ts";
import { ACCOUNT_ID, PREFIX, REGION } from "../common/settings.ts";

const STATES = `arn:aws:states:${REGION}:${ACCOUNT_ID}`;

/**
 * A manifest key (`card-payment`) is deployed as `local-card-payment`. ARNs carry
 * the deployed name.
 */
export const deployedName = (key: string): string => `${PREFIX}${key}`;
export const machineArn = (machine: string): string => `${STATES}:stateMachine:${machine}`;
export const versionArn = (machine: string, version: number): string => `${machineArn(machine)}:${version}`;
export const aliasArn = (machine: string, alias: string): string => `${machineArn(machine)}:${alias}`;
export const executionArn = (machine: string, name: string): string =>
  `${STATES}:execution:${machine}:${name}`;
export const roleArn = (machine: string): string => `arn:aws:iam::${ACCOUNT_ID}:role/${machine}`;
export const functionArn = (key: string): string =>
  `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${deployedName(key)}:live`;

/** The one alias that deploys move. `terraform` gives machines the same one. */
export const ALIAS = "live";

export type MachineReference = { machine: string; alias?: string; version?: number };

/** Reads a machine, alias or version ARN. Throws InvalidArn. */
export function readMachineArn(arn: unknown): MachineReference {
  const parts = typeof arn === "string" ? arn.split(":") : [];
  const [, , service, , , kind, machine, qualifier] = parts;
  const wellFormed = parts[0] === "arn" && service === "states" && kind === "stateMachine";
  if (!wellFormed || !machine || parts.length > 8 || qualifier === "") {
    throw new AwsError("InvalidArn", `Invalid Arn: 'Invalid ARN: ${String(arn)}'`);
  }
  if (qualifier === undefined) return { machine };
  return /^\d+$/.test(qualifier) ? { machine, version: Number(qualifier) } : { machine, alias: qualifier };
}

/** Throws InvalidArn unless it is an execution's ARN. */
export function requireExecutionArn(arn: unknown): string {
  if (typeof arn === "string" && /^arn:[^:]+:states:[^:]*:\d*:execution:[^:]+:[^:]+$/.test(arn)) return arn;
  throw new AwsError("InvalidArn", `Invalid Arn: 'Invalid ARN: ${String(arn)}'`);
}

// Whitespace, brackets, wildcards, the special characters of the API reference, control characters.
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Surrogate}\ufffe\uffff]/u;

/** Throws InvalidName for an execution name that Step Functions would refuse. */
export function requireExecutionName(name: unknown): string {
  if (typeof name === "string" && name.length >= 1 && name.length <= 80 && !FORBIDDEN.test(name)) return name;
  throw new AwsError("InvalidName", `Invalid Name: '${String(name)}'`);
}
