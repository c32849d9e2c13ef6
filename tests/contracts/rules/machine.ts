// The state machines as they lie in the repository, before any name is substituted.
import { basename } from "node:path";
import { filesBelow, jsonOf } from "./source-tree.ts";

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
  filesBelow("statemachines", /\.asl\.json$/).map((path) => [
    basename(path, ".asl.json"),
    jsonOf<Machine>(path),
  ]),
);

/** The function that a Task names by `${functions.<name>}`; undefined for everything else. */
export const taskOf = ({ Resource }: State): string | undefined =>
  /^\$\{functions\.([a-z-]+)\}$/.exec(Resource ?? "")?.[1];

export const pascal = (kebab: string): string =>
  kebab.replaceAll(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
