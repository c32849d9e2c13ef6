// kill -9 of the engine: what ran goes on where it stood, and what was to be announced still is.

import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  EngineStack,
  FORWARD_TRIES,
  failWith,
  hang,
  MACHINE,
  succeed,
  typesOf,
} from "../../support/step-functions-stack.ts";
import { until } from "../../support/until.ts";

let stack: EngineStack;
let client: SFNClient;

beforeEach(async () => {
  stack = new EngineStack();
});
afterEach(async () => {
  client?.destroy();
  await stack.stop();
});

async function startSaga(timeScale: number): Promise<string> {
  await stack.start(timeScale);
  client = stack.client();
  const input = '{"payment_id":"p1"}';
  const command = new StartExecutionCommand({ stateMachineArn: `${MACHINE}:live`, name: "p1", input });
  return (await client.send(command)).executionArn ?? "";
}
const statusOf = async (executionArn: string) =>
  (await client.send(new DescribeExecutionCommand({ executionArn }))).status;
const typesIn = async (executionArn: string) =>
  typesOf((await client.send(new GetExecutionHistoryCommand({ executionArn }))).events);
const finished = (executionArn: string) =>
  until(async () => {
    const status = await statusOf(executionArn);
    return status === "RUNNING" ? undefined : status;
  }, `${executionArn} ends`);

describe("an engine that is killed", () => {
  it("invokes the interrupted task again and goes on, without repeating what was done", async () => {
    stack.answer = (name) => (name === "capture-payment" ? hang() : succeed());
    const executionArn = await startSaga(1);
    await until(() => stack.turnsOf("capture-payment") === 1, "the capture is under way");
    stack.answer = () => succeed();
    await stack.crash(1);
    expect(await finished(executionArn)).toBe("SUCCEEDED");
    const turns = [
      "validate-payment",
      "authorize-payment",
      "post-ledger",
      "capture-payment",
      "notify-payment",
    ];
    expect(turns.map((name) => stack.turnsOf(name))).toEqual([1, 1, 1, 2, 1]);
    expect(stack.invocations.at(-1)?.payload).toEqual({ payment_id: "p1", execution: "p1" });
  });

  it("loses none of twenty executions in flight, and repeats at most the one task that each was in", async () => {
    stack.answer = () => new Promise((resolve) => setTimeout(() => resolve(succeed()), 10));
    const arns = [await startSaga(1)];
    for (let i = 1; i < 20; i += 1) {
      const command = new StartExecutionCommand({
        stateMachineArn: MACHINE,
        name: `m${i}`,
        input: '{"payment_id":"p1"}',
      });
      arns.push((await client.send(command)).executionArn ?? "");
    }
    await until(() => stack.invocations.length >= 30, "all are on their way");
    await stack.crash(1);
    expect(new Set(await Promise.all(arns.map(finished)))).toEqual(new Set(["SUCCEEDED"]));
    expect(stack.turnsOf("notify-payment")).toBeGreaterThanOrEqual(20);
    expect(stack.invocations.length).toBeLessThanOrEqual(5 * 20 + 20);
  });

  it("does not get its retries back when it dies in the wait between two of them", async () => {
    stack.answer = (name) => (name === "authorize-payment" ? failWith("ProviderUnavailable") : succeed());
    // Slower than real: the waits are long enough to be killed in.
    const executionArn = await startSaga(0.2);
    const failures = async () =>
      (await typesIn(executionArn)).filter((type) => type === "LambdaFunctionFailed").length;
    await until(async () => (await failures()) >= 1, "the first failure");
    await stack.crash(20);
    expect(await finished(executionArn)).toBe("SUCCEEDED");
    // As many as the machine allows, wherever the crash fell.
    expect(await failures()).toBe(FORWARD_TRIES);
    expect(stack.turnsOf("resolve-capture")).toBe(1);
  });

  it("leaves executions alone that had ended", async () => {
    const executionArn = await startSaga(1);
    expect(await finished(executionArn)).toBe("SUCCEEDED");
    const before = await typesIn(executionArn);
    await stack.crash(1);
    expect(await typesIn(executionArn)).toEqual(before);
    expect(stack.invocations).toHaveLength(5);
  });

  it("can stop an execution that it took up", async () => {
    stack.answer = hang;
    const executionArn = await startSaga(1);
    await until(() => stack.invocations.length === 1, "the first task is under way");
    await stack.crash(1);
    await client.send(new StopExecutionCommand({ executionArn }));
    expect(await statusOf(executionArn)).toBe("ABORTED");
  });

  it("announces every change of status, also those that the bus did not take before", async () => {
    stack.busIsDown = true;
    const executionArn = await startSaga(10);
    await finished(executionArn);
    await stack.crash(10);
    stack.busIsDown = false;
    // At least once and in no promised order, as EventBridge delivers.
    const announced = () => new Set(stack.statusChanges.map(({ status }) => status));
    await until(() => announced().size >= 2, "both changes are announced");
    expect(announced()).toEqual(new Set(["RUNNING", "SUCCEEDED"]));
    expect(stack.statusChanges[0]?.executionArn).toBe(executionArn);
  });
});
