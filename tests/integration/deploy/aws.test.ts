// The deploy's view of AWS over the real SDK, against an endpoint that answers as AWS does.
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { aws } from "../../../scripts/deploy/aws.ts";
import type { World } from "../../../scripts/deploy/aws-port.ts";
import { deploymentAt } from "../../support/deploy-aws.ts";
import { closeServers, urlOf } from "../../support/servers.ts";

type Call = { operation: string; input: Record<string, unknown> };

const MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:dev-card-payment";
const deployment = deploymentAt("1");
const accept = deployment.functions["accept-payment"];
if (!accept) throw new Error("the stack has no such function");
const machine = { alias_arn: `${MACHINE}:live`, version_arn: `${MACHINE}:2` };

let server: Server;
let world: World;
let calls: Call[];
let answers: Record<string, unknown>;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await text(request);
    const target = String(request.headers["x-amz-target"] ?? "")
      .split(".")
      .at(-1);
    const operation = target || `${request.method} ${request.url}`;
    calls.push({ operation, input: body.startsWith("{") ? JSON.parse(body) : {} });
    const known = answers[operation] !== undefined;
    const type = { "content-type": "application/x-amz-json-1.0" };
    response
      .writeHead(known ? 200 : 400, type)
      .end(JSON.stringify(answers[operation] ?? { __type: "Unknown" }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  process.env.AWS_ENDPOINT_URL = urlOf(server);
  process.env.AWS_ACCESS_KEY_ID = "test";
  process.env.AWS_SECRET_ACCESS_KEY = "test";
  world = aws(deployment);
});

afterAll(() => closeServers(server));

beforeEach(() => {
  calls = [];
  answers = {};
});

const aliasPath = "/2015-03-31/functions/accept-payment/aliases/live";
const route = (version: string, weight: number) => ({
  stateMachineVersionArn: `${MACHINE}:${version}`,
  weight,
});

describe("a function's alias", () => {
  it("leads to its version, and to a second one while a canary runs", async () => {
    answers[`GET ${aliasPath}`] = { FunctionVersion: "4" };
    expect(await world.readFunction(accept)).toEqual({ version: "4" });
    answers[`GET ${aliasPath}`] = {
      FunctionVersion: "4",
      RoutingConfig: { AdditionalVersionWeights: { "5": 0.1 } },
    };
    expect(await world.readFunction(accept)).toEqual({ version: "4", also: "5" });
  });

  it("is moved with all of its traffic", async () => {
    answers[`PUT ${aliasPath}`] = {};
    await world.moveFunction(accept, "5");
    expect(calls).toEqual([
      {
        operation: `PUT ${aliasPath}`,
        input: { FunctionVersion: "5", RoutingConfig: { AdditionalVersionWeights: {} } },
      },
    ]);
  });
});

describe("a machine's alias", () => {
  it("leads to the version that most executions begin on", async () => {
    answers.DescribeStateMachineAlias = { routingConfiguration: [route("3", 10), route("2", 90)] };
    expect(await world.readMachine(machine)).toEqual({ version: "2", also: "3" });
    answers.DescribeStateMachineAlias = { routingConfiguration: [route("3", 100), route("2", 0)] };
    expect(await world.readMachine(machine)).toEqual({ version: "3" });
  });

  it("is shared between two versions, or given to one", async () => {
    answers.UpdateStateMachineAlias = {};
    await world.routeMachine(machine, "2", { version: "3", percent: 10 });
    await world.routeMachine(machine, "3");
    expect(calls.map(({ input }) => input.routingConfiguration)).toEqual([
      [route("2", 90), route("3", 10)],
      [route("3", 100)],
    ]);
    expect(calls[0]?.input.stateMachineAliasArn).toBe(`${MACHINE}:live`);
  });
});

describe("the record of releases", () => {
  it("is read as it was written", async () => {
    const record = {
      phase: "deployed" as const,
      stable: { functions: { "accept-payment": "4" }, machines: {} },
    };
    answers.PutParameter = {};
    await world.writeRecord(record);
    const { Name, Value, Overwrite } = calls[0]?.input ?? {};
    expect({ Name, Overwrite }).toEqual({ Name: "/dev-release", Overwrite: true });
    answers.GetParameter = { Parameter: { Name, Value } };
    expect(await world.readRecord()).toEqual(record);
  });

  it("that is missing is no empty record", async () => {
    await expect(world.readRecord()).rejects.toThrow();
  });
});

describe("alarms", () => {
  const alarm = (AlarmName: string, StateValue: string) => ({ AlarmName, StateValue });

  it("are red in the state ALARM and in no other", async () => {
    answers.DescribeAlarms = {
      MetricAlarms: [alarm("api", "ALARM"), alarm("machine", "OK"), alarm("new", "INSUFFICIENT_DATA")],
    };
    expect(await world.redAlarms(["api", "machine", "new"])).toEqual(["api"]);
  });

  it("that do not exist are not taken for green", async () => {
    answers.DescribeAlarms = { MetricAlarms: [alarm("api", "OK")] };
    await expect(world.redAlarms(["api", "machine"])).rejects.toThrow("these alarms do not exist: machine");
  });

  it("are asked for by the hundred, and not at all where there are none", async () => {
    const names = Array.from({ length: 150 }, (_, position) => `alarm-${position}`);
    answers.DescribeAlarms = { MetricAlarms: names.map((name) => alarm(name, "OK")) };
    expect(await world.redAlarms(names)).toEqual([]);
    expect(calls.map(({ input }) => (input.AlarmNames as string[]).length)).toEqual([100, 50]);
    calls = [];
    expect(await world.redAlarms([])).toEqual([]);
    expect(calls).toEqual([]);
  });
});
