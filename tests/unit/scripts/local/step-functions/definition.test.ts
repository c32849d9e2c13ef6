import { describe, expect, it } from "@jest/globals";
import { requireExecutionName } from "../../../../../scripts/local/step-functions/arns.ts";
import {
  checkDefinition,
  parseForRunning,
  retrierFor,
} from "../../../../../scripts/local/step-functions/definition.ts";

const machineOf = (state: object): string => JSON.stringify({ StartAt: "Only", States: { Only: state } });
const TASK = {
  Type: "Task",
  Resource: "arn:aws:lambda:us-east-1:000000000000:function:local-post-ledger:live",
  End: true,
};

describe("a definition", () => {
  it("is accepted when the local engine can run it", () => {
    expect(() => checkDefinition("machine", machineOf(TASK))).not.toThrow();
  });

  it("is refused when it is invalid", () => {
    expect(() => checkDefinition("machine", machineOf({ ...TASK, End: undefined, Next: "Nowhere" }))).toThrow(
      /machine\.asl\.yaml is invalid/,
    );
  });

  it("is refused when a state waits in a way that neither scales nor resumes", () => {
    const text = machineOf({ Type: "Wait", SecondsPath: "$.seconds", End: true });
    expect(() => checkDefinition("machine", text)).toThrow(/Only uses SecondsPath/);
  });

  it("is refused when it runs branches side by side", () => {
    const branch = { StartAt: "Inner", States: { Inner: TASK } };
    const text = machineOf({ Type: "Parallel", Branches: [branch], End: true });
    expect(() => checkDefinition("machine", text)).toThrow(/Only is a Parallel state/);
  });

  it("reads the execution from where the interpreter does not overwrite it", () => {
    const state = {
      ...TASK,
      Parameters: { "a.$": "$$.Execution.Name", "b.$": "States.Format('{}', $$.Execution.Id)" },
    };
    const { Parameters } = parseForRunning(machineOf(state)).States.Only as unknown as { Parameters: object };
    expect(Parameters).toEqual({ "a.$": "$$.Origin.Name", "b.$": "States.Format('{}', $$.Origin.Id)" });
  });
});

describe("the retrier of an error", () => {
  const state = {
    Type: "Task",
    Retry: [{ ErrorEquals: ["StoreContention"], MaxAttempts: 2 }, { ErrorEquals: ["States.TaskFailed"] }],
  };

  it("is the first that names it", () => {
    expect(retrierFor(state, "StoreContention", [])).toBe(0);
    expect(retrierFor(state, "OutcomeUnknown", [])).toBe(1);
  });

  it("is none once it is used up, and none for a timeout that only a wildcard for failures names", () => {
    expect(retrierFor(state, "StoreContention", [2, 0])).toBeUndefined();
    expect(retrierFor(state, "OutcomeUnknown", [0, 3])).toBeUndefined();
    expect(retrierFor(state, "States.Timeout", [])).toBeUndefined();
  });
});

describe("an execution's name", () => {
  it.each(["a", "payment-1-a2", "x".repeat(80), "ä_b(c)"])("may be %j", (name) => {
    expect(requireExecutionName(name)).toBe(name);
  });

  it.each([
    "",
    "a b",
    "a\tb",
    "<a",
    "{",
    "a]",
    "a?",
    "a#",
    "a|b",
    "a~",
    "a;b",
    "a,b",
    "\u0085",
    "\ud800",
    "\uffff",
  ])("may not be %j", (name) => {
    expect(() => requireExecutionName(name)).toThrow(/Invalid Name/);
  });
});
