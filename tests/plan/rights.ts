// What the provider asks AWS for each type of resource, from its first apply to its last: the
// actions, on what, and why where it is not plain. A type without an entry fails the plan's test.
import type { Planned } from "../support/terraform-plan.ts";
import type { Context, Request } from "./policy-verdict.ts";

/** A plan reads; a deploy reads and changes. */
export type Right = Request & { type: string; phase: "plan" | "deploy"; why?: string };
type After = Planned["after"];
type Asked = Omit<Right, "type">;

const ACCOUNT = "123456789012";
const PLACE = `us-east-1:${ACCOUNT}`;

const asks =
  (phase: Right["phase"]) =>
  (service: string, actions: string, on: string, context: Context = {}, why?: string): Asked[] =>
    actions.split(" ").map((action) => ({
      action: `${service}:${action}`,
      on,
      context,
      phase,
      ...(why === undefined ? {} : { why }),
    }));
const reads = asks("plan");
const makes = asks("deploy");

const arnOf = (service: string, rest: string): string => `arn:aws:${service}:${PLACE}:${rest}`;
const nameOf = (after: After): string => String(after.name);
/** What AWS knows of a thing that carries the provider's default tags. */
const tagged = (workspace: string): Context => ({ "aws:ResourceTag/Workspace": workspace });
const tagging = (workspace: string): Context => ({ "aws:RequestTag/Workspace": workspace });
/** The policy of the bootstrap that bounds a workspace's roles. */
export const boundaryOf = (workspace: string): string =>
  `arn:aws:iam::${ACCOUNT}:policy/contra-boundary-${workspace}`;
/** What AWS knows of a role that is made, or is written to. */
const bounded = (by: unknown): Context => (typeof by === "string" ? { "iam:PermissionsBoundary": by } : {});
const passes = (service: string, role: string): Asked[] =>
  makes("iam", "PassRole", `arn:aws:iam::${ACCOUNT}:role/${role}`, {
    "iam:PassedToService": `${service}.amazonaws.com`,
  });
/** What asks on behalf of the caller, with the caller's rights to the key. */
const via = (service: string): Context => ({ "kms:ViaService": `${service}.us-east-1.amazonaws.com` });
const KEY = arnOf("kms", "key/of-an-id");
const KEY_READS = "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags";
/** What a deploy asks of a key minutes after it was made, when its tag does not count yet. */
export const KEY_RIGHTS: Asked[] = [
  ...asks("deploy")("kms", `${KEY_READS} EnableKeyRotation PutKeyPolicy UpdateKeyDescription`, KEY),
  ...asks("deploy")("kms", "TagResource UntagResource CreateAlias UpdateAlias DeleteAlias", KEY),
];

const TAGS = "ListTagsForResource";
const RETAGS = "TagResource UntagResource";
const DELIVERY = "CreateLogDelivery UpdateLogDelivery DeleteLogDelivery PutResourcePolicy";
const DELIVERY_WHY =
  "Whoever makes what writes an access log makes its delivery, which is no resource in IAM.";

const GATEWAY = "arn:aws:apigateway:us-east-1::";
/** An API and its stages carry tags, the other parts of an API do not. */
const api = (path: string, workspace?: string): Asked[] => {
  const on = `${GATEWAY}/apis${path}`;
  return [
    ...reads("apigateway", "GET", `${on}/of-an-id`),
    ...makes("apigateway", "POST", on, workspace === undefined ? {} : tagging(workspace)),
    ...makes(
      "apigateway",
      "PATCH DELETE",
      `${on}/of-an-id`,
      workspace === undefined ? {} : tagged(workspace),
    ),
  ];
};

const DOMAIN = `${GATEWAY}/domainnames/of-a-name`;
const CERTIFICATE = arnOf("acm", "certificate/of-an-id");
const BACKUP_PLAN = arnOf("backup", "backup-plan:of-an-id");
const POOL = arnOf("cognito-idp", "userpool/of-an-id");

/** By type: everything that is asked for one of it, in the workspace of that name. */
export const RIGHTS: Record<string, (after: After, workspace: string, index: string) => Asked[]> = {
  aws_acm_certificate: (_, workspace) => [
    ...reads("acm", "DescribeCertificate ListTagsForCertificate", CERTIFICATE, tagged(workspace)),
    ...makes("acm", "RequestCertificate", "*", tagging(workspace), "It has no name that IAM could know."),
    ...makes("acm", "AddTagsToCertificate", CERTIFICATE, tagging(workspace)),
    ...makes("acm", "RemoveTagsFromCertificate DeleteCertificate", CERTIFICATE, tagged(workspace)),
  ],
  aws_acm_certificate_validation: (_, workspace) =>
    reads("acm", "DescribeCertificate", CERTIFICATE, tagged(workspace)),
  aws_apigatewayv2_api_mapping: () => [
    ...reads("apigateway", "GET", `${DOMAIN}/apimappings/of-an-id`),
    ...makes("apigateway", "POST", `${DOMAIN}/apimappings`),
    ...makes("apigateway", "PATCH DELETE", `${DOMAIN}/apimappings/of-an-id`),
  ],
  aws_apigatewayv2_domain_name: (_, workspace) => [
    ...reads("apigateway", "GET", DOMAIN),
    ...makes("apigateway", "POST", `${GATEWAY}/domainnames`, tagging(workspace)),
    ...makes("apigateway", "PATCH DELETE", DOMAIN, tagged(workspace)),
  ],
  aws_backup_plan: (_, workspace) => [
    ...reads("backup", "GetBackupPlan ListTags", BACKUP_PLAN, tagged(workspace)),
    ...makes(
      "backup",
      "CreateBackupPlan TagResource",
      "*",
      tagging(workspace),
      "It has no name that IAM could know.",
    ),
    ...makes("backup", "UpdateBackupPlan DeleteBackupPlan UntagResource", BACKUP_PLAN, tagged(workspace)),
  ],
  aws_backup_selection: (_, workspace) => [
    ...reads("backup", "GetBackupSelection", BACKUP_PLAN, tagged(workspace)),
    ...makes("backup", "CreateBackupSelection DeleteBackupSelection", BACKUP_PLAN, tagged(workspace)),
    ...passes("backup", `${workspace}-backup`),
  ],
  aws_backup_vault: (after) => {
    const on = arnOf("backup", `backup-vault:${after.name}`);
    return [
      ...reads("backup", "DescribeBackupVault ListTags ListRecoveryPointsByBackupVault", on),
      ...makes("backup", `CreateBackupVault DeleteBackupVault ${RETAGS}`, on),
      ...makes("backup-storage", "MountCapsule", "*", {}, "AWS takes it on everything only."),
    ];
  },
  aws_backup_vault_lock_configuration: (after) => {
    const on = arnOf("backup", `backup-vault:${after.backup_vault_name}`);
    const why = "Taking it off is refused to a deploy: a person does that.";
    return [
      ...reads("backup", "DescribeBackupVault", on),
      ...makes("backup", "PutBackupVaultLockConfiguration", on, {}, why),
    ];
  },
  aws_budgets_budget: (after) => {
    const on = `arn:aws:budgets::${ACCOUNT}:budget/${after.name}`;
    return [...reads("budgets", `ViewBudget ${TAGS}`, on), ...makes("budgets", `ModifyBudget ${RETAGS}`, on)];
  },
  aws_route53_record: (after) => {
    const on = `arn:aws:route53:::hostedzone/${after.zone_id}`;
    return [
      ...reads("route53", "GetHostedZone ListResourceRecordSets", on),
      ...makes("route53", "ChangeResourceRecordSets", on),
      ...makes("route53", "GetChange", "arn:aws:route53:::change/of-an-id"),
    ];
  },
  aws_apigatewayv2_api: (_, workspace) => [
    ...api("", workspace),
    ...makes("apigateway", "POST PUT TagResource", `${GATEWAY}/tags/of-an-id`, tagging(workspace)),
    ...makes("apigateway", "DELETE UntagResource", `${GATEWAY}/tags/of-an-id`, tagged(workspace)),
  ],
  aws_apigatewayv2_authorizer: () => api("/of-an-id/authorizers"),
  aws_apigatewayv2_integration: () => api("/of-an-id/integrations"),
  aws_apigatewayv2_route: () => api("/of-an-id/routes"),
  aws_apigatewayv2_stage: (_, workspace) => [
    ...api("/of-an-id/stages", workspace),
    ...reads("logs", "GetLogDelivery ListLogDeliveries DescribeLogGroups DescribeResourcePolicies", "*"),
    ...makes("logs", DELIVERY, "*", {}, DELIVERY_WHY),
  ],
  aws_cloudwatch_composite_alarm: (after) => [
    ...reads("cloudwatch", "DescribeAlarms", "*"),
    ...reads("cloudwatch", TAGS, arnOf("cloudwatch", `alarm:${after.alarm_name}`)),
    ...makes("cloudwatch", "PutCompositeAlarm", "*", {}, "AWS takes it on everything only."),
    ...makes("cloudwatch", `DeleteAlarms ${RETAGS}`, arnOf("cloudwatch", `alarm:${after.alarm_name}`)),
  ],
  aws_cloudwatch_dashboard: (after) => {
    const on = `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${after.dashboard_name}`;
    return [
      ...reads("cloudwatch", "GetDashboard", on),
      ...makes("cloudwatch", "PutDashboard DeleteDashboards", on),
    ];
  },
  aws_cloudwatch_event_archive: (after) => {
    const on = arnOf("events", `archive/${after.name}`);
    return [
      ...reads("events", "DescribeArchive", on),
      ...makes("events", "CreateArchive UpdateArchive DeleteArchive", on),
    ];
  },
  aws_cloudwatch_event_bus: (after) => {
    const on = arnOf("events", `event-bus/${after.name}`);
    return [
      ...reads("events", `DescribeEventBus ${TAGS}`, on),
      ...makes("events", `CreateEventBus UpdateEventBus DeleteEventBus ${RETAGS}`, on),
    ];
  },
  aws_cloudwatch_event_bus_policy: (_, workspace, index) => {
    const on = arnOf("events", `event-bus/${workspace}-${index}`);
    return [
      ...reads("events", "DescribeEventBus", on),
      ...makes("events", "PutPermission RemovePermission", on),
    ];
  },
  aws_cloudwatch_event_rule: (after) => {
    const on = ruleOf(after, nameOf(after));
    return [
      ...reads("events", `DescribeRule ${TAGS}`, on),
      ...makes("events", `PutRule DeleteRule ${RETAGS}`, on),
    ];
  },
  aws_cloudwatch_event_target: (after) => {
    const on = ruleOf(after, String(after.rule));
    return [...reads("events", "ListTargetsByRule", on), ...makes("events", "PutTargets RemoveTargets", on)];
  },
  aws_cloudwatch_log_group: (after) => {
    const on = arnOf("logs", `log-group:${after.name}`);
    return [
      ...reads("logs", "DescribeLogGroups", "*"),
      ...reads("logs", TAGS, on),
      ...makes(
        "logs",
        `CreateLogGroup PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey DeleteLogGroup ${RETAGS}`,
        on,
      ),
    ];
  },
  aws_cloudwatch_metric_alarm: (after) => {
    const on = arnOf("cloudwatch", `alarm:${after.alarm_name}`);
    return [
      ...reads("cloudwatch", `DescribeAlarms ${TAGS}`, on),
      ...makes("cloudwatch", `PutMetricAlarm DeleteAlarms ${RETAGS}`, on),
    ];
  },
  aws_cloudwatch_query_definition: () => [
    ...reads("logs", "DescribeQueryDefinitions", "*"),
    ...makes(
      "logs",
      "PutQueryDefinition DeleteQueryDefinition",
      "*",
      {},
      "A saved query is no resource in IAM.",
    ),
  ],
  aws_codedeploy_app: (after) => {
    const on = arnOf("codedeploy", `application:${after.name}`);
    return [
      ...reads("codedeploy", `GetApplication ${TAGS}`, on),
      ...makes("codedeploy", `CreateApplication UpdateApplication DeleteApplication ${RETAGS}`, on),
      ...makes("codedeploy", "RegisterApplicationRevision GetApplicationRevision", on),
    ];
  },
  aws_codedeploy_deployment_group: (after, workspace) => {
    const on = arnOf("codedeploy", `deploymentgroup:${after.app_name}/${after.deployment_group_name}`);
    return [
      ...reads("codedeploy", `GetDeploymentGroup ${TAGS}`, on),
      ...makes(
        "codedeploy",
        `CreateDeploymentGroup UpdateDeploymentGroup DeleteDeploymentGroup ${RETAGS}`,
        on,
      ),
      ...makes("codedeploy", "CreateDeployment GetDeployment StopDeployment ListDeployments", on),
      ...makes("codedeploy", "GetDeploymentConfig", arnOf("codedeploy", "deploymentconfig:of-aws")),
      ...passes("codedeploy", `${workspace}-canary`),
    ];
  },
  aws_cognito_resource_server: (_, workspace) => [
    ...reads("cognito-idp", "DescribeResourceServer", POOL, tagged(workspace)),
    ...makes(
      "cognito-idp",
      "CreateResourceServer UpdateResourceServer DeleteResourceServer",
      POOL,
      tagged(workspace),
    ),
  ],
  aws_cognito_user_pool: (_, workspace) => [
    ...reads("cognito-idp", "DescribeUserPool GetUserPoolMfaConfig", POOL, tagged(workspace)),
    ...makes("cognito-idp", "CreateUserPool", "*", tagging(workspace), "It has no name that IAM could know."),
    ...makes(
      "cognito-idp",
      `UpdateUserPool SetUserPoolMfaConfig DeleteUserPool ${RETAGS}`,
      POOL,
      tagged(workspace),
    ),
  ],
  aws_cognito_user_pool_client: (_, workspace) => [
    ...reads("cognito-idp", "DescribeUserPoolClient", POOL, tagged(workspace)),
    ...makes(
      "cognito-idp",
      "CreateUserPoolClient UpdateUserPoolClient DeleteUserPoolClient",
      POOL,
      tagged(workspace),
    ),
  ],
  aws_cognito_user_pool_domain: (_, workspace) => [
    ...reads("cognito-idp", "DescribeUserPoolDomain", "*"),
    ...makes(
      "cognito-idp",
      "CreateUserPoolDomain UpdateUserPoolDomain DeleteUserPoolDomain",
      POOL,
      tagged(workspace),
    ),
  ],
  aws_dynamodb_table: (after) => {
    const on = arnOf("dynamodb", `table/${after.name}`);
    return [
      ...reads(
        "dynamodb",
        "DescribeTable DescribeTimeToLive DescribeContinuousBackups ListTagsOfResource",
        on,
      ),
      ...makes(
        "dynamodb",
        `CreateTable UpdateTable DeleteTable UpdateTimeToLive UpdateContinuousBackups ${RETAGS}`,
        on,
      ),
      ...makes(
        "kms",
        "CreateGrant Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo",
        KEY,
        via("dynamodb"),
        "DynamoDB takes the key with the rights of whoever makes the table. The key's tag does not count yet.",
      ),
    ];
  },
  aws_iam_role: (after) => {
    const on = `arn:aws:iam::${ACCOUNT}:role/${after.name}`;
    return [
      ...reads("iam", "GetRole ListRolePolicies ListAttachedRolePolicies", on),
      ...makes("iam", "CreateRole PutRolePermissionsBoundary", on, bounded(after.permissions_boundary)),
      ...makes(
        "iam",
        "UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy ListInstanceProfilesForRole DeleteRole TagRole UntagRole",
        on,
      ),
    ];
  },
  aws_iam_role_policy: (_, workspace) => {
    const on = `arn:aws:iam::${ACCOUNT}:role/${workspace}-of-a-name`;
    return [
      ...reads("iam", "GetRolePolicy", on),
      ...makes("iam", "PutRolePolicy DeleteRolePolicy", on, bounded(boundaryOf(workspace))),
    ];
  },
  aws_kms_alias: (after) => [
    ...reads("kms", "ListAliases", "*"),
    ...makes("kms", "CreateAlias UpdateAlias DeleteAlias", arnOf("kms", String(after.name))),
  ],
  aws_kms_key: (_, workspace) => [
    ...reads("kms", KEY_READS, KEY, tagged(workspace)),
    ...makes("kms", "CreateKey", "*", tagging(workspace), "It has no name that IAM could know."),
    ...makes(
      "kms",
      "TagResource",
      KEY,
      tagging(workspace),
      "A key is made with its tags, and has none before.",
    ),
    ...makes(
      "kms",
      "EnableKeyRotation PutKeyPolicy UpdateKeyDescription UntagResource",
      KEY,
      tagged(workspace),
      "The policy of an older key does not know who deploys.",
    ),
  ],
  aws_lambda_alias: (after) => {
    const on = arnOf("lambda", `function:${after.function_name}`);
    return [
      ...reads("lambda", "GetAlias", on),
      ...makes("lambda", "CreateAlias UpdateAlias DeleteAlias", on),
    ];
  },
  aws_lambda_event_source_mapping: (_, workspace, index) => {
    const on = arnOf("lambda", "event-source-mapping:of-an-id");
    const feeds = { "lambda:FunctionArn": arnOf("lambda", `function:${workspace}-${index}:live`) };
    const why = "It has no name that IAM could know. The default tags are set on it too.";
    return [
      ...reads("lambda", "GetEventSourceMapping ListTags", on),
      ...makes("lambda", "CreateEventSourceMapping", "*", { ...feeds, ...tagging(workspace) }),
      ...makes("lambda", "UpdateEventSourceMapping DeleteEventSourceMapping", on, feeds),
      ...makes("lambda", "TagResource", on, tagging(workspace), why),
      ...makes("lambda", "TagResource UntagResource", on, tagged(workspace), why),
    ];
  },
  aws_lambda_function: (after) => {
    const on = arnOf("lambda", `function:${after.function_name}`);
    return [
      ...reads("lambda", "GetFunction GetFunctionCodeSigningConfig ListVersionsByFunction ListTags", on),
      ...makes(
        "lambda",
        `CreateFunction UpdateFunctionCode UpdateFunctionConfiguration PublishVersion GetFunctionConfiguration DeleteFunction ${RETAGS}`,
        on,
      ),
      ...makes("lambda", "PutFunctionConcurrency DeleteFunctionConcurrency", on),
      ...makes("lambda", "GetFunctionConfiguration", `${on}:1`),
      ...makes(
        "s3",
        "GetObject",
        `arn:aws:s3:::${after.s3_bucket}/${after.s3_key}`,
        {},
        "Lambda takes the code with the rights of whoever deploys it.",
      ),
      ...passes("lambda", String(after.function_name)),
    ];
  },
  aws_lambda_function_event_invoke_config: (after) => {
    const on = arnOf("lambda", `function:${after.function_name}:${after.qualifier}`);
    return [
      ...reads("lambda", "GetFunctionEventInvokeConfig", on),
      ...makes(
        "lambda",
        "PutFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig",
        on,
      ),
    ];
  },
  aws_lambda_function_recursion_config: (after) => {
    const on = arnOf("lambda", `function:${after.function_name}`);
    return [
      ...reads("lambda", "GetFunctionRecursionConfig", on),
      ...makes("lambda", "PutFunctionRecursionConfig", on),
    ];
  },
  aws_lambda_permission: (after) => {
    const on = arnOf("lambda", `function:${after.function_name}:${after.qualifier}`);
    return [...reads("lambda", "GetPolicy", on), ...makes("lambda", "AddPermission RemovePermission", on)];
  },
  aws_lambda_provisioned_concurrency_config: (after) => {
    const on = arnOf("lambda", `function:${after.function_name}:${after.qualifier}`);
    return [
      ...reads("lambda", "GetProvisionedConcurrencyConfig", on),
      ...makes("lambda", "PutProvisionedConcurrencyConfig DeleteProvisionedConcurrencyConfig", on),
    ];
  },
  aws_s3_bucket: (after) => {
    const on = `arn:aws:s3:::${after.bucket}`;
    return [
      ...reads(
        "s3",
        "ListBucket GetBucketLocation GetBucketPolicy GetBucketAcl GetBucketCORS GetBucketWebsite GetBucketVersioning GetAccelerateConfiguration GetBucketRequestPayment GetBucketLogging GetLifecycleConfiguration GetReplicationConfiguration GetEncryptionConfiguration GetBucketObjectLockConfiguration GetBucketTagging",
        on,
      ),
      ...makes("s3", "CreateBucket DeleteBucket PutBucketTagging ListBucketVersions", on),
      ...makes("s3", "DeleteObjectVersion", `${on}/any`),
    ];
  },
  aws_s3_bucket_lifecycle_configuration: (after) => {
    const on = `arn:aws:s3:::${after.bucket}`;
    return [...reads("s3", "GetLifecycleConfiguration", on), ...makes("s3", "PutLifecycleConfiguration", on)];
  },
  aws_s3_bucket_policy: (after) => {
    const on = `arn:aws:s3:::${after.bucket}`;
    return [...reads("s3", "GetBucketPolicy", on), ...makes("s3", "PutBucketPolicy DeleteBucketPolicy", on)];
  },
  aws_s3_bucket_versioning: (after) => {
    const on = `arn:aws:s3:::${after.bucket}`;
    return [...reads("s3", "GetBucketVersioning", on), ...makes("s3", "PutBucketVersioning", on)];
  },
  aws_s3_bucket_public_access_block: (after) => {
    const on = `arn:aws:s3:::${after.bucket}`;
    return [
      ...reads("s3", "GetBucketPublicAccessBlock", on),
      ...makes("s3", "PutBucketPublicAccessBlock", on),
    ];
  },
  aws_s3_object: (after) => {
    const on = `arn:aws:s3:::${after.bucket}/${after.key}`;
    return [
      ...reads("s3", "GetObject GetObjectTagging", on),
      ...makes("s3", "PutObject PutObjectTagging DeleteObject", on),
    ];
  },
  aws_scheduler_schedule: (after, workspace, index) => {
    const on = arnOf("scheduler", `schedule/default/${after.name}`);
    return [
      ...reads("scheduler", "GetSchedule", on),
      ...makes("scheduler", "CreateSchedule UpdateSchedule DeleteSchedule", on),
      ...passes("scheduler", `${workspace}-schedule-${index}`),
    ];
  },
  aws_secretsmanager_secret: (after) => {
    const on = arnOf("secretsmanager", `secret:${after.name}-AbCdEf`);
    return [
      ...reads("secretsmanager", "DescribeSecret GetResourcePolicy", on),
      ...makes("secretsmanager", `CreateSecret UpdateSecret DeleteSecret ${RETAGS}`, on),
    ];
  },
  aws_secretsmanager_secret_version: (_, workspace, index) => {
    const on = arnOf("secretsmanager", `secret:${workspace}-provider/${index}-AbCdEf`);
    return [
      ...reads("secretsmanager", "DescribeSecret GetSecretValue", on),
      ...reads(
        "secretsmanager",
        "GetRandomPassword",
        "*",
        {},
        "AWS makes what a stack's own sandbox is called with.",
      ),
      ...makes("secretsmanager", "PutSecretValue UpdateSecretVersionStage", on),
      ...makes(
        "kms",
        "Decrypt GenerateDataKey",
        KEY,
        via("secretsmanager"),
        "Secrets Manager takes the key with the rights of whoever writes. The key's tag does not count yet.",
      ),
    ];
  },
  aws_sfn_alias: (_, workspace, index) => {
    const on = arnOf("states", `stateMachine:${workspace}-${index}:live`);
    return [
      ...reads("states", "DescribeStateMachineAlias", on),
      ...makes("states", "CreateStateMachineAlias UpdateStateMachineAlias DeleteStateMachineAlias", on),
    ];
  },
  aws_sfn_state_machine: (after, workspace, index) => {
    const on = arnOf("states", `stateMachine:${after.name}`);
    return [
      ...reads("states", `DescribeStateMachine ListStateMachineVersions ${TAGS}`, on),
      ...reads("states", "ValidateStateMachineDefinition", "*"),
      ...makes(
        "states",
        `CreateStateMachine UpdateStateMachine PublishStateMachineVersion DeleteStateMachine ${RETAGS}`,
        on,
      ),
      ...makes("states", "DeleteStateMachineVersion", `${on}:1`),
      ...makes("logs", DELIVERY, "*", {}, DELIVERY_WHY),
      ...passes("states", `${workspace}-machine-${index}`),
    ];
  },
  aws_sns_topic: (after) => {
    const on = arnOf("sns", nameOf(after));
    return [
      ...reads("sns", `GetTopicAttributes ${TAGS}`, on),
      ...makes("sns", `CreateTopic SetTopicAttributes DeleteTopic ${RETAGS}`, on),
    ];
  },
  aws_sns_topic_policy: (_, workspace, index) => {
    const on = arnOf("sns", `${workspace}-${index}`);
    return [...reads("sns", "GetTopicAttributes", on), ...makes("sns", "SetTopicAttributes", on)];
  },
  aws_sns_topic_subscription: (_, workspace, index) => {
    const on = arnOf("sns", `${workspace}-${index.split(" ")[0]}`);
    return [
      ...reads("sns", "GetSubscriptionAttributes", `${on}:of-an-id`),
      ...makes("sns", "Subscribe", on),
      ...makes("sns", "SetSubscriptionAttributes Unsubscribe", `${on}:of-an-id`),
    ];
  },
  aws_sqs_queue: (after) => {
    const on = arnOf("sqs", nameOf(after));
    return [
      ...reads("sqs", "GetQueueAttributes ListQueueTags", on),
      ...makes("sqs", "CreateQueue SetQueueAttributes GetQueueUrl DeleteQueue TagQueue UntagQueue", on),
    ];
  },
  aws_ssm_parameter: (after) => {
    const on = arnOf("ssm", `parameter${after.name}`);
    return [
      ...reads("ssm", "DescribeParameters", "*"),
      ...reads("ssm", `GetParameter GetParameters ${TAGS}`, on),
      ...makes("ssm", "PutParameter DeleteParameter AddTagsToResource RemoveTagsFromResource", on),
    ];
  },
};

/** A rule of the account's own bus has no bus in its ARN. */
function ruleOf(after: After, rule: string): string {
  const bus = String(after.event_bus_name ?? "default");
  return arnOf("events", bus === "default" ? `rule/${rule}` : `rule/${bus}/${rule}`);
}

/**
 * What Terraform asks for itself: its states are listed, one is read, locked and written. An
 * initialization reads the one of no workspace: refused, where nobody may read it.
 */
export function stateRights(workspace: string): Right[] {
  const on = `arn:aws:s3:::states/env:/${workspace}/contra.tfstate`;
  return [
    ...reads("s3", "ListBucket", "arn:aws:s3:::states"),
    ...reads("s3", "GetObject", "arn:aws:s3:::states/contra.tfstate"),
    ...reads("s3", "GetObject", on),
    ...reads("s3", "GetObject PutObject DeleteObject", `${on}.tflock`),
    ...makes("s3", "PutObject", on),
  ].map((right) => ({ ...right, type: "the state" }));
}

/** What scripts/deploy/account-port.ts asks before anything is created. */
export function accountRights(workspace: string): Right[] {
  return [
    ...reads("iam", "ListOpenIDConnectProviders", "*"),
    ...reads("lambda", "GetAccountSettings", "*"),
    ...reads("lambda", "GetFunctionConcurrency", arnOf("lambda", `function:${workspace}-of-a-name`)),
    ...reads("servicequotas", "ListServiceQuotas ListAWSDefaultServiceQuotas", "*"),
  ].map((right) => ({ ...right, type: "the account" }));
}

/** The rights of the first resource of each type, of several workspaces' plans together. */
export function examples(plans: ReadonlyMap<string, readonly Planned[]>): Right[] {
  const first = new Map<string, Right[]>();
  for (const [workspace, plan] of plans) {
    for (const one of plan) if (!first.has(one.type)) first.set(one.type, rightsOf([one], workspace));
  }
  return [...first.values()].flat();
}

/** Everything that a plan's resources ask for. Throws at a type that nobody has looked up. */
export function rightsOf(plan: readonly Planned[], workspace: string): Right[] {
  return plan.flatMap(({ type, after, address, index = "" }) => {
    const rights = RIGHTS[type];
    if (!rights)
      throw new Error(`${address}: nobody said which rights a ${type} takes (tests/plan/rights.ts)`);
    return rights(after, workspace, String(index)).map((right) => ({ ...right, type }));
  });
}
