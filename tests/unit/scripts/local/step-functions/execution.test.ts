import { describe, expect, it } from "@jest/globals";
import type { Definition, Json } from "../../../../../scripts/local/step-functions/definition.ts";
import {
  type Ending,
  Execution,
  type ExecutionOptions,
  type Progress,
} from "../../../../../scripts/local/step-functions/execution.ts";
import { TaskFailure } from "../../../../../scripts/local/step-functions/one-state.ts";

const RETRY = [{ ErrorEquals: ["Busy", "States.Timeout"], MaxAttempts: 2 }];
const ONE_TASK: Definition = {
  StartAt: "Only",
  States: { Only: { Type: "Task", Resource: "arn:only", TimeoutSeconds: 10, Retry: RETRY, End: true } },
};
const never = () => new Promise<Json>(() => undefined);

function prepare(change: Partial<ExecutionOptions> = {}) {
  const types: string[] = [];
  const records: Progress[] = [];
  const endings: Ending[] = [];
  const progress = { state: "Only", input: {}, attempts: [], enteredAt: 0, entered: false };
  const execution = new Execution({
    definition: ONE_TASK,
    progress,
    lastEventId: 1,
    origin: {},
    machine: { Id: "arn:machine", Name: "machine" },
    timeScale: 1000,
    onTransition: () => undefined,
    invoke: async () => null,
    journal: {
      advance: (events, at) => {
        types.push(...events.map(({ type }) => type));
        records.push(structuredClone(at));
      },
      end: (events, _, ending) => {
        types.push(...events.map(({ type }) => type));
        endings.push(ending);
      },
    },
    ...change,
  });
  return { execution, types, records, endings };
}

describe("an execution", () => {
  it("records where it stands before each invocation, with the retries that are used up", async () => {
    const seen: (number[] | undefined)[] = [];
    const { execution, records } = prepare({
      invoke: async () => {
        seen.push(records.at(-1)?.attempts);
        throw new TaskFailure("Busy", "");
      },
    });
    expect(await execution.run()).toEqual({ status: "FAILED", error: "Busy", cause: "" });
    expect(seen).toEqual([[], [1], [2]]);
  });

  it("counts a task that is late as States.Timeout, and its late answer for nothing", async () => {
    const { execution, types } = prepare({ invoke: never });
    expect(await execution.run()).toEqual({ status: "FAILED", error: "States.Timeout" });
    expect(types.filter((type) => type === "LambdaFunctionTimedOut")).toHaveLength(3);
  });

  it("ends TIMED_OUT when its deadline passes, and is caught by nobody", async () => {
    const { execution, types } = prepare({ invoke: never, timeScale: 1, deadline: Date.now() + 20 });
    expect(await execution.run()).toEqual({ status: "TIMED_OUT" });
    expect(types.at(-1)).toBe("ExecutionTimedOut");
  });

  it("ends TIMED_OUT without invoking anything when it is taken up after its deadline", async () => {
    let invocations = 0;
    const invoke = async () => {
      invocations += 1;
      return null;
    };
    const { execution } = prepare({ invoke, deadline: Date.now() - 1 });
    expect(await execution.run()).toEqual({ status: "TIMED_OUT" });
    expect(invocations).toBe(0);
  });

  it("writes nothing and invokes nothing after it was ended", async () => {
    let invocations = 0;
    const { promise, fail } = failLater();
    const { execution, types, endings } = prepare({
      timeScale: 1,
      invoke: () => {
        invocations += 1;
        return promise;
      },
    });
    const running = execution.run();
    execution.end({ status: "ABORTED" });
    fail();
    await running;
    execution.end({ status: "TIMED_OUT" });
    await new Promise(setImmediate);
    expect(invocations).toBeLessThanOrEqual(1);
    expect(endings).toEqual([{ status: "ABORTED" }]);
    expect(types.at(-1)).toBe("ExecutionAborted");
  });

  it("fails when a path of the machine points to nothing", async () => {
    const only = { ...ONE_TASK.States.Only, Parameters: { "a.$": "$.missing" } };
    const { execution } = prepare({ definition: { StartAt: "Only", States: { Only: only } } as Definition });
    expect(await execution.run()).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  });

  it("fails a machine that goes in circles when its history is full", async () => {
    const loop = { StartAt: "Only", States: { Only: { Type: "Pass", Next: "Only" } } };
    const { execution } = prepare({ definition: loop, lastEventId: 24_990 });
    expect(await execution.run()).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  });

  it("shows the state and its retries in the context object", async () => {
    const payloads: Json[] = [];
    const only = {
      ...ONE_TASK.States.Only,
      Parameters: { "state.$": "$$.State.Name", "tries.$": "$$.State.RetryCount" },
    };
    const { execution } = prepare({
      definition: { StartAt: "Only", States: { Only: only } } as Definition,
      invoke: async ({ payload }) => {
        payloads.push(payload);
        if (payloads.length === 1) throw new TaskFailure("Busy", "");
        return null;
      },
    });
    await execution.run();
    expect(payloads).toEqual([
      { state: "Only", tries: 0 },
      { state: "Only", tries: 1 },
    ]);
  });
});

function failLater(): { promise: Promise<Json>; fail: () => void } {
  let fail: () => void = () => undefined;
  const promise = new Promise<Json>((_, reject) => {
    fail = () => reject(new TaskFailure("Busy", ""));
  });
  return { promise, fail };
}
