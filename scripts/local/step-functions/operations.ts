// The operations of the Step Functions API: what they accept, what they answer, and the names of
// their refusals.
import { randomUUID } from "node:crypto";
import { AwsError, type Operations } from "../common/aws-json.ts";
import { traceIn } from "../common/trace.ts";
import {
  ALIAS,
  aliasArn,
  type MachineReference,
  machineArn,
  readMachineArn,
  requireExecutionArn,
  requireExecutionName,
  versionArn,
} from "./arns.ts";
import type { Engine } from "./engine.ts";
import { withoutData } from "./history.ts";
import { readPage, writeToken } from "./pages.ts";
import type { ExecutionRow, Store } from "./store.ts";

const LARGEST_INPUT = 262_144;
const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];
const INCLUDED = { included: true };

export function stepFunctions(engine: Engine, store: Store): Operations {
  const need = (arn: unknown): ExecutionRow => {
    const found = store.find(requireExecutionArn(arn));
    if (found) return found;
    throw new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${String(arn)}'`);
  };
  return {
    // The request's own header counts for more than the one in its body.
    StartExecution: (input, headers) =>
      startExecution(engine, { ...input, traceHeader: traceIn(headers ?? {}) ?? input.traceHeader }),
    DescribeExecution: ({ executionArn }) => describe(need(executionArn), engine),
    GetExecutionHistory: (input) => getHistory(store, need(input.executionArn), input),
    ListExecutions: (input) => listExecutions(engine, store, input),
    RedriveExecution: ({ executionArn }) => ({
      redriveDate: seconds(engine.redrive(need(executionArn)).redriven_at),
    }),
    StopExecution: ({ executionArn, error, cause }) => {
      engine.stop(need(executionArn), error, cause);
      return { stopDate: seconds(need(executionArn).stopped_at) };
    },
  };
}

type StartInput = { stateMachineArn?: string; name?: string; input?: string; traceHeader?: string };

function startExecution(engine: Engine, { stateMachineArn, name, input = "{}", traceHeader }: StartInput) {
  const target = findMachine(engine, stateMachineArn);
  const executionName = name === undefined ? randomUUID() : requireExecutionName(name);
  requireInput(input);
  const { arn, started_at } = engine.start({
    ...target,
    name: executionName,
    input,
    ...(traceHeader === undefined ? {} : { traceHeader }),
  });
  return { executionArn: arn, startDate: seconds(started_at) };
}

/** The machine, and the version that will run when the ARN names an alias or a version. */
function findMachine(
  engine: Engine,
  arn: unknown,
): MachineReference & { versionArn?: string; aliasArn?: string } {
  const { machine, alias, version } = readMachineArn(arn);
  const latest = engine.latestVersion(machine);
  const known = alias === undefined || alias === ALIAS;
  if (latest === undefined || !known || (version !== undefined && !engine.hasVersion(machine, version))) {
    throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${String(arn)}'`);
  }
  if (alias !== undefined) {
    const names = { versionArn: versionArn(machine, latest), aliasArn: aliasArn(machine, alias) };
    return { machine, alias, version: latest, ...names };
  }
  return version === undefined ? { machine } : { machine, version, versionArn: versionArn(machine, version) };
}

function requireInput(input: unknown): void {
  if (typeof input !== "string" || Buffer.byteLength(input) > LARGEST_INPUT) {
    throw new AwsError(
      "ValidationException",
      "Value at 'input' failed to satisfy constraint: at most 262144 bytes",
    );
  }
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError("InvalidExecutionInput", `Invalid State Machine Execution Input: '${String(error)}'`);
  }
}

function describe(row: ExecutionRow, engine: Engine) {
  const reason = engine.notRedrivable(row);
  return {
    ...summary(row),
    input: row.input,
    inputDetails: INCLUDED,
    ...(row.output === null ? {} : { output: row.output, outputDetails: INCLUDED }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.cause === null ? {} : { cause: row.cause }),
    redriveStatus: reason === undefined ? "REDRIVABLE" : "NOT_REDRIVABLE",
    ...(reason === undefined ? {} : { redriveStatusReason: reason }),
  };
}

function summary(row: ExecutionRow) {
  return {
    executionArn: row.arn,
    stateMachineArn: machineArn(row.machine),
    name: row.name,
    status: row.status,
    startDate: seconds(row.started_at),
    ...(row.stopped_at === null ? {} : { stopDate: seconds(row.stopped_at) }),
    stateMachineVersionArn: versionArn(row.machine, row.version),
    ...(row.alias === null ? {} : { stateMachineAliasArn: aliasArn(row.machine, row.alias) }),
    redriveCount: row.redrives,
    ...(row.redriven_at === null ? {} : { redriveDate: seconds(row.redriven_at) }),
  };
}

type PageInput = { maxResults?: number; nextToken?: string };
type HistoryInput = PageInput & { reverseOrder?: boolean; includeExecutionData?: boolean };

function getHistory(store: Store, row: ExecutionRow, input: HistoryInput) {
  const reverse = input.reverseOrder === true;
  const { from, limit } = readPage(input, row.arn, reverse ? Number.MAX_SAFE_INTEGER : 0);
  const events = store.events(row.id, from, limit, reverse);
  const last = events.at(-1)?.id;
  const more = last !== undefined && (reverse ? last > 1 : last < (store.find(row.arn)?.last_event ?? 0));
  const shown = input.includeExecutionData === false ? events.map(withoutData) : events;
  return more ? { events: shown, nextToken: writeToken(row.arn, last) } : { events: shown };
}

type ListInput = PageInput & { stateMachineArn?: string; statusFilter?: string };

function listExecutions(engine: Engine, store: Store, input: ListInput) {
  const { machine, alias, version } = findMachine(engine, input.stateMachineArn);
  const { statusFilter = null } = input;
  if (statusFilter !== null && !STATUSES.includes(statusFilter)) {
    throw new AwsError("ValidationException", `Value '${statusFilter}' at 'statusFilter' is not a status`);
  }
  const { from, limit } = readPage(input, machine, Number.MAX_SAFE_INTEGER);
  const rows = store.list(machine, statusFilter, from, limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1)?.id;
  const asked = (row: ExecutionRow) =>
    alias ? row.alias === alias : version === undefined || row.version === version;
  const executions = page.filter(asked).map(summary);
  return rows.length > limit && last !== undefined
    ? { executions, nextToken: writeToken(machine, last) }
    : { executions };
}

const seconds = (milliseconds: number | null): number => (milliseconds ?? 0) / 1000;
