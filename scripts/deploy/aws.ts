// The deploy's view of AWS over the SDK. Endpoints come from AWS_ENDPOINT_URL, as
// everywhere. The SDK may repeat reads and moves: each move says where an alias shall lead,
// so a repeat changes nothing.
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import {
  DescribeStateMachineAliasCommand,
  SFNClient,
  UpdateStateMachineAliasCommand,
} from "@aws-sdk/client-sfn";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Routing, World } from "./aws-port.ts";
import { codeDeploy } from "./code-deploy.ts";
import { type Deployment, numberOf } from "./deployment.ts";

/** The most alarms that CloudWatch takes in one call. */
const ALARMS_AT_A_TIME = 100;

/** The same ARN with another last part. It makes a version's ARN of an alias's. */
const sibling = (arn: string, last: string): string => `${arn.slice(0, arn.lastIndexOf(":"))}:${last}`;

export function aws({ region, alias, release }: Deployment): World {
  const lambda = new LambdaClient({ region });
  const sfn = new SFNClient({ region });
  const ssm = new SSMClient({ region });
  const cloudWatch = new CloudWatchClient({ region });

  return {
    ...codeDeploy(new CodeDeployClient({ region }), alias),

    async publishedCode({ function_name, version }) {
      const command = new GetFunctionConfigurationCommand({
        FunctionName: function_name,
        Qualifier: version,
      });
      return (await lambda.send(command)).CodeSha256 ?? "";
    },

    async readFunction({ function_name }) {
      const command = new GetAliasCommand({ FunctionName: function_name, Name: alias });
      const { FunctionVersion = "", RoutingConfig } = await lambda.send(command);
      const [also] = Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {});
      return { version: FunctionVersion, ...(also !== undefined && { also }) };
    },

    async moveFunction({ function_name }, version) {
      await lambda.send(
        new UpdateAliasCommand({
          FunctionName: function_name,
          Name: alias,
          FunctionVersion: version,
          RoutingConfig: { AdditionalVersionWeights: {} },
        }),
      );
    },

    async readMachine({ alias_arn }) {
      const command = new DescribeStateMachineAliasCommand({ stateMachineAliasArn: alias_arn });
      const routes = (await sfn.send(command)).routingConfiguration ?? [];
      return routingOf(
        routes.map((route) => ({ ...route, version: numberOf(route.stateMachineVersionArn ?? "") })),
      );
    },

    async routeMachine({ alias_arn }, version, trial) {
      const route = (to: string, weight: number) => ({
        stateMachineVersionArn: sibling(alias_arn, to),
        weight,
      });
      const routingConfiguration = trial
        ? [route(version, 100 - trial.percent), route(trial.version, trial.percent)]
        : [route(version, 100)];
      await sfn.send(
        new UpdateStateMachineAliasCommand({ stateMachineAliasArn: alias_arn, routingConfiguration }),
      );
    },

    async redAlarms(names) {
      const red: string[] = [];
      for (let first = 0; first < names.length; first += ALARMS_AT_A_TIME) {
        const AlarmNames = names.slice(first, first + ALARMS_AT_A_TIME);
        const { MetricAlarms = [] } = await cloudWatch.send(
          new DescribeAlarmsCommand({ AlarmNames, MaxRecords: ALARMS_AT_A_TIME }),
        );
        const missing = AlarmNames.filter(
          (name) => !MetricAlarms.some(({ AlarmName }) => AlarmName === name),
        );
        if (missing.length > 0) throw new Error(`these alarms do not exist: ${missing.join(", ")}`);
        red.push(
          ...MetricAlarms.filter(({ StateValue }) => StateValue === "ALARM").map(
            ({ AlarmName = "" }) => AlarmName,
          ),
        );
      }
      return red;
    },

    async readRecord() {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: release }));
      return JSON.parse(Parameter?.Value ?? "{}");
    },

    async writeRecord(record) {
      const Value = JSON.stringify(record);
      await ssm.send(
        new PutParameterCommand({ Name: release, Value, Overwrite: true, Tier: "Intelligent-Tiering" }),
      );
    },

    wait: async (seconds) => sleep(seconds * 1000),
    say: (line) => console.log(`  ${line}`),
  };
}

/** The heavier version has the traffic. A route without weight has none. */
function routingOf(routes: { version: string; weight: number | undefined }[]): Routing {
  const [first, second] = routes
    .filter(({ weight = 0 }) => weight > 0)
    .sort((one, other) => (other.weight ?? 0) - (one.weight ?? 0));
  if (!first) throw new Error("an alias leads nowhere");
  return { version: first.version, ...(second && { also: second.version }) };
}
