// One look at all that is permitted: what the code needs and the plan grants, per function; who
// invokes it; and every rule that a policy breaks. `make iam` prints it, docs/iam.md keeps it,
// tests/plan judges it and its mutants.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../functions/lib/contracts/types.ts";
import { namedByMachines } from "../../scripts/generate/named-functions.ts";
import type { Planned } from "../support/terraform-plan.ts";
import { compare, type Difference, differenceIn } from "./access.ts";
import { grantsIn, requiredOf } from "./grants.ts";
import { plannedInvokers, sourceless, wantedInvokers } from "./invokers.ts";
import { needsOf } from "./needs.ts";
import { hiddenPolicies, policiesIn } from "./policies.ts";
import { attached, negations, oddRoles, unconditioned, wildcardActions } from "./roles.ts";
import { Compiler } from "./sources.ts";
import { idle, unexplained } from "./wildcards.ts";

/** The tests plan in the default workspace. */
const PREFIX = "default-";

export type Facts = {
  manifest: Manifest;
  /** What each function's code needs. */
  needs: Record<string, string[]>;
  /** The functions that each machine's file names. */
  machines: Record<string, string[]>;
  plan: Planned[];
};

export function factsOf(root: string, plan: Planned[]): Facts {
  const manifest = JSON.parse(readFileSync(join(root, "functions/manifest.json"), "utf8")) as Manifest;
  const compiler = new Compiler(root);
  try {
    const sources = compiler.read();
    const needs = Object.keys(manifest.functions).map((name) => [
      name,
      needsOf(sources, `functions/${name}/handler.ts`),
    ]);
    return {
      manifest,
      needs: Object.fromEntries(needs),
      machines: namedByMachines(root),
      plan,
    };
  } finally {
    compiler.close();
  }
}

export type Role = { name: string; grants: string[] };
export type Review = {
  /** Every role with what it may do, the functions' first. */
  roles: Role[];
  invokers: string[];
  /** By function, against the code: of the manifest's access and of the plan's policy. */
  differences: Record<string, Difference>;
  /** Rules that are broken, as sentences; empty is the only good answer. */
  broken: string[];
};

export function reviewOf({ manifest, needs, machines, plan }: Facts): Review {
  const policies = policiesIn(plan);
  const invokers = plannedInvokers(plan, policies, manifest, PREFIX);
  const ways = differenceIn(wantedInvokers(manifest, machines), invokers);
  const roles = policies.flatMap((policy) => {
    const [, kind, name] = /^aws_iam_role_policy\.([a-z_]+)(?:\["(.+)"\])?/.exec(policy.address) ?? [];
    if (!kind) return [];
    const called = kind === "function" ? (name ?? "") : [kind, name].filter(Boolean).join(" ");
    return [{ name: called, grants: grantsIn(policy, PREFIX) }];
  });
  const differences = Object.keys(manifest.functions).map((name): [string, Difference] => {
    const granted = roles.find((role) => role.name === name)?.grants ?? [];
    const byCode = compare(needs[name] ?? [], manifest.functions[name]?.access ?? {}, manifest);
    const byPlan = differenceIn(requiredOf(name, needs[name] ?? [], manifest), granted);
    return [
      name,
      {
        missing: [...byCode.missing, ...byPlan.missing],
        unused: [...byCode.unused, ...byPlan.unused],
      },
    ];
  });
  const isFunction = ({ name }: Role): boolean => name in manifest.functions;
  return {
    roles: [...roles.filter(isFunction), ...roles.filter((role) => !isFunction(role))],
    invokers,
    differences: Object.fromEntries(differences),
    broken: [
      ...hiddenPolicies(plan).map((one) => `${one} is not known in the plan`),
      ...wildcardActions(policies),
      ...negations(policies),
      ...unexplained(policies),
      ...idle(policies).map((action) => `the list of wildcards excuses ${action}, which nobody needs`),
      ...unconditioned(policies).map((one) => `${one} lets in without a condition`),
      ...attached(plan).map((one) => `${one} is a right from outside of the role's own policy`),
      ...oddRoles(plan).map((one) => `the role ${one} has not exactly one policy`),
      ...ways.missing.map((one) => `not permitted to invoke: ${one}`),
      ...ways.unused.map((one) => `permitted to invoke for nothing: ${one}`),
      ...sourceless(plan).map((one) => `${one} names no source`),
    ],
  };
}
