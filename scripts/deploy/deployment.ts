// What Terraform outputs about a stack that it applied (`deployment`): what it published, and how
// traffic gets there.
import type { Release } from "./release.ts";

export type Canary = { application: string; group: string };
export type DeployedFunction = {
  function_name: string;
  version: string;
  /**
   * SHA-256 of the zip that was built, in base64. Null: none was built. Absent: an older apply
   * wrote this.
   */
  code_sha256?: string | null;
  /** True for a function that answers routes of the API. */
  routed: boolean;
  /** The CodeDeploy group that shifts its traffic. Null: its traffic moves at once. */
  canary: Canary | null;
};
export type DeployedMachine = { alias_arn: string; version_arn: string };

/** The keys are the manifest's names. */
export type Deployment = {
  region: string;
  alias: string;
  canary_minutes: number;
  /** The parameter that keeps the record of releases. */
  release: string;
  /**
   * Where Lambda takes its code from. Absent: an older apply wrote this. Such a stack can still be
   * read and taken back.
   */
  code_bucket?: string;
  alarms: string[];
  functions: Record<string, DeployedFunction>;
  machines: Record<string, DeployedMachine>;
};

/**
 * `terraform output -json deployment`, parsed. Throws a sentence when the text is something else.
 */
export function deploymentFrom(text: string): Deployment {
  let value: Partial<Deployment> | null;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error("the input is not JSON: pipe `terraform output -json deployment` into this program", {
      cause,
    });
  }
  const { region, alias, release, code_bucket, canary_minutes, alarms, functions, machines } = value ?? {};
  if (!region || !alias || !release || canary_minutes === undefined || !alarms || !functions || !machines) {
    throw new Error("the input is not the output `deployment` of a stack that was applied");
  }
  const told = { region, alias, release, canary_minutes, alarms, functions, machines };
  return { ...told, ...(code_bucket && { code_bucket }) };
}

/** The last part of a version's or an alias's ARN. */
export const numberOf = (versionArn: string): string => versionArn.slice(versionArn.lastIndexOf(":") + 1);

/** The release that the last apply published. */
export const publishedBy = ({ functions, machines }: Deployment): Release => ({
  functions: Object.fromEntries(Object.entries(functions).map(([name, { version }]) => [name, version])),
  machines: Object.fromEntries(
    Object.entries(machines).map(([name, { version_arn }]) => [name, numberOf(version_arn)]),
  ),
});
