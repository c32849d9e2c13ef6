// The endpoint's own Step Functions. It runs a machine whose tasks all call one function that does
// nothing. What becomes of a visit is ordered as a fault that matches payment and state: so many
// executions run at once.
import { randomUUID } from "node:crypto";
import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { zipOf } from "../../../scripts/build/zip.ts";
import type { Definition } from "../../../scripts/local/step-functions/definition.ts";
import { until } from "../../proofs/lib/patience.ts";
import type { Script } from "../../support/run-machine.ts";
import type { Control } from "./control.ts";
import type { ClientConfig } from "./inventory.ts";
import { type Run, runOf } from "./trace.ts";

const NAME = "e2e-interpreters";
const TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: ["lambda.amazonaws.com", "states.amazonaws.com"] },
    },
  ],
};
const NOTHING = zipOf("index.js", Buffer.from("exports.handler = async () => null;\n"));
/** For as long as the scenario lasts. */
const ALWAYS = 1_000_000;
/** Every question is work for the process that runs the executions. */
const ASK_EVERY_MS = 3_000;
const FUNCTION_SECONDS = 300;
const TIMEOUT = "States.Timeout";
/**
 * What a task is given where it is to time out, and how long its function then takes: a busy
 * machine confuses neither with the other.
 */
const [SHORT_SECONDS, LONG_SECONDS] = [6, 12];

/**
 * What tells a visit of this payment to this state in the function's event; no other visit's text
 * contains it.
 */
const visitTo = (state: string, paymentId: string) => `/${state}/${paymentId}`;

/**
 * What comes too late is an error, which nobody hears: the emulator would write a success into the
 * history.
 */
const faultOf = (error: string) =>
  error === TIMEOUT ? { error: "TooLate", delay_seconds: LONG_SECONDS } : { error };

export class SecondInterpreter {
  private readonly states: SFNClient;
  private readonly lambda: LambdaClient;
  private readonly control: Control;
  private readonly definitions = new Map<string, Definition>();
  private readonly machines = new Map<string, Promise<string>>();
  private readonly iam: IAMClient;
  private role = "";
  private function = "";

  constructor(config: ClientConfig, control: Control) {
    this.states = new SFNClient(config);
    this.lambda = new LambdaClient(config);
    this.iam = new IAMClient(config);
    this.control = control;
  }

  async open(): Promise<void> {
    const document = JSON.stringify(TRUST);
    const { Role } = await this.iam.send(
      new CreateRoleCommand({ RoleName: NAME, AssumeRolePolicyDocument: document }),
    );
    this.role = Role?.Arn ?? "";
    const { FunctionArn = "" } = await this.lambda.send(
      new CreateFunctionCommand({
        FunctionName: NAME,
        Role: this.role,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: { ZipFile: NOTHING },
        Timeout: FUNCTION_SECONDS,
      }),
    );
    this.function = FunctionArn;
  }

  /** Takes in a machine; its tasks call the function that does nothing, and tell it who calls. */
  add(name: string, definition: Definition): void {
    const States = Object.entries(definition.States).map(([state, body]) => {
      const visit = `States.Format('${visitTo(state, "{}")}', $.payment_id)`;
      const Parameters = { ...body.Parameters, "visit.$": visit };
      return [state, body.Resource ? { ...body, Resource: this.function, Parameters } : body];
    });
    this.definitions.set(name, { ...definition, States: Object.fromEntries(States) });
  }

  /** Runs one execution to its end, and once more from where it failed if it is to be redriven. */
  async run(name: string, script: Script, redriven: boolean): Promise<Run[]> {
    const payment_id = randomUUID();
    await this.order(payment_id, script);
    const slow = Object.keys(script).filter((state) => script[state]?.includes(TIMEOUT));
    const { executionArn = "" } = await this.states.send(
      new StartExecutionCommand({
        stateMachineArn: await this.machineOf(name, slow),
        name: payment_id,
        input: JSON.stringify({ payment_id }),
      }),
    );
    const first = await this.ended(executionArn);
    const runs = [runOf(first)];
    if (!redriven) return runs;
    await this.states.send(new RedriveExecutionCommand({ executionArn }));
    const all = await this.ended(executionArn);
    return [...runs, runOf(all.slice(first.length))];
  }

  async remove(): Promise<void> {
    await this.control.clearFaults();
    // One that could not be made failed for whoever asked for it, and leaves nothing to delete.
    for (const made of await Promise.allSettled(this.machines.values()))
      if (made.status === "fulfilled")
        await this.states.send(new DeleteStateMachineCommand({ stateMachineArn: made.value }));
    if (this.function) await this.lambda.send(new DeleteFunctionCommand({ FunctionName: NAME }));
    if (this.role) await this.iam.send(new DeleteRoleCommand({ RoleName: NAME }));
  }

  /**
   * The machine as it is, or one whose slow tasks are given less time: Step Functions alone can say
   * that a task timed out.
   */
  private machineOf(name: string, slow: string[]): Promise<string> {
    const key = [name, ...slow].join("-");
    const machine = this.machines.get(key) ?? this.create(key, this.withShortTimeout(name, slow));
    this.machines.set(key, machine);
    return machine;
  }

  private withShortTimeout(name: string, slow: string[]): Definition {
    const definition = this.definitions.get(name);
    if (!definition) throw new Error(`no machine is called ${name}`);
    const States = Object.entries(definition.States).map(([state, body]) => [
      state,
      slow.includes(state) ? { ...body, TimeoutSeconds: SHORT_SECONDS } : body,
    ]);
    return { ...definition, States: Object.fromEntries(States) };
  }

  private async create(key: string, definition: Definition): Promise<string> {
    const { stateMachineArn = "" } = await this.states.send(
      new CreateStateMachineCommand({
        name: `${NAME}-${key}`,
        roleArn: this.role,
        definition: JSON.stringify(definition),
      }),
    );
    return stateMachineArn;
  }

  /**
   * Each outcome once, in order; the last one for ever. `ok` is no fault, so it may only come last.
   */
  private async order(paymentId: string, script: Script): Promise<void> {
    for (const [state, outcomes] of Object.entries(script)) {
      for (const [index, error] of outcomes.entries()) {
        const isLast = index === outcomes.length - 1;
        if (error === "ok" && isLast) break;
        if (error === "ok" || error === "hangs") throw new Error(`${state}: ${error} cannot be ordered here`);
        await this.control.fault({
          service: "lambda",
          operation: "Run",
          match: visitTo(state, paymentId),
          ...faultOf(error),
          count: isLast ? ALWAYS : 1,
        });
      }
    }
  }

  private async ended(executionArn: string): Promise<HistoryEvent[]> {
    const isOver = async () => {
      const { status } = await this.states.send(new DescribeExecutionCommand({ executionArn }));
      return status === "RUNNING" ? undefined : status;
    };
    await until(`${executionArn} ends`, isOver, ASK_EVERY_MS);
    const events: HistoryEvent[] = [];
    for await (const page of paginateGetExecutionHistory({ client: this.states }, { executionArn }))
      events.push(...(page.events ?? []));
    return events;
  }
}
