// The normal form of an execution's history as Step Functions tells it: the one that
// tests/support/run-machine.ts has of a run in process.
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import type { Ending } from "../../../scripts/local/step-functions/execution.ts";
import type { Visit } from "../../support/run-machine.ts";

export type Run = { visits: Visit[]; ending: Ending };

/** States, what failed in them, and the end; throws for a history that has none. */
export function runOf(events: HistoryEvent[]): Run {
  const visits: Visit[] = [];
  let ending: Ending | undefined;
  for (const event of events) {
    const entered = event.stateEnteredEventDetails?.name;
    const isTask = event.type === "TaskStateEntered";
    if (entered !== undefined) visits.push({ state: entered, failures: [], ok: !isTask });
    const visit = visits.at(-1);
    const failure = failureOf(event);
    if (visit && failure !== undefined) visit.failures.push(failure);
    if (visit && event.type === "LambdaFunctionSucceeded") visit.ok = true;
    ending = endingOf(event) ?? ending;
  }
  if (!ending) throw new Error("a history without an end");
  return { visits, ending };
}

function failureOf(event: HistoryEvent): string | undefined {
  if (event.type === "LambdaFunctionTimedOut") return "States.Timeout";
  return event.type === "LambdaFunctionFailed" ? event.lambdaFunctionFailedEventDetails?.error : undefined;
}

function endingOf({ type, executionFailedEventDetails: failed }: HistoryEvent): Ending | undefined {
  if (type === "ExecutionSucceeded") return { status: "SUCCEEDED", output: null };
  if (type === "ExecutionFailed") return { status: "FAILED", error: failed?.error ?? "" };
  return undefined;
}
