import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "@jest/globals";
import { describeRun, readMachine } from "../../support/run-machine.ts";
import { hurried, scenariosOf } from "./scenarios.ts";
import { runOf } from "./trace.ts";

const machine = readMachine("card-payment");

describe("the scenarios of a machine", () => {
  it("hold one error for each Retry and Catch when few, and every named error when all", () => {
    const few = scenariosOf(machine, false);
    const all = scenariosOf(machine, true);
    expect(few.length).toBeLessThan(all.length / 3);
    const kept = few.filter(({ title }) => title.startsWith("AuthorizePayment keeps failing"));
    const errors = kept.map(({ script }) => script.AuthorizePayment?.[0]);
    expect(errors).toEqual(
      expect.arrayContaining([
        "ProviderUnavailable",
        "Superseded",
        "CardDeclined",
        "CancelRequested",
        "InvariantBroken",
      ]),
    );
  });

  it("change nothing of the machine but how long its retries wait", () => {
    const copy = hurried(machine);
    const timeless = (text: string) =>
      text.replaceAll(/"(IntervalSeconds|BackoffRate|MaxDelaySeconds)":\d+,?/g, "");
    expect(timeless(JSON.stringify(copy))).toBe(timeless(JSON.stringify(machine)));
    expect(JSON.stringify(copy)).not.toBe(JSON.stringify(machine));
  });
});

const entered = (name: string, type: HistoryEvent["type"] = "TaskStateEntered"): HistoryEvent =>
  ({ type, stateEnteredEventDetails: { name } }) as HistoryEvent;
const failed = (error: string): HistoryEvent =>
  ({ type: "LambdaFunctionFailed", lambdaFunctionFailedEventDetails: { error } }) as HistoryEvent;
const event = (type: HistoryEvent["type"]): HistoryEvent => ({ type }) as HistoryEvent;

describe("the normal form of a history", () => {
  it("reads as a run in process does", () => {
    const run = runOf([
      entered("AuthorizePayment"),
      failed("OutcomeUnknown"),
      event("LambdaFunctionTimedOut"),
      failed("OutcomeUnknown"),
      event("LambdaFunctionSucceeded"),
      entered("FailPayment"),
      failed("Superseded"),
      entered("SagaSuperseded", "SucceedStateEntered"),
      event("ExecutionSucceeded"),
    ]);
    expect(describeRun(run)).toBe(
      "AuthorizePayment ✗ OutcomeUnknown ×2 ✗ States.Timeout ✓ → FailPayment ✗ Superseded → SagaSuperseded ✓ → SUCCEEDED",
    );
  });

  it("is refused for a history that has no end", () => {
    expect(() => runOf([entered("AuthorizePayment")])).toThrow(/without an end/);
  });
});
