// A state machine's definition: rendered as for AWS, with its functions' ARNs, checked
// once at start.
import validate from "asl-validator";
import { machinesOf } from "../../build/render-machines.ts";
import { functionArn } from "./arns.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type Retrier = {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  MaxAttempts?: number;
  JitterStrategy?: "NONE" | "FULL";
};
export type Catcher = { ErrorEquals: string[]; Next: string; ResultPath?: string | null };

/** The fields that the engine reads. The interpreter reads all others. */
export type State = {
  Type: string;
  Resource?: string;
  Parameters?: Record<string, unknown>;
  TimeoutSeconds?: number;
  Seconds?: number;
  Retry?: Retrier[];
  Catch?: Catcher[];
  Choices?: { Next: string }[];
  Default?: string;
  Next?: string;
  End?: boolean;
};
export type Definition = { StartAt: string; TimeoutSeconds?: number; States: Record<string, State> };

/** Step Functions' own defaults. The interpreter's task timeout is another one (60 s). */
export const DEFAULT_MAX_ATTEMPTS = 3;
export const DEFAULT_INTERVAL_SECONDS = 1;
export const DEFAULT_BACKOFF_RATE = 2;
export const DEFAULT_TASK_TIMEOUT_SECONDS = 99_999_999;

const RUNNABLE_TYPES = ["Task", "Pass", "Wait", "Choice", "Succeed", "Fail"];
// The engine cannot scale or resume these. They are refused at start, and not half done
// at run time.
const UNSUPPORTED_FIELDS = [
  "SecondsPath",
  "TimeoutSecondsPath",
  "HeartbeatSeconds",
  "HeartbeatSecondsPath",
  "QueryLanguage",
  "Arguments",
  "Assign",
];

/**
 * Every machine of the repository at `root` as JSON, by its name in the manifest. The ARN of a
 * function stands for `${functions.<name>}`. Throws BuildFailed.
 */
export const readMachines = (root: string): Map<string, string> =>
  new Map(
    [...machinesOf(root)].map(([name, text]) => [
      name,
      text.replaceAll(/\$\{functions\.([a-z0-9-]+)\}/g, (_, key: string) => functionArn(key)),
    ]),
  );

/**
 * Throws with all reasons when a definition is invalid, or asks for what the local
 * engine cannot do.
 */
export function checkDefinition(name: string, text: string): void {
  // The validator writes defaults into its input, so it gets a copy.
  const { isValid, errorsText } = validate(JSON.parse(text), { checkArn: true, checkPaths: true });
  if (!isValid) throw new Error(`statemachines/${name}.asl.yaml is invalid:\n${errorsText("\n")}`);
  for (const [state, body] of Object.entries((JSON.parse(text) as Definition).States)) {
    if (!RUNNABLE_TYPES.includes(body.Type)) {
      throw new Error(`${name}: ${state} is a ${body.Type} state, which the local engine does not run`);
    }
    const unsupported = UNSUPPORTED_FIELDS.filter((field) => field in body);
    if (unsupported.length > 0) throw new Error(`${name}: ${state} uses ${unsupported}, not run locally`);
  }
}

/**
 * Parses a definition for running. The interpreter overwrites `$$.Execution.Input` and `.StartTime`
 * with those of its own run, which here is one state. So the machine's paths lead to a copy that
 * the interpreter does not touch.
 */
export function parseForRunning(text: string): Definition {
  return JSON.parse(text.replaceAll(/\$\$\.Execution\b/g, "$$$$.Origin")) as Definition;
}

/**
 * The retrier that takes this error now, as the interpreter decides it; undefined when there is
 * none, or when it is used up.
 */
export function retrierFor(state: State, error: string, attempts: number[]): number | undefined {
  const index = (state.Retry ?? []).findIndex(({ ErrorEquals }) => matches(ErrorEquals, error));
  const retrier = state.Retry?.[index];
  if (!retrier) return undefined;
  return (attempts[index] ?? 0) < (retrier.MaxAttempts ?? DEFAULT_MAX_ATTEMPTS) ? index : undefined;
}

function matches(names: string[], error: string): boolean {
  const wildcard = error === "States.Timeout" ? ["States.ALL"] : ["States.ALL", "States.TaskFailed"];
  return names.some((name) => name === error || wildcard.includes(name));
}
