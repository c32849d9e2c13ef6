// What of a plan costs while nobody pays, type by type. A type that nobody looked up fails the
// plan's test: that a thing is free is known and not hoped.
import definitions from "../../functions/metrics.json" with { type: "json" };
import { type Held, HOURS_PER_MONTH } from "../../scripts/capacity/idle.ts";
import { REPOSITORY, sourcesBelow } from "../contracts/rules/source-tree.ts";
import { committedWorkspaces, type Planned } from "../support/terraform-plan.ts";

const metrics: Record<string, object> = definitions.metrics;

/** What the plan tells of one resource, beside the others. */
type Count = (one: Planned, plan: readonly Planned[]) => Partial<Held>;
const nothing: Count = () => ({});

/** Metrics that a function writes in each run: those that its own folder names. */
const writtenBy = (name: string): string[] => {
  const code = sourcesBelow(`functions/${name}`)
    .map(({ text }) => text)
    .join("\n");
  return Object.keys(metrics).filter((metric) => new RegExp(`\\b${metric}\\b`).test(code));
};
const isPaging = (metric: string): boolean => "pages" in (metrics[metric] ?? {});

const functionNamed = (plan: readonly Planned[], name: unknown): Planned["after"] => {
  const found = plan.find(
    ({ type, after }) => type === "aws_lambda_function" && after.function_name === name,
  );
  if (!found) throw new Error(`the plan has no function ${name}`);
  return found.after;
};
const environmentOf = (after: Planned["after"]): Record<string, string> =>
  (after.environment as { variables: Record<string, string> }[])[0]?.variables ?? {};

/** Minutes between two runs, as EventBridge Scheduler is told. */
function minutesOf(expression: unknown): number {
  const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(String(expression)) ?? [];
  if (!minutes) throw new Error(`nobody said how often ${expression} is`);
  return Number(minutes);
}

/**
 * AWS: five pollers, and two where traffic is low, unless a maximum of concurrency is set
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html).
 */
const pollersOf = ({ scaling_config }: Planned["after"]): number =>
  Array.isArray(scaling_config) && scaling_config.length > 0 ? 5 : 2;

type MetricQuery = { metric?: unknown[] | null };

export const COUNTED: Record<string, Count> = {
  aws_kms_key: () => ({ keys: 1 }),
  aws_secretsmanager_secret: () => ({ secrets: 1 }),
  aws_cloudwatch_metric_alarm: ({ after }) => {
    const queries = (after.metric_query ?? []) as MetricQuery[];
    return { alarmMetrics: queries.filter(({ metric }) => metric?.length).length || 1 };
  },
  aws_cloudwatch_composite_alarm: () => ({ compositeAlarms: 1 }),
  aws_cloudwatch_dashboard: () => ({ dashboards: 1 }),
  aws_cognito_user_pool_client: () => ({ tokenClients: 1 }),
  // What reads a stream asks for nothing: Lambda's own reads of it are free.
  aws_lambda_event_source_mapping: ({ address, after }) =>
    address.includes(".queue[") ? { pollers: pollersOf(after) } : {},
  aws_lambda_provisioned_concurrency_config: ({ after }, plan) => ({
    warmGigabytes:
      (Number(after.provisioned_concurrent_executions) *
        Number(functionNamed(plan, after.function_name).memory_size)) /
      1024,
  }),
  aws_scheduler_schedule: ({ index = "", after }, plan) => {
    const run = plan.find(({ type, index: name }) => type === "aws_lambda_function" && name === index);
    const onlyPaging = environmentOf(run?.after ?? {}).CONTRA_METRICS === "paging";
    return {
      sweeps: (HOURS_PER_MONTH * 60) / minutesOf(after.schedule_expression),
      ownMetrics: writtenBy(index).filter((metric) => !onlyPaging || isPaging(metric)).length,
    };
  },
};

/** Of these nothing is billed that nobody uses. */
const FREE = [
  "aws_acm_certificate",
  "aws_acm_certificate_validation",
  "aws_apigatewayv2_api",
  "aws_apigatewayv2_api_mapping",
  "aws_apigatewayv2_authorizer",
  "aws_apigatewayv2_domain_name",
  "aws_apigatewayv2_integration",
  "aws_apigatewayv2_route",
  "aws_apigatewayv2_stage",
  // A backup is billed by what it keeps, as the bill of a payment has it.
  "aws_backup_plan",
  "aws_backup_selection",
  "aws_backup_vault",
  "aws_backup_vault_lock_configuration",
  "aws_budgets_budget",
  "aws_cloudwatch_event_archive",
  "aws_cloudwatch_event_bus",
  "aws_cloudwatch_event_bus_policy",
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_cloudwatch_log_group",
  "aws_cloudwatch_query_definition",
  "aws_codedeploy_app",
  "aws_codedeploy_deployment_group",
  "aws_cognito_resource_server",
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_domain",
  // On demand; what is kept is billed by the gigabyte, and the bill of a payment has it.
  "aws_dynamodb_table",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_kms_alias",
  "aws_lambda_alias",
  "aws_lambda_function",
  "aws_lambda_function_event_invoke_config",
  "aws_lambda_function_recursion_config",
  "aws_lambda_permission",
  // A few megabytes of zips.
  "aws_s3_bucket",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_versioning",
  "aws_route53_record",
  "aws_s3_object",
  "aws_secretsmanager_secret_version",
  "aws_sfn_alias",
  "aws_sfn_state_machine",
  "aws_sns_topic",
  "aws_sns_topic_policy",
  "aws_sns_topic_subscription",
  "aws_sqs_queue",
  "aws_ssm_parameter",
];

const NOTHING: Held = {
  keys: 0,
  secrets: 0,
  alarmMetrics: 0,
  compositeAlarms: 0,
  dashboards: 0,
  ownMetrics: 0,
  pollers: 0,
  sweeps: 0,
  warmGigabytes: 0,
  tokenClients: 0,
};

/** Throws for a type of which nobody said what it costs. */
export function heldIn(plan: readonly Planned[]): Held {
  const held = { ...NOTHING };
  for (const one of plan) {
    const count = COUNTED[one.type] ?? (FREE.includes(one.type) ? nothing : undefined);
    if (!count) throw new Error(`nobody said what a ${one.type} costs while idle (tests/plan/idle.ts)`);
    for (const [name, more] of Object.entries(count(one, plan))) held[name as keyof Held] += more;
  }
  return held;
}

/** Whose cost docs/capacity.md shows: each workspace as it is committed, and dev in full. */
export const IDLE_PLANS: readonly { name: string; workspace: string; given: readonly string[] }[] = [
  ...committedWorkspaces(REPOSITORY).map((workspace) => ({ name: workspace, workspace, given: [] })),
  { name: "dev, full", workspace: "dev", given: ["footprint=full"] },
];
