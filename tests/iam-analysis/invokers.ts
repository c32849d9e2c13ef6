// Who may invoke a function, in the plan, and who has to: its routes, its queue, its stream, its
// schedule, or a machine whose file names it. Nobody else, and everybody through the alias.
import type { Manifest } from "../../functions/lib/contracts/types.ts";
import type { Planned } from "../support/terraform-plan.ts";
import type { Policy } from "./policies.ts";

const ALIAS = "live";

/** `invoker function`, for everybody who has to. */
export function wantedInvokers(manifest: Manifest, machines: Record<string, string[]>): string[] {
  const ways = Object.entries(manifest.functions).flatMap(([name, { routes, queue, stream, schedule }]) => [
    ...(routes ? [`api ${name}`] : []),
    ...(queue ? [`queue:${queue.name} ${name}`] : []),
    ...(stream ? [`stream:${stream.table} ${name}`] : []),
    ...(schedule ? [`schedule:${name} ${name}`] : []),
  ]);
  const tasks = Object.entries(machines).flatMap(([machine, names]) =>
    names.map((name) => `machine:${machine} ${name}`),
  );
  return [...ways, ...tasks].sort();
}

/**
 * `lambda:InvokeFunction` on an ARN that is not a function's alias names the ARN instead: it fits
 * nothing that is wanted.
 */
function targetOf(arn: string, prefix: string): string {
  return new RegExp(`:function:${prefix}([a-z0-9-]+):${ALIAS}$`).exec(arn)?.[1] ?? arn;
}

function byPolicy({ address, statements }: Policy, prefix: string): string[] {
  const holder = address.replace(/^aws_iam_role_policy\.([a-z_]+)(?:\["(.+)"\])?$/, "$1:$2");
  return statements
    .filter(({ Effect, Action }) => Effect === "Allow" && Action.some((one) => /^lambda:Invoke/.test(one)))
    .flatMap(({ Resource }) => Resource.map((arn) => `${holder} ${targetOf(arn, prefix)}`));
}

function byPermission({ type, after }: Planned, prefix: string): string[] {
  if (type !== "aws_lambda_permission") return [];
  const fromApi = after.principal === "apigateway.amazonaws.com" && after.action === "lambda:InvokeFunction";
  const name = String(after.function_name).replace(new RegExp(`^${prefix}`), "");
  return [`${fromApi ? "api" : after.principal} ${after.qualifier === ALIAS ? name : after.function_name}`];
}

/** A mapping invokes with the right of Lambda itself; that it exists is its permission. */
function byMapping({ type, index = "", address }: Planned, manifest: Manifest): string[] {
  if (type !== "aws_lambda_event_source_mapping") return [];
  const { queue, stream } = manifest.functions[index] ?? {};
  if (address.includes(".queue[")) return [`queue:${queue?.name} ${index}`];
  return address.includes(".stream[") ? [`stream:${stream?.table} ${index}`] : [`${address} ${index}`];
}

/** `invoker function`, for everybody whom the plan lets. */
export function plannedInvokers(
  plan: readonly Planned[],
  policies: readonly Policy[],
  manifest: Manifest,
  prefix: string,
): string[] {
  return [
    ...policies.flatMap((policy) => byPolicy(policy, prefix)),
    ...plan.flatMap((planned) => [...byPermission(planned, prefix), ...byMapping(planned, manifest)]),
  ].sort();
}

/** Permissions without a source: any API of any account could use them. */
export const sourceless = (plan: readonly Planned[]): string[] =>
  plan
    .filter(({ type, after, unknown }) => {
      const given = after.source_arn ?? after.source_account ?? unknown.find((name) => name === "source_arn");
      return type === "aws_lambda_permission" && !given;
    })
    .map(({ address }) => address);
