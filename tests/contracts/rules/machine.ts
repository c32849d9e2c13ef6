// The state machines as they are rendered, before any name is substituted.
import { machinesOf } from "../../../scripts/build/render-machines.ts";
import { REPOSITORY } from "./source-tree.ts";

export type Retrier = {
  ErrorEquals: string[];
  IntervalSeconds: number;
  BackoffRate: number;
  MaxDelaySeconds?: number;
  MaxAttempts: number;
  JitterStrategy?: string;
};
export type Catcher = { ErrorEquals: string[]; Next: string; ResultPath?: string | null };
export type State = {
  Type: string;
  Resource?: string;
  Parameters?: Record<string, string>;
  ResultPath?: string | null;
  TimeoutSeconds?: number;
  Retry?: Retrier[];
  Catch?: Catcher[];
  Next?: string;
  End?: boolean;
};
export type Machine = { StartAt: string; TimeoutSeconds?: number; States: Record<string, State> };

export const machines = new Map(
  [...machinesOf(REPOSITORY)].map(([name, text]) => [name, JSON.parse(text) as Machine]),
);

/** The function that a Task names by `${functions.<name>}`; undefined for everything else. */
export const taskOf = ({ Resource }: State): string | undefined =>
  /^\$\{functions\.([a-z-]+)\}$/.exec(Resource ?? "")?.[1];

/** The tasks of a machine: state name, state, function. */
export const tasksIn = (machine: Machine): [string, State, string][] =>
  Object.entries(machine.States)
    .filter(([, { Type }]) => Type === "Task")
    .map(([name, state]) => [name, state, taskOf(state) ?? ""]);

export const pascal = (kebab: string): string =>
  kebab.replaceAll(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
