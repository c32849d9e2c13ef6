// Executions as Step Functions describes them, and their redrive. Each call is tried once: the
// caller decides what a throttle means.
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  RedriveExecutionCommand,
  type SFNClient,
} from "@aws-sdk/client-sfn";
import type { SagaExecution } from "../../domain/saga-executions.ts";
import { ServiceUnavailable } from "../../errors/registry.ts";
import type { SagaExecutions } from "../../ports/saga-executions.ts";
import { executionArn } from "../../runtime/config.ts";
import { machineOf } from "./step-functions.ts";

/** The largest page: ten rounds of an exhausted undo are about 350 events. */
const LATEST_EVENTS = 1_000;
const NOT_REDRIVABLE = "ExecutionNotRedrivable";

export class StepFunctionsExecutions implements SagaExecutions {
  private readonly sfn: SFNClient;

  constructor(sfn: SFNClient) {
    this.sfn = sfn;
  }

  async describe(rail: string, name: string): Promise<SagaExecution | undefined> {
    const command = new DescribeExecutionCommand({ executionArn: executionArn(machineOf(rail), name) });
    try {
      const { status, error, cause, redriveCount = 0 } = await this.sfn.send(command);
      return {
        name,
        status: status ?? "RUNNING",
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
        redrives: redriveCount,
      };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw unavailable(error);
    }
  }

  async lastState(rail: string, name: string): Promise<string | undefined> {
    const command = new GetExecutionHistoryCommand({
      executionArn: executionArn(machineOf(rail), name),
      maxResults: LATEST_EVENTS,
      reverseOrder: true,
      includeExecutionData: false,
    });
    const { events = [] } = await this.sfn.send(command).catch((error) => Promise.reject(unavailable(error)));
    return events.find((event) => event.stateEnteredEventDetails)?.stateEnteredEventDetails?.name;
  }

  async redrive(rail: string, name: string): Promise<{ refused?: string }> {
    const command = new RedriveExecutionCommand({ executionArn: executionArn(machineOf(rail), name) });
    try {
      await this.sfn.send(command);
      return {};
    } catch (error) {
      if (error instanceof Error && error.name === NOT_REDRIVABLE) return { refused: error.message };
      throw unavailable(error);
    }
  }
}

/** The execution with its first `limit` events. Undefined when there is none. */
export async function readExecution(sfn: SFNClient, rail: string, name: string, limit: number) {
  const arn = executionArn(machineOf(rail), name);
  try {
    const { $metadata, ...execution } = await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
    const history = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn: arn, maxResults: limit, includeExecutionData: false }),
    );
    return { execution, events: history.events ?? [] };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw unavailable(error);
  }
}

/** Named, because a throttle and a missing right ask for different things. */
const unavailable = (error: unknown): ServiceUnavailable =>
  new ServiceUnavailable(
    `Step Functions gave no usable answer: ${error instanceof Error ? error.name : String(error)}`,
  );
