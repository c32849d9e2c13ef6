// Runs a saga's step as a Lambda function: checks what the machine passed, puts the ids on every log line, and lets errors
// through by their names, which is what Step Functions reads.
import type { Context } from "aws-lambda";
import { assertContract } from "../contracts/contract.ts";
import type { SagaInput } from "../contracts/types.ts";
import { ContraError } from "../errors/registry.ts";
import { log } from "./log.ts";
import { traceId } from "./tracing.ts";

export type StepRun = (input: SagaInput) => Promise<void>;

/** The handler of a step. Expected outcomes are logged as information; only a defect is an error. */
export const stepHandler =
  (run: StepRun) =>
  async (input: SagaInput, context: Context): Promise<Record<string, never>> => {
    assertContract("SagaInput", input);
    const ids = { ...input, trace_id: traceId(), request_id: context.awsRequestId };
    try {
      await run(input);
      log.info("step done", ids);
      return {};
    } catch (error) {
      if (error instanceof ContraError && error.kind !== "defect") {
        log.info("step ended otherwise", {
          ...ids,
          error_name: error.name,
          kind: error.kind,
          reason: error.message,
        });
      } else {
        log.error("step failed", { ...ids, error: error instanceof Error ? error : String(error) });
      }
      throw error;
    }
  };
