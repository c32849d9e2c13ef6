import { describe, expect, it } from "@jest/globals";
import type { Json, State } from "../../../../../scripts/local/step-functions/definition.ts";
import { runnableCopy, runOneState } from "../../../../../scripts/local/step-functions/one-state.ts";

const NOON = Date.UTC(2030, 0, 1, 12);
const prepare = (state: State, input: Json = {}, attempts: number[] = []) => ({
  name: "Only",
  state,
  input,
  attempts,
  enteredAt: NOON,
  timeScale: 10,
  context: {},
  task: async () => null,
});
const RETRY = {
  ErrorEquals: ["StoreContention"],
  IntervalSeconds: 2,
  BackoffRate: 3,
  MaxDelaySeconds: 60,
  MaxAttempts: 5,
};

describe("the copy of a state that runs", () => {
  it("waits a tenth as long at a time scale of ten", () => {
    const copy = runnableCopy(prepare({ Type: "Task", Retry: [RETRY], End: true }));
    expect(copy.Retry).toEqual([{ ...RETRY, IntervalSeconds: 0.2, MaxDelaySeconds: 6 }]);
  });

  it("goes on with backoff and attempts where it was interrupted", () => {
    const copy = runnableCopy(prepare({ Type: "Task", Retry: [RETRY], End: true }, {}, [2]));
    expect(copy.Retry).toEqual([{ ...RETRY, IntervalSeconds: 1.8, MaxDelaySeconds: 6, MaxAttempts: 3 }]);
  });

  it("ends a resumed wait when it would have ended", () => {
    const copy = runnableCopy(prepare({ Type: "Wait", Seconds: 600, End: true }));
    expect(copy).toMatchObject({ Timestamp: "2030-01-01T12:01:00.000Z" });
    expect(copy).not.toHaveProperty("Seconds");
  });
});

describe("running one state", () => {
  it("answers the state that comes next with the output it hands over", async () => {
    const state = { Type: "Pass", Result: { a: 1 }, ResultPath: "$.b", Next: "After" } as State;
    expect(await runOneState(prepare(state, { c: 2 })).result).toEqual({
      next: "After",
      output: { b: { a: 1 }, c: 2 },
    });
  });

  it("answers no next state at the end, whatever the output", async () => {
    expect(await runOneState(prepare({ Type: "Task", End: true })).result).toEqual({ output: null });
    expect(await runOneState(prepare({ Type: "Succeed" }, 7)).result).toEqual({ output: 7 });
  });

  it("takes the branch of a choice", async () => {
    const choice = (Next: string, NumericEquals: number) => ({ Variable: "$.n", NumericEquals, Next });
    const state: State = { Type: "Choice", Choices: [choice("One", 1), choice("Two", 2)], Default: "Other" };
    expect(await runOneState(prepare(state, { n: 2 })).result).toEqual({ next: "Two", output: { n: 2 } });
    expect(await runOneState(prepare(state, { n: 3 })).result).toEqual({ next: "Other", output: { n: 3 } });
  });

  it("rejects with the error of a Fail state", async () => {
    const state = { Type: "Fail", Error: "Broken", Cause: "why" } as State;
    await expect(runOneState(prepare(state)).result).rejects.toMatchObject({
      name: "Broken",
      message: "why",
    });
  });
});
