// Executions as a test says they are; redriving one makes it run again.
import type { SagaExecution } from "../../../functions/lib/domain/saga-executions.ts";
import { ServiceUnavailable } from "../../../functions/lib/errors/registry.ts";
import type { SagaExecutions } from "../../../functions/lib/ports/saga-executions.ts";

export class MemoryExecutions implements SagaExecutions {
  readonly redriven: string[] = [];
  /** How often an execution was described. */
  described = 0;
  /** Step Functions refuses redrives with these words. */
  refusal: string | undefined;
  /** False: Step Functions gives no usable answer. */
  answers = true;
  /** Something that happens between an execution's description and what follows. */
  meanwhile: () => Promise<unknown> = async () => undefined;
  private readonly known = new Map<string, { execution: SagaExecution; state: string | undefined }>();

  is(
    name: string,
    status: SagaExecution["status"],
    at: { state?: string; error?: string; cause?: string } = {},
  ) {
    const { state, ...ending } = at;
    this.known.set(name, { execution: { name, status, redrives: 0, ...ending }, state });
  }

  async describe(_rail: string, name: string): Promise<SagaExecution | undefined> {
    this.described += 1;
    if (!this.answers) throw new ServiceUnavailable("Step Functions gave no usable answer");
    const found = this.known.get(name)?.execution;
    await this.meanwhile();
    return found;
  }

  async lastState(_rail: string, name: string): Promise<string | undefined> {
    return this.known.get(name)?.state;
  }

  async redrive(_rail: string, name: string): Promise<{ refused?: string }> {
    if (this.refusal !== undefined) return { refused: this.refusal };
    const { redrives = 0 } = this.known.get(name)?.execution ?? {};
    this.redriven.push(name);
    this.known.set(name, {
      execution: { name, status: "RUNNING", redrives: redrives + 1 },
      state: undefined,
    });
    return {};
  }
}
