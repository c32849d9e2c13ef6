// Runs a saga's step as a Lambda function: checks what the machine passed and puts the ids on every
// log line. Errors pass through by their names, which is what Step Functions reads.
import type { Context } from "aws-lambda";
import { assertContract } from "../contracts/contract.ts";
import * as schemas from "../contracts/schemas.ts";
import type { SagaInput } from "../contracts/types.ts";
import { withoutCardNumbers } from "../domain/card-data.ts";
import { ContraError } from "../errors/registry.ts";
import { functionName } from "./config.ts";
import { withIds } from "./correlation.ts";
import { log } from "./log.ts";
import { measure } from "./metrics.ts";
import { hasToldTransition } from "./transitions.ts";

export type StepRun = (input: SagaInput) => Promise<void>;

/**
 * The handler of a step. Only a defect is logged as an error; expected outcomes are information.
 */
export const stepHandler =
  (run: StepRun) =>
  async (input: SagaInput, context: Context): Promise<Record<string, never>> => {
    assertContract(schemas.SagaInput, input);
    const { payment_id, execution } = input;
    const ids = { payment_id, execution, request_id: context.awsRequestId };
    return withIds(ids, async () => {
      try {
        await run(input);
        if (!hasToldTransition()) log.info("step was done before");
        return {};
      } catch (error) {
        report(error);
        throw withoutCards(error);
      }
    });
  };

/**
 * An error's words stand in the execution's history for 90 days, and in Lambda's own log. The name
 * decides what the machine does, and stays.
 */
function withoutCards(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  for (const words of ["message", "stack"] as const) {
    const value = error[words];
    if (value === undefined) continue;
    // Defined and not assigned: a timeout is a DOMException, whose message has only a getter.
    const own = { value: withoutCardNumbers(value), writable: true, configurable: true };
    Object.defineProperty(error, words, own);
  }
  withoutCards(error.cause);
  return error;
}

function report(error: unknown): void {
  const kind = error instanceof ContraError ? error.kind : "defect";
  measure({ StepErrors: 1, StepsThrew: 1 }, { kind, function: functionName() });
  if (error instanceof ContraError && kind !== "defect") {
    log.info("step ended otherwise", { error_name: error.name, kind, reason: error.message });
  } else {
    log.error("step failed", { kind, error: error instanceof Error ? error : String(error) });
  }
}
