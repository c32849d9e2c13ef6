// The Terraform root's plan, made offline with the tests' mocked provider, and every policy
// document in it.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

export type Statement = {
  Effect: "Allow" | "Deny";
  Principal?: unknown;
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, unknown>>;
};
/** A policy by the resource that carries it, and in which of its attributes. */
export type Policy = { address: string; attribute: string; statements: Statement[] };
/**
 * `after` holds what the plan knows; `unknown` names the attributes of which only an apply can
 * tell.
 */
export type Planned = { address: string; type: string; index?: string; after: Attributes; unknown: string[] };
type Attributes = Record<string, unknown>;

type Change = {
  address: string;
  type: string;
  mode: string;
  index?: string;
  change: { after: Attributes | null; after_unknown: Record<string, unknown> };
};

/**
 * What `terraform test` plans in tests/permissions.tftest.hcl; needs an initialised root. Throws
 * with Terraform's own words.
 */
export function planOf(root: string): Planned[] {
  const args = ["test", "-json", "-verbose", "-filter=tests/permissions.tftest.hcl"];
  const printed = execFileSync("terraform", [`-chdir=${join(root, "terraform")}`, ...args], {
    encoding: "utf8",
    // The plan comes with every schema of the provider: some 14 MB.
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for (const line of printed.split("\n")) {
    if (!line.includes('"test_plan"')) continue;
    const { test_plan } = JSON.parse(line) as { test_plan?: { resource_changes: Change[] } };
    if (test_plan) return test_plan.resource_changes.filter(({ mode }) => mode === "managed").map(planned);
  }
  throw new Error(`terraform test printed no plan:\n${printed.slice(0, 2000)}`);
}

const planned = ({ address, type, index, change }: Change): Planned => ({
  address,
  type,
  ...(index === undefined ? {} : { index }),
  after: change.after ?? {},
  unknown: Object.entries(change.after_unknown).flatMap(([name, is]) => (is === true ? [name] : [])),
});

const listOf = (value: unknown): string[] => (value === undefined ? [] : ([value].flat() as string[]));

/** Every document with statements, whatever the attribute is called. */
export function policiesIn(plan: readonly Planned[]): Policy[] {
  return plan.flatMap(({ address, after }) =>
    Object.entries(after).flatMap(([attribute, value]) => {
      const statements = statementsOf(value);
      return statements.length > 0 ? [{ address, attribute, statements }] : [];
    }),
  );
}

function statementsOf(value: unknown): Statement[] {
  if (typeof value !== "string" || !value.startsWith("{") || !value.includes('"Statement"')) return [];
  const { Statement = [] } = JSON.parse(value) as { Statement?: Record<string, unknown>[] };
  return Statement.map(
    (one) => ({ ...one, Action: listOf(one.Action), Resource: listOf(one.Resource) }) as unknown as Statement,
  );
}

/**
 * Types whose policy is always ours to write: one that only an apply would show could not be judged
 * here.
 */
const ALWAYS_KNOWN = new Set([
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_policy",
  "aws_kms_key",
  "aws_sqs_queue",
]);
const POLICY_ATTRIBUTES = ["policy", "assume_role_policy", "policy_document", "resource_policy"];

/** Policies that the plan does not show. */
export const hiddenPolicies = (plan: readonly Planned[]): string[] =>
  plan.flatMap(({ address, type, unknown }) =>
    ALWAYS_KNOWN.has(type) || type.endsWith("_policy")
      ? unknown.filter((name) => POLICY_ATTRIBUTES.includes(name)).map((name) => `${address}.${name}`)
      : [],
  );
