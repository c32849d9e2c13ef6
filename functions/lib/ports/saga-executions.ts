// The executions of sagas as Step Functions tells them: the truth about whether one still runs, and the way to take it up again.
import type { SagaExecution } from "../domain/saga-executions.ts";

/** Every method throws ServiceUnavailable when Step Functions gives no usable answer; a status may be a moment old (AWS). */
export interface SagaExecutions {
  /** Undefined when there is no execution of that name. */
  describe(rail: string, name: string): Promise<SagaExecution | undefined>;
  /** The name of the state that the execution entered last; undefined when its latest 1,000 events name none. */
  lastState(rail: string, name: string): Promise<string | undefined>;
  /** Lets a failed execution go on at the state that failed; says why not when Step Functions refuses. */
  redrive(rail: string, name: string): Promise<{ refused?: string }>;
}
