// Runs a real machine in process with scripted outcomes and compressed time, and tells its way.
import { join } from "node:path";
import {
  type Definition,
  parseForRunning,
  readMachines,
} from "../../scripts/local/step-functions/definition.ts";
import { type Ending, Execution, type Progress } from "../../scripts/local/step-functions/execution.ts";
import { TaskFailure } from "../../scripts/local/step-functions/one-state.ts";

/** `ok`, an error's name, or `hangs`: never answers, so that only the task's timeout ends it. */
export type Outcome = "ok" | "hangs" | (string & {});
/**
 * The outcomes of a state's invocations in order; the last one repeats. States not named answer
 * `ok`.
 */
export type Script = Record<string, Outcome[]>;

export type Visit = { state: string; failures: string[]; ok: boolean };
export type MachineRun = {
  visits: Visit[];
  ending: Ending;
  transitions: number;
  /** Where it stood at the end: pass it as `from` to redrive. */
  progress: Progress;
  payloads: unknown[];
};

const REPOSITORY = join(import.meta.dirname, "..", "..");
// Waits of a minute become microseconds; scripted answers come without a timer and can never be
// late.
const TIME_SCALE = 1_000_000;
export const INPUT = { payment_id: "2f6c1f0e-0000-8000-8000-000000000001" };

export const machineNames = (): string[] => [...readMachines(REPOSITORY).keys()];

export function readMachine(name: string): Definition {
  const text = readMachines(REPOSITORY).get(name);
  if (text === undefined) throw new Error(`there is no statemachines/${name}.asl.yaml`);
  return parseForRunning(text);
}

export async function runMachine(
  definition: Definition,
  script: Script = {},
  from?: Progress,
): Promise<MachineRun> {
  const { StartAt: state } = definition;
  const progress = from ?? { state, input: INPUT, attempts: [], enteredAt: Date.now(), entered: false };
  const run: Omit<MachineRun, "ending"> = { visits: [], transitions: 0, progress, payloads: [] };
  const turns = new Map<string, number>();
  const execution = new Execution({
    definition,
    progress: { ...progress, attempts: [] },
    lastEventId: 0,
    origin: { Name: "execution-1", Id: "arn:execution-1", Input: INPUT },
    machine: { Id: "arn:machine", Name: "machine" },
    timeScale: TIME_SCALE,
    onTransition: () => {
      run.transitions += 1;
    },
    journal: {
      advance: () => undefined,
      end: (_, at) => {
        run.progress = structuredClone(at);
        run.visits.push({ state: at.state, failures: [], ok: true });
      },
    },
    invoke: async ({ state: name, payload }) => {
      const turn = turns.get(name) ?? 0;
      turns.set(name, turn + 1);
      run.payloads.push(payload);
      return answer(visitOf(run.visits, name), script[name]?.[turn] ?? script[name]?.at(-1) ?? "ok");
    },
  });
  const ending = await execution.run();
  return { ...run, visits: mergeLast(run.visits), ending };
}

/** The visit that this invocation belongs to: a retry goes on with the last one. */
function visitOf(visits: Visit[], state: string): Visit {
  const last = visits.at(-1);
  if (last?.state === state && !last.ok) return last;
  const visit = { state, failures: [], ok: false };
  visits.push(visit);
  return visit;
}

function answer(visit: Visit, outcome: Outcome): Promise<null> | null {
  if (outcome === "ok") {
    visit.ok = true;
    return null;
  }
  visit.failures.push(outcome === "hangs" ? "States.Timeout" : outcome);
  if (outcome === "hangs") return new Promise<null>(() => undefined);
  throw new TaskFailure(outcome, JSON.stringify({ errorType: outcome, errorMessage: "scripted" }));
}

/**
 * The end names the last state once more, unless it is one that invokes nothing (a Succeed or a
 * Fail).
 */
function mergeLast(visits: Visit[]): Visit[] {
  return visits.at(-1)?.state === visits.at(-2)?.state ? visits.slice(0, -1) : visits;
}

/**
 * One line: `AuthorizePayment ✗ CardDeclined → FailPayment ✓ → SUCCEEDED`, with `×13` for a
 * repeated failure.
 */
export function describeRun(
  { visits, ending }: Pick<MachineRun, "visits" | "ending">,
  mask?: string,
): string {
  const steps = visits.map(({ state, failures, ok }) => {
    const names = [...new Set(failures)];
    const failed = names.map((name) => {
      const times = failures.filter((failure) => failure === name).length;
      return ` ✗${name === mask ? "" : ` ${name}`}${times > 1 ? ` ×${times}` : ""}`;
    });
    return `${state}${failed.join("")}${ok ? " ✓" : ""}`;
  });
  const error = ending.status === "FAILED" && ending.error !== mask ? ` with ${ending.error}` : "";
  return [...steps, `${ending.status}${error}`].join(" → ");
}
