// Sagas in Step Functions: started under the payment's id through the alias, or queued when Step
// Functions is busy.
import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { InvariantBroken } from "../../errors/registry.ts";
import type { SagaStarter } from "../../ports/saga-starter.ts";
import { machineArn } from "../../runtime/config.ts";
import { log } from "../../runtime/log.ts";
import { currentTrace } from "../../runtime/tracing.ts";
import { SqsStartQueue } from "./start-queue.ts";
import { machineOf } from "./step-functions.ts";

/** What no repetition mends: such a start belongs to the dead letters, where somebody sees it. */
const NEVER = new Set(["AccessDeniedException", "StateMachineDoesNotExist", "InvalidArn", "InvalidName"]);

export class StepFunctionsStarter extends SqsStartQueue implements SagaStarter {
  private readonly sfn: SFNClient;

  constructor(sfn: SFNClient, sqs: SQSClient) {
    super(sqs);
    this.sfn = sfn;
  }

  async start(rail: string, paymentId: string, execution = paymentId): Promise<boolean> {
    const stateMachineArn = machineArn(machineOf(rail));
    const input = JSON.stringify({ payment_id: paymentId });
    const command = new StartExecutionCommand({ stateMachineArn, name: execution, input });
    // The whole saga goes on in the trace of whoever wanted it.
    goOnIn(currentTrace(), command);
    try {
      await this.sfn.send(command);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "ExecutionAlreadyExists") return true;
      log.warn("the saga could not be started now", { payment_id: paymentId, error });
      if (error instanceof Error && NEVER.has(error.name)) {
        throw new InvariantBroken(`the saga can never be started: ${error.name}`, { cause: error });
      }
      return false;
    }
  }
}

/**
 * Step Functions believes the request's own header before a `traceHeader` in its body. SDK and
 * tracer put the trace of this invocation there, which is nobody's who wanted a saga: ours comes
 * after theirs.
 */
function goOnIn(trace: string | undefined, { middlewareStack }: StartExecutionCommand): void {
  if (trace === undefined) return;
  middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers["X-Amzn-Trace-Id"] = trace;
      return next(args);
    },
    { step: "build", priority: "low" },
  );
}
