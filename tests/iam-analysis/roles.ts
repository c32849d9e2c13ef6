// What holds for every role and every policy of the plan, whoever they are for.
import type { Planned } from "../support/terraform-plan.ts";
import type { Policy, Statement } from "./policies.ts";

/** Allowed actions with a wildcard. A wildcard in a Deny only narrows. */
export const wildcardActions = (policies: readonly Policy[]): string[] =>
  policies.flatMap(({ address, statements }) =>
    statements
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action }) => Action.filter((action) => action.includes("*")))
      .map((action) => `${address} allows ${action}`),
  );

/**
 * `NotAction`, `NotResource` and `NotPrincipal` allow everything but something: nobody can say what
 * that is.
 */
export const negations = (policies: readonly Policy[]): string[] =>
  policies.flatMap(({ address, statements }) =>
    statements
      .filter((statement) => Object.keys(statement).some((key) => key.startsWith("Not")))
      .map(() => `${address} allows by exception`),
  );

const isPublic = ({ Principal }: Statement): boolean => JSON.stringify(Principal ?? "").includes('"*"');

/**
 * Documents that let somebody in, the account's own root aside, without saying on what condition.
 */
export const unconditioned = (policies: readonly Policy[]): string[] =>
  policies
    .filter(({ statements }) =>
      statements.some((statement) => {
        const { Effect, Principal, Condition } = statement;
        if (Effect === "Deny" || Principal === undefined || Condition !== undefined) return false;
        return isPublic(statement) || !/^\{"AWS":"arn:[^"]+:root"\}$/.test(JSON.stringify(Principal));
      }),
    )
    .map(({ address, attribute }) => `${address}.${attribute}`);

/** Rights that are no policy of the role's own: managed policies change without us. */
export const attached = (plan: readonly Planned[]): string[] =>
  plan
    .filter(
      ({ type, after }) =>
        /^aws_iam_(policy|.*policy_attachment.*)$/.test(type) ||
        (type === "aws_iam_role" &&
          [after.managed_policy_arns ?? [], after.inline_policy ?? []].flat().length > 0),
    )
    .map(({ address }) => address);

/** Roles that have not exactly one policy, by the names that both go by. */
export function oddRoles(plan: readonly Planned[]): string[] {
  const keysOf = (type: string): string[] =>
    plan.filter((one) => one.type === type).map(({ address }) => address.slice(type.length + 1));
  const policies = keysOf("aws_iam_role_policy");
  const roles = keysOf("aws_iam_role");
  return [...new Set([...roles, ...policies])].filter(
    (key) => policies.filter((one) => one === key).length !== 1 || !roles.includes(key),
  );
}
