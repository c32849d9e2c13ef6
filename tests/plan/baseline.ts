// What every plan keeps to, whatever it is made of: rules that scanners of Terraform have as well,
// over what is really planned. Each returns complaints, as sentences.
import type { Planned } from "../support/terraform-plan.ts";

type After = Planned["after"];
type Rule = {
  /** The types that it is about; a plan without one of them breaks no rule and proves none. */
  types: readonly string[];
  /** What is wrong with one of them; undefined where nothing is. */
  wrong: (after: After, one: Planned) => string | undefined;
  /** What makes one of them wrong. */
  spoil: (after: After) => void;
};

const isKey = (value: unknown): boolean => /^arn:[\w-]+:kms:/.test(String(value));
const first = (value: unknown): After => (Array.isArray(value) ? ((value[0] ?? {}) as After) : {});
const unless = (holds: boolean, sentence: string): string | undefined => (holds ? undefined : sentence);

export const BASELINE: Record<string, Rule> = {
  "tables are encrypted with a key of ours": {
    types: ["aws_dynamodb_table"],
    wrong: ({ server_side_encryption }) =>
      unless(isKey(first(server_side_encryption).kms_key_arn), "has no key of ours"),
    spoil: (after) => Object.assign(after, { server_side_encryption: [] }),
  },
  "tables can be restored": {
    types: ["aws_dynamodb_table"],
    wrong: ({ point_in_time_recovery }) =>
      unless(first(point_in_time_recovery).enabled === true, "cannot be restored"),
    spoil: (after) => Object.assign(after, { point_in_time_recovery: [{ enabled: false }] }),
  },
  "queues and topics are encrypted with a key of ours": {
    types: ["aws_sqs_queue", "aws_sns_topic"],
    wrong: ({ kms_master_key_id }) => unless(isKey(kms_master_key_id), "has no key of ours"),
    spoil: (after) => Object.assign(after, { kms_master_key_id: "alias/aws/sqs" }),
  },
  "logs and secrets are encrypted with a key of ours": {
    types: ["aws_cloudwatch_log_group", "aws_secretsmanager_secret"],
    wrong: ({ kms_key_id }) => unless(isKey(kms_key_id), "has no key of ours"),
    spoil: (after) => Object.assign(after, { kms_key_id: null }),
  },
  "logs are not kept for ever": {
    types: ["aws_cloudwatch_log_group"],
    wrong: ({ retention_in_days }) => unless(Number(retention_in_days) > 0, "keeps its lines for ever"),
    spoil: (after) => Object.assign(after, { retention_in_days: 0 }),
  },
  "keys are rotated": {
    types: ["aws_kms_key"],
    wrong: ({ enable_key_rotation }) => unless(enable_key_rotation === true, "is never rotated"),
    spoil: (after) => Object.assign(after, { enable_key_rotation: false }),
  },
  "nothing in a bucket is public": {
    types: ["aws_s3_bucket_public_access_block"],
    wrong: (after) =>
      unless(
        ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].every(
          (name) => after[name] === true,
        ),
        "lets the public in",
      ),
    spoil: (after) => Object.assign(after, { block_public_policy: false }),
  },
  "whoever may invoke a function is a service with its source": {
    types: ["aws_lambda_permission"],
    wrong: ({ principal, source_arn }, { unknown }) =>
      unless(
        String(principal).endsWith(".amazonaws.com") &&
          (Boolean(source_arn) || unknown.includes("source_arn")),
        "lets in more than one caller",
      ),
    spoil: (after) => Object.assign(after, { source_arn: null }),
  },
  "an API writes down each request": {
    types: ["aws_apigatewayv2_stage"],
    wrong: ({ access_log_settings }) =>
      unless(String(first(access_log_settings).format).includes("$context.requestId"), "has no access log"),
    spoil: (after) => Object.assign(after, { access_log_settings: [] }),
  },
  "an API is throttled": {
    types: ["aws_apigatewayv2_stage"],
    wrong: ({ default_route_settings }) =>
      unless(Number(first(default_route_settings).throttling_rate_limit) > 0, "lets in everything"),
    spoil: (after) => Object.assign(after, { default_route_settings: [] }),
  },
  "functions and machines are traced": {
    types: ["aws_lambda_function", "aws_sfn_state_machine"],
    wrong: ({ tracing_config, tracing_configuration }) =>
      unless(
        first(tracing_config).mode === "Active" || first(tracing_configuration).enabled === true,
        "is not traced",
      ),
    spoil: (after) => Object.assign(after, { tracing_config: [], tracing_configuration: [] }),
  },
  "machines log, and never what they are given": {
    types: ["aws_sfn_state_machine"],
    wrong: ({ logging_configuration }) => {
      const { level, include_execution_data } = first(logging_configuration);
      return unless(level !== "OFF" && include_execution_data === false, "logs nothing, or payments");
    },
    spoil: (after) =>
      Object.assign(after, { logging_configuration: [{ level: "ALL", include_execution_data: true }] }),
  },
  "providers and issuers are reached by TLS": {
    types: ["aws_lambda_function"],
    wrong: ({ environment }) => {
      const { variables = {} } = first(environment) as { variables?: Record<string, string> };
      return unless(
        !Object.values(variables).some((value) => value.startsWith("http:")),
        "calls without TLS",
      );
    },
    spoil: (after) =>
      Object.assign(after, { environment: [{ variables: { CONTRA_API_URL: "http://a.example" } }] }),
  },
};

/** Ways in that no rule above could bound. */
const REFUSED = ["aws_lambda_function_url", "aws_iam_user", "aws_iam_access_key", "aws_s3_bucket_acl"];

export const complaints = (plan: readonly Planned[]): string[] => [
  ...plan.filter(({ type }) => REFUSED.includes(type)).map(({ address }) => `${address} is a way in`),
  ...plan.flatMap((one) =>
    Object.values(BASELINE)
      .filter(({ types }) => types.includes(one.type))
      .flatMap(({ wrong }) => {
        const sentence = wrong(one.after, one);
        return sentence ? [`${one.address} ${sentence}`] : [];
      }),
  ),
];
