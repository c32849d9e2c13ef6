// The local Step Functions through the real SDK client: its API, its history, and the real
// card-payment machine.

import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Response } from "../../../scripts/local/common/http.ts";
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

const stack = new EngineStack();
let client: SFNClient;
let count = 0;

beforeAll(async () => {
  await stack.start(10);
  client = stack.client();
});
afterAll(async () => {
  client?.destroy();
  await stack.stop();
});
beforeEach(() => {
  stack.answer = () => succeed();
  stack.invocations.length = 0;
});

const uniqueName = (): string => {
  count += 1;
  return `payment-${count}`;
};
const INPUT = '{"payment_id":"p1"}';
const start = (name = uniqueName(), input = INPUT, stateMachineArn = `${MACHINE}:live`) =>
  client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
const describeExecution = (executionArn: string | undefined) =>
  client.send(new DescribeExecutionCommand({ executionArn }));
const history = async (executionArn: string | undefined) =>
  (await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events ?? [];
const ended = (executionArn: string | undefined): Promise<DescribeExecutionOutput> =>
  until(async () => {
    const execution = await describeExecution(executionArn);
    return execution.status === "RUNNING" ? undefined : execution;
  }, `${executionArn} ends`);

describe("an execution", () => {
  it("runs the machine to its end and tells its history as Step Functions does", async () => {
    const { executionArn, startDate } = await start("first");
    expect(executionArn).toBe(`${MACHINE.replace("stateMachine", "execution")}:first`);
    const execution = await ended(executionArn);
    expect(execution).toMatchObject({
      status: "SUCCEEDED",
      name: "first",
      output: INPUT,
      startDate,
    });
    expect(execution.stateMachineAliasArn).toBe(`${MACHINE}:live`);
    const events = await history(executionArn);
    const task = ["TaskStateEntered", "LambdaFunctionScheduled", "LambdaFunctionStarted"];
    const perTask = [...task, "LambdaFunctionSucceeded", "TaskStateExited"];
    const expected = ["ExecutionStarted", ...Array(5).fill(perTask).flat(), "ExecutionSucceeded"];
    expect(typesOf(events)).toEqual(expected);
    expect(events.map(({ id }) => id)).toEqual(expected.map((_, i) => i + 1));
    expect(events.slice(0, 4).map(({ previousEventId }) => previousEventId)).toEqual([0, 0, 2, 3]);
    expect(events[1]?.stateEnteredEventDetails).toMatchObject({ name: "ValidatePayment" });
    expect(stack.invocations[0]).toEqual({
      name: "validate-payment",
      payload: { payment_id: "p1", execution: "first" },
    });
  });

  it("calls every function in the trace that it was started in, and in none where it was given none", async () => {
    const given = { stateMachineArn: `${MACHINE}:live`, name: uniqueName(), input: INPUT };
    const traceHeader = "Root=1-67891233-abcdef012345678912345678;Sampled=0";
    const { executionArn } = await client.send(new StartExecutionCommand({ ...given, traceHeader }));
    await ended(executionArn);
    expect(stack.invocations.map(({ trace }) => trace)).toEqual(Array(5).fill(traceHeader));
    stack.invocations.length = 0;
    await ended((await start()).executionArn);
    expect(stack.invocations.map(({ trace }) => trace)).toEqual(Array(5).fill(undefined));
  });

  it("believes the request's own trace before the one in its body", async () => {
    const name = uniqueName();
    const command = new StartExecutionCommand({
      stateMachineArn: `${MACHINE}:live`,
      name,
      input: INPUT,
      traceHeader: "Root=1-11111111-111111111111111111111111",
    });
    const own = "Root=1-67891233-abcdef012345678912345678;Sampled=0";
    command.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["X-Amzn-Trace-Id"] = own;
        return next(args);
      },
      { step: "build" },
    );
    await ended((await client.send(command)).executionArn);
    expect(stack.invocations.map(({ trace }) => trace)).toEqual(Array(5).fill(own));
  });

  it("shows a retried error with its cause and a further scheduling", async () => {
    stack.answer = (name, turn) =>
      name === "authorize-payment" && turn === 0 ? failWith("OutcomeUnknown") : succeed();
    const { executionArn } = await start();
    expect((await ended(executionArn)).status).toBe("SUCCEEDED");
    const events = await history(executionArn);
    const failed = events.find(({ type }) => type === "LambdaFunctionFailed");
    expect(failed?.lambdaFunctionFailedEventDetails?.error).toBe("OutcomeUnknown");
    const cause = JSON.parse(failed?.lambdaFunctionFailedEventDetails?.cause ?? "");
    expect(cause).toEqual({ errorType: "OutcomeUnknown", errorMessage: "scripted", trace: [] });
    expect(typesOf(events).filter((type) => type === "LambdaFunctionScheduled")).toHaveLength(6);
  });

  it("fails with the error that nothing takes", async () => {
    stack.answer = (name) => (name === "post-ledger" ? failWith("InvariantBroken") : succeed());
    const { executionArn } = await start();
    expect(await ended(executionArn)).toMatchObject({ status: "FAILED", error: "InvariantBroken" });
    expect(typesOf(await history(executionArn)).slice(-2)).toEqual([
      "LambdaFunctionFailed",
      "ExecutionFailed",
    ]);
  });

  it("is counted by its states and its calls", async () => {
    await stack.local("DELETE", "counters");
    await ended((await start()).executionArn);
    const counters = await stack.local("GET", "counters");
    expect(counters).toMatchObject({ "states.StartExecution": 1, "states.transitions": 5 });
  });
});

describe("StartExecution", () => {
  it("gives the same answer to the same name and input while the first one runs", async () => {
    stack.answer = hang;
    const first = await start("same");
    const again = await start("same");
    expect([again.executionArn, again.startDate]).toEqual([first.executionArn, first.startDate]);
    await client.send(new StopExecutionCommand({ executionArn: first.executionArn }));
  });

  it("refuses the name with another input, and the name of a closed execution", async () => {
    stack.answer = hang;
    const { executionArn } = await start("taken");
    await expect(start("taken", '{"other":true}')).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
    await client.send(new StopExecutionCommand({ executionArn }));
    await expect(start("taken")).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
  });

  it("accepts the ARN of the machine, of its alias and of a version", async () => {
    for (const arn of [MACHINE, `${MACHINE}:live`, `${MACHINE}:1`]) {
      const { executionArn } = await start(uniqueName(), INPUT, arn);
      expect((await ended(executionArn)).stateMachineArn).toBe(MACHINE);
    }
  });

  it.each([`${MACHINE}-none`, `${MACHINE}:none`, `${MACHINE}:99`])(
    "refuses %s, which does not exist",
    async (arn) => {
      await expect(start(uniqueName(), INPUT, arn)).rejects.toMatchObject({
        name: "StateMachineDoesNotExist",
      });
    },
  );

  it.each(["with space", "a/b", "a:b", "a*", "x".repeat(81), "ä\u0007"])(
    "refuses the name %j",
    async (name) => {
      await expect(start(name)).rejects.toMatchObject({ name: "InvalidName" });
    },
  );

  it("refuses an input that is no JSON, and an ARN that is none", async () => {
    await expect(start(uniqueName(), "{")).rejects.toMatchObject({ name: "InvalidExecutionInput" });
    await expect(start(uniqueName(), INPUT, "card")).rejects.toMatchObject({ name: "InvalidArn" });
  });

  it("is throttled as often as a fault says, and not once more", async () => {
    await stack.local("POST", "faults", { target: "StartExecution", fault: "throttle", count: 1 });
    await expect(start()).rejects.toMatchObject({ name: "ThrottlingException" });
    await expect(start()).resolves.toMatchObject({ executionArn: expect.any(String) });
  });
});

describe("reading executions", () => {
  it("pages through a history forwards and backwards", async () => {
    const { executionArn } = await start();
    await ended(executionArn);
    for (const reverseOrder of [false, true]) {
      const ids: (number | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const command = new GetExecutionHistoryCommand({
          executionArn,
          maxResults: 10,
          reverseOrder,
          nextToken,
        });
        const page = await client.send(command);
        ids.push(...(page.events ?? []).map(({ id }) => id));
        nextToken = page.nextToken;
      } while (nextToken && ids.length < 100);
      const inOrder = Array.from({ length: 27 }, (_, i) => i + 1);
      expect(ids).toEqual(reverseOrder ? inOrder.reverse() : inOrder);
    }
  });

  it("leaves the data out of a history when it is not asked for", async () => {
    const { executionArn } = await start();
    await ended(executionArn);
    const command = new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false });
    expect(JSON.stringify((await client.send(command)).events)).not.toContain("payment_id");
  });

  it("lists the newest first, by status and in pages", async () => {
    stack.answer = hang;
    const names = [uniqueName(), uniqueName(), uniqueName()];
    for (const name of names) await start(name);
    const query = { stateMachineArn: MACHINE, statusFilter: "RUNNING", maxResults: 2 } as const;
    const first = await client.send(new ListExecutionsCommand(query));
    const second = await client.send(new ListExecutionsCommand({ ...query, nextToken: first.nextToken }));
    const listed = [...(first.executions ?? []), ...(second.executions ?? [])].map(({ name }) => name);
    expect(listed.slice(0, 3)).toEqual(names.reverse());
    for (const { executionArn } of [...(first.executions ?? []), ...(second.executions ?? [])])
      await client.send(new StopExecutionCommand({ executionArn }));
  });

  it("refuses an execution that does not exist and a token of another listing", async () => {
    const executionArn = `${MACHINE.replace("stateMachine", "execution")}:nobody`;
    await expect(describeExecution(executionArn)).rejects.toMatchObject({ name: "ExecutionDoesNotExist" });
    const list = new ListExecutionsCommand({ stateMachineArn: MACHINE, nextToken: "bm9uZQ" });
    await expect(client.send(list)).rejects.toMatchObject({ name: "InvalidToken" });
  });
});

describe("at a pace at which twenty retries of up to half a minute fit a test,", () => {
  beforeAll(() => stack.crash(60));

  describe("StopExecution", () => {
    it("ends the execution at once, and none of its remaining retries fires", async () => {
      stack.answer = () => failWith("OutcomeUnknown");
      const { executionArn } = await start();
      await until(() => stack.invocations.length >= 2, "it is tried again");
      await client.send(new StopExecutionCommand({ executionArn, error: "Stopped", cause: "by hand" }));
      const turns = stack.invocations.length;
      expect(await describeExecution(executionArn)).toMatchObject({ status: "ABORTED", error: "Stopped" });
      stack.answer = () => succeed();
      // Another one that runs to its end shows that the engine had the time.
      await ended((await start("other")).executionArn);
      const payloads = stack.invocations.slice(turns).map(({ payload }) => payload as { execution: string });
      expect(new Set(payloads.map(({ execution }) => execution))).toEqual(new Set(["other"]));
      expect(typesOf(await history(executionArn)).at(-1)).toBe("ExecutionAborted");
    });
  });

  describe("RedriveExecution", () => {
    it("goes on at the failed state with its retries counted from zero", async () => {
      stack.answer = (name) => (name === "notify-payment" ? failWith("ProviderUnavailable") : succeed());
      const { executionArn } = await start();
      expect((await ended(executionArn)).redriveStatus).toBe("REDRIVABLE");
      expect(stack.turnsOf("notify-payment")).toBe(FORWARD_TRIES);
      const before = (await history(executionArn)).length;

      stack.answer = (name, turn) =>
        name === "notify-payment" && turn < 2 * FORWARD_TRIES - 1
          ? failWith("ProviderUnavailable")
          : succeed();
      await client.send(new RedriveExecutionCommand({ executionArn }));
      const execution = await ended(executionArn);
      expect(execution).toMatchObject({ status: "SUCCEEDED", redriveCount: 1, executionArn });
      expect(stack.turnsOf("notify-payment")).toBe(2 * FORWARD_TRIES);
      expect(stack.turnsOf("capture-payment")).toBe(1);
      const added = typesOf(await history(executionArn)).slice(before);
      expect(added.slice(0, 2)).toEqual(["ExecutionRedriven", "LambdaFunctionScheduled"]);
      expect(added.at(-1)).toBe("ExecutionSucceeded");
    });

    it("refuses an execution that runs and one that succeeded", async () => {
      const { promise, resolve } = Promise.withResolvers<Response>();
      stack.answer = () => promise;
      const { executionArn } = await start();
      const redrive = () => client.send(new RedriveExecutionCommand({ executionArn }));
      await expect(redrive()).rejects.toMatchObject({ name: "ExecutionNotRedrivable" });
      resolve(succeed());
      await ended(executionArn);
      await expect(redrive()).rejects.toMatchObject({ name: "ExecutionNotRedrivable" });
    });
  });
});
