// Every policy document of a plan, by the resource that carries it.
import type { Planned } from "../support/terraform-plan.ts";

export type Statement = {
  Effect: "Allow" | "Deny";
  Principal?: unknown;
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, unknown>>;
};
/** A policy by the resource that carries it, and in which of its attributes. */
export type Policy = { address: string; attribute: string; statements: Statement[] };

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
