// The executions of this machine: starts, stops and redrives them, and resumes the running ones
// after a restart.
import { AwsError } from "../common/aws-json.ts";
import { executionArn, machineArn, roleArn } from "./arns.ts";
import { type Definition, type Json, parseForRunning } from "./definition.ts";
import { type Ending, Execution, type Invoke, type Progress } from "./execution.ts";
import { HistoryWriter } from "./history.ts";
import type { ExecutionRow, Store } from "./store.ts";
import type { TaskTurns } from "./task-turns.ts";

export type EngineOptions = {
  /** Checked definitions by the machine's deployed name. */
  machines: Map<string, string>;
  store: Store;
  invoke: Invoke;
  turns: TaskTurns;
  timeScale: number;
  onTransition: () => void;
  onStatusChange: () => void;
};

export type StartRequest = {
  machine: string;
  version?: number;
  alias?: string;
  name: string;
  input: string;
  versionArn?: string;
  aliasArn?: string;
  traceHeader?: string;
};

const DAY_MS = 24 * 3600 * 1000;
const NAMES_TAKEN_MS = 90 * DAY_MS;
const REDRIVABLE_MS = 14 * DAY_MS;
const MOST_EVENTS_TO_REDRIVE = 24_999;

export class Engine {
  private readonly options: EngineOptions;
  private readonly versions = new Map<string, number>();
  private readonly definitions = new Map<string, Definition>();
  private readonly running = new Map<number, Execution>();

  constructor(options: EngineOptions) {
    this.options = options;
    const { machines, store } = options;
    for (const [machine, body] of machines) this.versions.set(machine, store.publish(machine, body));
    store.forget(Date.now() - NAMES_TAKEN_MS);
  }

  latestVersion(machine: string): number | undefined {
    return this.versions.get(machine);
  }

  hasVersion(machine: string, version: number): boolean {
    return this.options.store.definition(machine, version) !== undefined;
  }

  /** Idempotent by name while the first one runs. Otherwise it throws ExecutionAlreadyExists. */
  start({ machine, version, alias, name, input, ...started }: StartRequest): ExecutionRow {
    const arn = executionArn(machine, name);
    const existing = this.options.store.find(arn);
    if (existing?.status === "RUNNING" && existing.input === input) return existing;
    if (existing) throw new AwsError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
    const used = version ?? this.latestVersion(machine) ?? 0;
    const definition = this.definition(machine, used);
    const now = Date.now();
    const state = definition.StartAt;
    const at: Progress = {
      state,
      input: JSON.parse(input) as Json,
      attempts: [],
      enteredAt: now,
      entered: false,
      ...(started.traceHeader === undefined ? {} : { trace: started.traceHeader }),
    };
    const history = new HistoryWriter(0);
    history.add("ExecutionStarted", {
      input,
      roleArn: roleArn(machine),
      stateMachineVersionArn: started.versionArn,
      stateMachineAliasArn: started.aliasArn,
    });
    const row = this.options.store.start(
      {
        arn,
        machine,
        name,
        version: used,
        alias: alias ?? null,
        status: "RUNNING",
        input,
        output: null,
        error: null,
        cause: null,
        started_at: now,
        stopped_at: null,
        deadline: this.deadline(definition, now),
        redrives: 0,
        redriven_at: null,
        progress: JSON.stringify(at),
      },
      history.take(),
    );
    this.options.onStatusChange();
    this.run(row, this.open(row));
    return row;
  }

  /** Stops a running execution. A closed one stays as it ended. */
  stop(row: ExecutionRow, error?: string, cause?: string): void {
    const ending: Ending = {
      status: "ABORTED",
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    };
    this.running.get(row.id)?.end(ending);
  }

  /** Why this execution cannot be redriven; undefined when it can. */
  notRedrivable(row: ExecutionRow): string | undefined {
    if (row.status === "RUNNING" || row.status === "SUCCEEDED") {
      return `Execution is ${row.status} and cannot be redriven`;
    }
    if (Date.now() - (row.stopped_at ?? 0) > REDRIVABLE_MS)
      return "Execution has exceeded its redrivable period";
    if (row.last_event >= MOST_EVENTS_TO_REDRIVE)
      return "Execution history has too many events to be redriven";
    return undefined;
  }

  /**
   * Goes on at the state that failed. Its retries count from zero, and the machine's
   * timeout begins now.
   */
  redrive(row: ExecutionRow): ExecutionRow {
    const reason = this.notRedrivable(row);
    if (reason) throw new AwsError("ExecutionNotRedrivable", reason);
    const history = new HistoryWriter(row.last_event);
    history.add("ExecutionRedriven", { redriveCount: row.redrives + 1 });
    this.options.onTransition();
    const progress: Progress = { ...(JSON.parse(row.progress) as Progress), attempts: [] };
    const deadline = this.deadline(this.definition(row.machine, row.version), Date.now());
    const redriven = this.options.store.redrive(row.id, history.take(), progress, deadline);
    this.options.onStatusChange();
    this.run(redriven, this.open(redriven));
    return redriven;
  }

  /** Resumes what ran when the process ended. Until `ready` it can only be stopped. */
  async resume(rows: ExecutionRow[], ready: Promise<void>): Promise<void> {
    const opened = rows.map((row) => ({ row, execution: this.open(row) }));
    await ready;
    for (const { row, execution } of opened) this.run(row, execution);
  }

  private open(row: ExecutionRow): Execution {
    const { store, invoke, turns, timeScale, onTransition } = this.options;
    const execution = new Execution({
      definition: this.definition(row.machine, row.version),
      progress: JSON.parse(row.progress) as Progress,
      lastEventId: row.last_event,
      origin: contextOf(row),
      machine: { Id: machineArn(row.machine), Name: row.machine },
      ...(row.deadline === null ? {} : { deadline: row.deadline }),
      timeScale,
      invoke,
      takeTurn: () => turns.take(row.id),
      onTransition,
      journal: {
        advance: (events, progress) => store.advance(row.id, events, progress),
        end: (events, progress, ending) => {
          store.end(row.id, events, progress, ending);
          this.running.delete(row.id);
          this.options.onStatusChange();
        },
      },
    });
    this.running.set(row.id, execution);
    return execution;
  }

  private run(row: ExecutionRow, execution: Execution): void {
    // A journal that cannot write leaves nothing to trust. The process ends, and its restart
    // resumes from the record.
    execution.run().catch((error: unknown) => {
      console.error(`${row.arn} cannot be recorded:`, error);
      process.exit(1);
    });
  }

  private definition(machine: string, version: number): Definition {
    const key = `${machine}:${version}`;
    const parsed = this.definitions.get(key);
    if (parsed) return parsed;
    const definition = parseForRunning(this.options.store.definition(machine, version) ?? "null");
    this.definitions.set(key, definition);
    return definition;
  }

  private deadline({ TimeoutSeconds }: Definition, from: number): number | null {
    return TimeoutSeconds === undefined
      ? null
      : from + Math.ceil((TimeoutSeconds * 1000) / this.options.timeScale);
  }
}

const contextOf = (row: ExecutionRow): Record<string, unknown> => ({
  Id: row.arn,
  Name: row.name,
  Input: JSON.parse(row.input),
  RoleArn: roleArn(row.machine),
  StartTime: new Date(row.started_at).toISOString(),
  RedriveCount: row.redrives,
  ...(row.redriven_at === null ? {} : { RedriveTime: new Date(row.redriven_at).toISOString() }),
});
