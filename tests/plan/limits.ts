// What a plan takes of each limit in terraform/aws-limits.json. AWS judges most of them only when
// the thing is made: an apply would end half-way.
import type { Planned } from "../support/terraform-plan.ts";

export type Limits = Record<string, { of: string; most: number; grade: string; source: string }>;
/** How much of a limit one thing takes. */
export type Taken = { by: string; size: number };

type Widget = { properties: { alarms?: string[]; metrics?: unknown[] } };
type Block = Record<string, unknown>;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const bytes = (value: unknown): number => Buffer.byteLength(String(value));
const characters = (value: unknown): number => String(value ?? "").length;
/** As IAM counts: white space is free. */
const dense = (value: unknown): number => String(value ?? "").replace(/\s/g, "").length;
const statements = (policy: unknown): number =>
  policy ? listOf((JSON.parse(String(policy)) as Block).Statement).length : 0;

const widgetsOf = (dashboard: Planned): Widget[] =>
  (JSON.parse(String(dashboard.after.dashboard_body)) as { widgets: Widget[] }).widgets;
const lengthsOf = (dashboard: Planned, of: "alarms" | "metrics"): number[] =>
  widgetsOf(dashboard).flatMap(({ properties }) => properties[of]?.length ?? []);

/** How much each resource of a type takes. */
const each =
  (type: string, size: (after: Planned["after"]) => number) =>
  (plan: readonly Planned[]): Taken[] =>
    plan.filter((one) => one.type === type).map(({ address, after }) => ({ by: address, size: size(after) }));

/** How much each dashboard takes. */
const dashboard =
  (size: (one: Planned) => number) =>
  (plan: readonly Planned[]): Taken[] =>
    plan
      .filter(({ type }) => type === "aws_cloudwatch_dashboard")
      .map((one) => ({ by: one.address, size: size(one) }));

const bucketOf = (plan: readonly Planned[]): string =>
  String(plan.find(({ address }) => address === "aws_s3_bucket.code")?.after.bucket);

/**
 * How long each name of a type would be in the workspace with the longest name that there may be.
 * A bucket has 63 characters, and the rule of `region` lets a workspace take all that are left.
 */
const named =
  (type: string, attribute = "name") =>
  (plan: readonly Planned[]): Taken[] => {
    const spare = 63 - bucketOf(plan).length;
    return each(
      type,
      (after) => characters(after[attribute]) + spare,
    )(plan).filter(({ by }) => !by.startsWith("data."));
  };

/** The groups to which another service than Lambda writes. */
const delivered = (plan: readonly Planned[]): Taken[] =>
  plan
    .filter(({ type, index = "" }) => type === "aws_cloudwatch_log_group" && !index.startsWith("function/"))
    .map(({ address, after }) => ({
      by: address,
      size: String(after.name).startsWith("/aws/vendedlogs/") ? 0 : 1,
    }));

export const MEASURES: Record<string, (plan: readonly Planned[]) => Taken[]> = {
  "alarm-widget-alarms": dashboard((one) => Math.max(...lengthsOf(one, "alarms"))),
  "dashboard-widgets": dashboard((one) => widgetsOf(one).length),
  "widget-metrics": dashboard((one) => Math.max(...lengthsOf(one, "metrics"))),
  "dashboard-metrics": dashboard((one) => lengthsOf(one, "metrics").reduce((sum, size) => sum + size, 0)),
  "alarm-metrics": each(
    "aws_cloudwatch_metric_alarm",
    ({ metric_query }) =>
      listOf(metric_query).filter((query) => listOf((query as Block).metric).length > 0).length,
  ),
  "composite-alarm-rule": each("aws_cloudwatch_composite_alarm", ({ alarm_rule }) => characters(alarm_rule)),
  "composite-alarm-children": each(
    "aws_cloudwatch_composite_alarm",
    ({ alarm_rule }) => String(alarm_rule).split("ALARM(").length - 1,
  ),
  "alarm-description": each("aws_cloudwatch_metric_alarm", ({ alarm_description }) =>
    characters(alarm_description),
  ),
  "query-log-groups": each(
    "aws_cloudwatch_query_definition",
    ({ log_group_names }) => listOf(log_group_names).length,
  ),
  "log-policy-groups": delivered,
  "role-policies": each("aws_iam_role_policy", ({ policy }) => dense(policy)),
  "trust-policy": each("aws_iam_role", ({ assume_role_policy }) => dense(assume_role_policy)),
  "key-policy": each("aws_kms_key", ({ policy }) => characters(policy)),
  "queue-policy-statements": each("aws_sqs_queue", ({ policy }) => statements(policy)),
  "event-pattern": each("aws_cloudwatch_event_rule", ({ event_pattern }) => characters(event_pattern)),
  "function-environment": each("aws_lambda_function", ({ environment }) => {
    const [{ variables = {} } = {}] = listOf(environment) as { variables?: Record<string, string> }[];
    return Object.entries(variables).reduce((sum, [name, value]) => sum + bytes(name) + bytes(value), 0);
  }),
  "function-description": each("aws_lambda_function", ({ description }) => characters(description)),
  "api-routes": (plan) =>
    ["route", "sandbox"].map((name) => ({
      by: `aws_apigatewayv2_route.${name}`,
      size: plan.filter(({ address }) => address.startsWith(`aws_apigatewayv2_route.${name}[`)).length,
    })),
  "authorizer-audiences": each("aws_apigatewayv2_authorizer", ({ jwt_configuration }) => {
    const [{ audience = [] } = {}] = listOf(jwt_configuration) as { audience?: string[] }[];
    return audience.length;
  }),
  "route-scopes": each(
    "aws_apigatewayv2_route",
    ({ authorization_scopes }) => listOf(authorization_scopes).length,
  ),
  "table-indexes": each(
    "aws_dynamodb_table",
    ({ global_secondary_index }) => listOf(global_secondary_index).length,
  ),
  "deployment-alarms": each("aws_codedeploy_deployment_group", ({ alarm_configuration }) => {
    const [{ alarms = [] } = {}] = listOf(alarm_configuration) as { alarms?: string[] }[];
    return alarms.length;
  }),
  "machine-definition": each("aws_sfn_state_machine", ({ definition }) => bytes(definition)),
  "function-name": named("aws_lambda_function", "function_name"),
  "role-name": named("aws_iam_role"),
  "bucket-name": named("aws_s3_bucket", "bucket"),
  "pool-domain": named("aws_cognito_user_pool_domain", "domain"),
  "archive-name": named("aws_cloudwatch_event_archive"),
  "schedule-name": named("aws_scheduler_schedule"),
  "rule-name": named("aws_cloudwatch_event_rule"),
  "queue-name": named("aws_sqs_queue"),
  "machine-name": named("aws_sfn_state_machine"),
  "event-bus-name": named("aws_cloudwatch_event_bus"),
};

/** What takes more than AWS gives, as `<thing> has <size> <of what>, of <most>`. */
export const beyond = (plan: readonly Planned[], limits: Limits): string[] =>
  Object.entries(MEASURES).flatMap(([name, measure]) => {
    const limit = limits[name];
    if (!limit) return [`terraform/aws-limits.json has no ${name}`];
    return measure(plan)
      .filter(({ size }) => size > limit.most)
      .map(({ by, size }) => `${by} has ${size} ${limit.of}, of ${limit.most}`);
  });
