// The walls around a workspace: what its own roles ask of their boundary, how somebody would climb
// out, and what a deploy reaches beyond its workspace, with the reason.
import type { Statement } from "../iam-analysis/index.ts";
import { policiesIn } from "../iam-analysis/index.ts";
import type { Planned } from "../support/terraform-plan.ts";
import type { Request } from "./policy-verdict.ts";
import { boundaryOf } from "./rights.ts";

const ACCOUNT = "123456789012";
const arnOf = (service: string, rest: string): string => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;
const iam = (rest: string): string => `arn:aws:iam::${ACCOUNT}:${rest}`;

/** Whoever keeps what a role touches asks for the key on the role's behalf. */
const KEY_SERVICES = ["dynamodb", "secretsmanager", "sqs"];

/** Everything that the policies of a plan's own roles say, as requests. */
export function askedByRoles(plan: readonly Planned[]): Request[] {
  const own = policiesIn(plan).filter(({ address }) => address.startsWith("aws_iam_role_policy."));
  const said = own.flatMap(({ statements }) => statements);
  return said.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) =>
      Resource.flatMap((on) => contextsOf(action).map((context) => ({ action, on, context }))),
    ),
  );
}

const contextsOf = (action: string): Request["context"][] =>
  action.startsWith("kms:")
    ? KEY_SERVICES.map((service) => ({ "kms:ViaService": `${service}.us-east-1.amazonaws.com` }))
    : [{}];

/** What nobody may do who deploys this workspace, by any of its rights. */
export function climbsOut(workspace: string): Request[] {
  const own = iam(`role/${workspace}-accept-payment`);
  const deploys = iam(`role/contra-deploy-${workspace}`);
  const wall = boundaryOf(workspace);
  const bare = (action: string, on: string): Request => ({ action, on, context: {} });
  const by = (action: string, on: string, boundary: string): Request => ({
    action,
    on,
    context: { "iam:PermissionsBoundary": boundary },
  });
  const others = { "aws:ResourceTag/Workspace": "other" };
  return [
    ...["CreateRole", "PutRolePolicy", "DeleteRolePolicy"].map((name) => bare(`iam:${name}`, own)),
    by("iam:CreateRole", own, boundaryOf("other")),
    by("iam:PutRolePermissionsBoundary", own, iam("policy/of-my-own")),
    by("iam:DeleteRolePermissionsBoundary", own, wall),
    by("iam:AttachRolePolicy", own, wall),
    ...["PutRolePolicy", "PutRolePermissionsBoundary", "CreateRole"].map((name) =>
      by(`iam:${name}`, deploys, wall),
    ),
    ...["UpdateAssumeRolePolicy", "AttachRolePolicy", "PassRole"].map((name) => bare(`iam:${name}`, deploys)),
    ...["CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicy"].flatMap((name) =>
      [wall, iam(`policy/contra-write-${workspace}`)].map((on) => bare(`iam:${name}`, on)),
    ),
    bare("backup:DeleteBackupVaultLockConfiguration", arnOf("backup", `backup-vault:${workspace}-tables`)),
    bare("backup:DeleteRecoveryPoint", arnOf("backup", "recovery-point:of-an-id")),
    bare("iam:CreateUser", iam("user/mallory")),
    bare("iam:CreateAccessKey", iam("user/mallory")),
    bare("sts:AssumeRole", iam("role/admin")),
    bare("iam:PutRolePolicy", iam("role/other-accept-payment")),
    bare("dynamodb:DeleteTable", arnOf("dynamodb", "table/other-payments")),
    bare("dynamodb:GetItem", arnOf("dynamodb", `table/${workspace}-payments`)),
    bare("lambda:UpdateFunctionCode", arnOf("lambda", "function:other-accept-payment")),
    bare("lambda:InvokeFunction", arnOf("lambda", `function:${workspace}-accept-payment`)),
    bare("s3:GetObject", "arn:aws:s3:::states/env:/other/contra.tfstate"),
    { action: "apigateway:PATCH", on: "arn:aws:apigateway:us-east-1::/apis/of-an-id", context: others },
    {
      action: "apigateway:DELETE",
      on: "arn:aws:apigateway:us-east-1::/apis/of-an-id/stages/prod",
      context: others,
    },
    { action: "kms:PutKeyPolicy", on: arnOf("kms", "key/of-an-id"), context: others },
  ];
}

/** What a role does that was given everything: its boundary alone stands in the way. */
export const beyondTheWall = (workspace: string): Request[] =>
  [
    ["iam:CreateRole", iam(`role/${workspace}-new`)],
    ["iam:PassRole", iam(`role/${workspace}-accept-payment`)],
    ["sts:AssumeRole", iam("role/admin")],
    ["dynamodb:GetItem", arnOf("dynamodb", "table/other-payments")],
    ["dynamodb:DeleteTable", arnOf("dynamodb", `table/${workspace}-payments`)],
    ["secretsmanager:GetSecretValue", arnOf("secretsmanager", "secret:other-provider/card-AbCdEf")],
    ["lambda:InvokeFunction", arnOf("lambda", "function:other-accept-payment:live")],
    ["lambda:UpdateFunctionCode", arnOf("lambda", `function:${workspace}-accept-payment`)],
    ["s3:GetObject", `arn:aws:s3:::states/env:/${workspace}/contra.tfstate`],
    ["kms:Decrypt", arnOf("kms", "key/of-an-id")],
    ["states:StartExecution", arnOf("states", "stateMachine:other-card-payment")],
  ].map(([action = "", on = ""]) => ({ action, on, context: {} }));

/** A statement names resources of several services: an action means those of its own. */
const isOf = (action: string, on: string): boolean => on === "*" || on.split(":")[2] === action.split(":")[0];

/** Rights that no workspace bounds, neither by name nor by tag: `<action> on <resource>`. */
export function beyondWorkspace(statements: readonly Statement[], workspace: string): string[] {
  const names = new RegExp(`(^|[^a-z0-9-])${workspace}([^a-z0-9]|$)`);
  const isOpen = ({ Effect, Condition }: Statement): boolean =>
    Effect === "Allow" && !names.test(JSON.stringify(Condition ?? {}));
  return statements
    .filter(isOpen)
    .flatMap(({ Action, Resource }) =>
      Resource.filter((on) => !names.test(on)).flatMap((on) =>
        Action.filter((action) => isOf(action, on)).map((action) => `${action} on ${on}`),
      ),
    );
}

/** Why, by what it is that reaches so far. Each is needed, and nothing reaches further. */
export const WHY_BEYOND: { rights: RegExp; why: string }[] = [
  {
    rights: /^apigateway:GET on .*\/(apis|domainnames)\/\*$/,
    why: "An API's id is of AWS's making. It is only read, also when its tag is gone.",
  },
  {
    rights:
      /^apigateway:(POST|PATCH|DELETE) on .*\/\*\/(apimappings|authorizers|integrations|routes)(\/\*)?$/,
    why: "These parts of an HTTP API carry no tag. An API, its stages and its domain are told by theirs.",
  },
  {
    rights: /^codedeploy:.* on .*:deploymentconfig:\*$/,
    why: "AWS's own deployment configurations are used. Nothing else is one.",
  },
  {
    rights: /^(backup-storage:MountCapsule|cloudwatch:(DescribeAlarms|PutCompositeAlarm)) on \*$/,
    why: "AWS takes them on everything only.",
  },
  {
    rights: /^logs:[A-Za-z]+ on \*$/,
    why: "Log deliveries, the account's log policies and saved queries are no resources in IAM.",
  },
  {
    rights: /^lambda:(GetEventSourceMapping|ListTags) on \*$/,
    why: "A mapping has an id of AWS's making. It is only read.",
  },
  {
    rights: /^(iam:ListOpenIDConnectProviders|lambda:GetAccountSettings|servicequotas:.*) on \*$/,
    why: "What the account has is read before anything is made in it.",
  },
  {
    rights:
      /^(cognito-idp:DescribeUserPoolDomain|kms:ListAliases|ssm:DescribeParameters|states:ValidateStateMachineDefinition) on \*$/,
    why: "It is asked of no resource.",
  },
  {
    rights: /^kms:(CreateGrant|Decrypt|Encrypt|GenerateDataKey\*|ReEncrypt\*) on \*$/,
    why: "A new key's tag does not count yet. Only services of the workspace's own resources ask with it.",
  },
  {
    rights: /^route53:[A-Za-z]+ on arn:aws:route53:::(hostedzone\/Z[A-Z0-9]+|change\/\*)$/,
    why: "A zone that the account's administrator gives to deploys (`hosted_zone_id`), as a whole.",
  },
  {
    rights: /^secretsmanager:GetRandomPassword on \*$/,
    why: "It makes a password and keeps none.",
  },
  {
    rights: /^s3:(ListBucket on arn:aws:s3:::states|GetObject on arn:aws:s3:::states\/contra\.tfstate)$/,
    why: "Terraform lists the states to find its own, and reads the one of no workspace, which is never there.",
  },
];

/** Rights without a reason, and reasons without a right. */
export function unreasoned(rights: readonly string[]): string[] {
  return [
    ...rights.filter((right) => !WHY_BEYOND.some(({ rights: known }) => known.test(right))),
    ...WHY_BEYOND.filter(({ rights: known }) => !rights.some((right) => known.test(right))).map(
      ({ why }) => `for nothing: ${why}`,
    ),
  ];
}
