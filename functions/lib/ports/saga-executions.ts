// The executions of sagas in Step Functions: whether one still runs, and how to redrive it.
import type { SagaExecution } from "../domain/saga-executions.ts";

/**
 * Every method throws ServiceUnavailable when Step Functions gives no usable answer. A status may
 * be a moment old (AWS).
 */
export interface SagaExecutions {
  /** Undefined when there is no execution of that name. */
  describe(rail: string, name: string): Promise<SagaExecution | undefined>;
  /**
   * The name of the state that the execution entered last. Undefined when its latest 1,000 events
   * name none.
   */
  lastState(rail: string, name: string): Promise<string | undefined>;
  /**
   * Lets a failed execution go on at the state that failed. `refused` says why Step Functions would
   * not.
   */
  redrive(rail: string, name: string): Promise<{ refused?: string }>;
}
