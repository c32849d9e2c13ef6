// Everything of ours that an account holds, asked of each service itself and not of Terraform's
// state. A kind that the root builds and that is missing here would never be seen to be left
// behind: the step that destroys compares both.
import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchClient, paginateDescribeAlarms, paginateListDashboards } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { CodeDeployClient, paginateListApplications } from "@aws-sdk/client-codedeploy";
import {
  CognitoIdentityProviderClient,
  paginateListUserPools,
} from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import {
  EventBridgeClient,
  ListArchivesCommand,
  ListEventBusesCommand,
  ListRulesCommand,
} from "@aws-sdk/client-eventbridge";
import { IAMClient, paginateListRoles } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient, paginateListAliases, paginateListKeys } from "@aws-sdk/client-kms";
import { LambdaClient, paginateListEventSourceMappings, paginateListFunctions } from "@aws-sdk/client-lambda";
import { paginateListBuckets, S3Client } from "@aws-sdk/client-s3";
import { paginateListSchedules, SchedulerClient } from "@aws-sdk/client-scheduler";
import { paginateListSecrets, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { paginateListStateMachines, SFNClient } from "@aws-sdk/client-sfn";
import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { paginateDescribeParameters, SSMClient } from "@aws-sdk/client-ssm";

export type ClientConfig = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};
type Names = (string | undefined)[];

/** Names, or what holds the name, of everything of a type as Terraform calls it. */
const LISTS: Record<string, (config: ClientConfig) => Promise<Names>> = {
  aws_apigatewayv2_api: async (config) =>
    ((await new ApiGatewayV2Client(config).send(new GetApisCommand({}))).Items ?? []).map(({ Name }) => Name),
  aws_cloudwatch_dashboard: (config) =>
    each(paginateListDashboards({ client: new CloudWatchClient(config) }, {}), (page) =>
      page.DashboardEntries?.map(({ DashboardName }) => DashboardName),
    ),
  aws_cloudwatch_event_archive: async (config) =>
    ((await new EventBridgeClient(config).send(new ListArchivesCommand({}))).Archives ?? []).map(
      ({ ArchiveName }) => ArchiveName,
    ),
  aws_cloudwatch_event_bus: async (config) => (await busesOf(config)).filter((name) => name !== "default"),
  aws_cloudwatch_event_rule: async (config) => {
    const client = new EventBridgeClient(config);
    const lists = (await busesOf(config)).map((EventBusName) =>
      client.send(new ListRulesCommand({ EventBusName })),
    );
    return (await Promise.all(lists)).flatMap(({ Rules = [] }) => Rules.map(({ Name }) => Name));
  },
  aws_cloudwatch_log_group: (config) =>
    each(paginateDescribeLogGroups({ client: new CloudWatchLogsClient(config) }, {}), (page) =>
      page.logGroups?.map(({ logGroupName }) => logGroupName),
    ),
  aws_cloudwatch_composite_alarm: (config) =>
    each(
      paginateDescribeAlarms({ client: new CloudWatchClient(config) }, { AlarmTypes: ["CompositeAlarm"] }),
      (page) => page.CompositeAlarms?.map(({ AlarmName }) => AlarmName),
    ),
  aws_cloudwatch_metric_alarm: (config) =>
    each(paginateDescribeAlarms({ client: new CloudWatchClient(config) }, {}), (page) =>
      page.MetricAlarms?.map(({ AlarmName }) => AlarmName),
    ),
  aws_codedeploy_app: (config) =>
    each(paginateListApplications({ client: new CodeDeployClient(config) }, {}), (page) => page.applications),
  aws_cognito_user_pool: (config) =>
    each(
      paginateListUserPools({ client: new CognitoIdentityProviderClient(config) }, { MaxResults: 60 }),
      (page) => page.UserPools?.map(({ Name }) => Name),
    ),
  aws_dynamodb_table: (config) =>
    each(paginateListTables({ client: new DynamoDBClient(config) }, {}), (page) => page.TableNames),
  aws_iam_role: (config) =>
    each(paginateListRoles({ client: new IAMClient(config) }, {}), (page) =>
      page.Roles?.map(({ RoleName }) => RoleName),
    ),
  aws_kms_alias: (config) =>
    each(paginateListAliases({ client: new KMSClient(config) }, {}), (page) =>
      page.Aliases?.map(({ AliasName }) => AliasName),
    ),
  // AWS keeps a key for days after it was destroyed.
  aws_kms_key: async (config) => {
    const client = new KMSClient(config);
    const ids = await each(paginateListKeys({ client }, {}), (page) => page.Keys?.map(({ KeyId }) => KeyId));
    const keys = await Promise.all(ids.map((KeyId) => client.send(new DescribeKeyCommand({ KeyId }))));
    return keys.map(({ KeyMetadata: key }) =>
      key?.KeyState === "PendingDeletion" ? undefined : key?.Description,
    );
  },
  aws_lambda_event_source_mapping: (config) =>
    each(paginateListEventSourceMappings({ client: new LambdaClient(config) }, {}), (page) =>
      page.EventSourceMappings?.map(({ FunctionArn }) => FunctionArn),
    ),
  aws_lambda_function: (config) =>
    each(paginateListFunctions({ client: new LambdaClient(config) }, {}), (page) =>
      page.Functions?.map(({ FunctionName }) => FunctionName),
    ),
  aws_s3_bucket: (config) =>
    each(paginateListBuckets({ client: new S3Client({ ...config, forcePathStyle: true }) }, {}), (page) =>
      page.Buckets?.map(({ Name }) => Name),
    ),
  aws_scheduler_schedule: (config) =>
    each(paginateListSchedules({ client: new SchedulerClient(config) }, {}), (page) =>
      page.Schedules?.map(({ Name }) => Name),
    ),
  aws_secretsmanager_secret: (config) =>
    each(paginateListSecrets({ client: new SecretsManagerClient(config) }, {}), (page) =>
      page.SecretList?.map(({ Name }) => Name),
    ),
  aws_sfn_state_machine: (config) =>
    each(paginateListStateMachines({ client: new SFNClient(config) }, {}), (page) =>
      page.stateMachines?.map(({ name }) => name),
    ),
  aws_sns_topic: (config) =>
    each(paginateListTopics({ client: new SNSClient(config) }, {}), (page) =>
      page.Topics?.map(({ TopicArn }) => TopicArn),
    ),
  aws_sqs_queue: (config) =>
    each(paginateListQueues({ client: new SQSClient(config) }, {}), (page) => page.QueueUrls),
  aws_ssm_parameter: (config) =>
    each(paginateDescribeParameters({ client: new SSMClient(config) }, {}), (page) =>
      page.Parameters?.map(({ Name }) => Name),
    ),
};

/** Whether there is a list of things of this type. */
export const isListed = (type: string): boolean => type in LISTS;

/**
 * What carries the prefix, by Terraform's type: `{ aws_sqs_queue: ["https://…/e2e-a-start"] }`;
 * kinds without any are left out.
 */
export async function inventory(config: ClientConfig, prefix: string): Promise<Record<string, string[]>> {
  const found = await Promise.all(
    Object.entries(LISTS).map(async ([type, list]) => {
      const names = (await list(config)).filter((name) => name !== undefined);
      return [type, names.filter((name) => name.includes(prefix))] as const;
    }),
  );
  return Object.fromEntries(found.filter(([, names]) => names.length > 0));
}

async function busesOf(config: ClientConfig): Promise<string[]> {
  const { EventBuses = [] } = await new EventBridgeClient(config).send(new ListEventBusesCommand({}));
  return EventBuses.flatMap(({ Name }) => (Name === undefined ? [] : [Name]));
}

/** Everything on every page. */
async function each<Page>(
  pages: AsyncIterable<Page>,
  pick: (page: Page) => Names | undefined,
): Promise<Names> {
  const all: Names = [];
  for await (const page of pages) all.push(...(pick(page) ?? []));
  return all;
}
