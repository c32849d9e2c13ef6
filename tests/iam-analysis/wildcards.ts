// The wildcards that policies hold because AWS leaves no other way, each with the reason. A policy
// with any other one fails the check of the plan, and so does an entry here that no policy needs.
import type { Policy } from "./policies.ts";

type Wildcard = { actions: readonly string[]; resource: RegExp; reason: string };

export const WILDCARDS: readonly Wildcard[] = [
  {
    actions: [
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
    ],
    resource: /^\*$/,
    reason: "Traces and sampling rules are no resources in IAM.",
  },
  {
    actions: [
      "logs:CreateLogDelivery",
      "logs:GetLogDelivery",
      "logs:UpdateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:DescribeResourcePolicies",
      "logs:DescribeLogGroups",
    ],
    resource: /^\*$/,
    reason: "Log deliveries, which Step Functions makes for itself, are no resources in IAM.",
  },
  {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resource: /:log-group:\/aws\/lambda\/[a-z0-9-]+:\*$/,
    reason: "Log streams are named by Lambda, one for each environment, within the function's own group.",
  },
  {
    actions: ["states:DescribeExecution", "states:GetExecutionHistory", "states:RedriveExecution"],
    resource: /:execution:[a-z0-9-]+:\*$/,
    reason: "Executions are named after payments; the machine is named.",
  },
  {
    actions: [
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
    ],
    resource: /:table\/[a-z0-9-]+\/stream\/\*$/,
    reason: "A stream's own name is the time of its creation; the table is named.",
  },
  {
    actions: ["ssm:GetParametersByPath"],
    resource: /:parameter\/[a-z0-9-]+switches\/\*$/,
    reason: "A read by path is authorized on what lies below the path as well.",
  },
  {
    actions: ["secretsmanager:GetSecretValue"],
    resource: /:secret:[a-z0-9-]+\/[a-z0-9-]+-\?{6}$/,
    reason: "Behind a secret's name stand six characters that nobody knows before it is made.",
  },
];

type Found = { policy: Policy; actions: string[]; resource: string };

/** In a key's own policy the wildcard is the key: KMS knows no other way to say it. */
const isItself = ({ address }: Policy, resource: string): boolean =>
  resource === "*" && address.startsWith("aws_kms_key.");

/** What a policy allows on more than one resource. */
function wildcardsIn(policies: readonly Policy[]): Found[] {
  return policies.flatMap((policy) =>
    policy.statements
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap((statement) =>
        statement.Resource.filter((resource) => /[*?]/.test(resource) && !isItself(policy, resource)).map(
          (resource) => ({
            policy,
            actions: statement.Action,
            resource,
          }),
        ),
      ),
  );
}

const covers = ({ actions, resource }: Wildcard, action: string, found: string): boolean =>
  actions.includes(action) && resource.test(found);

/** Wildcards that no entry explains, as sentences. */
export const unexplained = (policies: readonly Policy[]): string[] =>
  wildcardsIn(policies).flatMap(({ policy, actions, resource }) =>
    actions
      .filter((action) => !WILDCARDS.some((one) => covers(one, action, resource)))
      .map((action) => `${policy.address} allows ${action} on ${resource}`),
  );

/** Actions of entries that no policy needs. */
export function idle(policies: readonly Policy[], entries: readonly Wildcard[] = WILDCARDS): string[] {
  const found = wildcardsIn(policies);
  return entries.flatMap((entry) =>
    entry.actions.filter(
      (action) =>
        !found.some(({ actions, resource }) => actions.includes(action) && covers(entry, action, resource)),
    ),
  );
}
