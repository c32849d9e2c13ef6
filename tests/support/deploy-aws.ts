// A stack that is nothing but aliases, and a CodeDeploy that moves them while one waits: what a
// deploy is tried against. It can die before or after any effect, as the program that deploys may.

import type { CanaryState, Routing, World } from "../../scripts/deploy/aws-port.ts";
import type { DeployedFunction, Deployment } from "../../scripts/deploy/deployment.ts";
import type { ReleaseRecord } from "../../scripts/deploy/release.ts";

/** Thrown in the place of an effect, or after it: its answer is lost. */
export class Died extends Error {}

type Run = { target: DeployedFunction; from: string; to: string; looksLeft: number } & CanaryState;

const LOOKS_OF_A_CANARY = 2;

export class DeployWorld implements World {
  readonly aliases = new Map<string, Routing>();
  readonly lines: string[] = [];
  /** Every effect, in order, as `card-payment → 1 and 2`. */
  readonly effects: string[] = [];
  record: ReleaseRecord = {};
  red: string[] = [];
  /** Names whose canary CodeDeploy takes back. */
  bad: string[] = [];
  /** Names whose alias stays where it is, whatever moves it. */
  stuck: string[] = [];
  /** Names whose latest version has older code than was built. */
  stale: string[] = [];
  /** How often somebody looked at the alarms. */
  looks = 0;
  private later: { looks: number; alarm: string } | undefined;
  private readonly runs: Run[] = [];
  private dying: { after: number; answerLost: boolean } | undefined;

  dieAt(after: number, answerLost: boolean): void {
    this.dying = { after, answerLost };
  }

  /** Turns an alarm red once somebody has looked so often. */
  redAfter(looks: number, alarm: string): void {
    this.later = { looks, alarm };
  }

  live(): void {
    this.dying = undefined;
  }

  /** What each alias leads to: `1`, or `1 and 2`. */
  routes(): Record<string, string> {
    return Object.fromEntries(
      [...this.aliases].map(([name, { version, also }]) => [name, also ? `${version} and ${also}` : version]),
    );
  }

  private effect(line: string, act: () => void): void {
    const dies = this.dying && this.dying.after-- === 0 ? this.dying : undefined;
    if (dies && !dies.answerLost) throw new Died(line);
    act();
    this.effects.push(line);
    if (dies) throw new Died(line);
  }

  private read(key: string): Routing {
    const routing = this.aliases.get(key);
    if (!routing) throw new Error(`there is no alias of ${key}`);
    return routing;
  }

  private point(key: string, routing: Routing): void {
    if (!this.stuck.includes(key)) this.aliases.set(key, routing);
  }

  publishedCode: World["publishedCode"] = async ({ function_name, version }) =>
    this.stale.includes(function_name) ? "older" : codeOf(version);
  readFunction = async ({ function_name }: DeployedFunction): Promise<Routing> => this.read(function_name);
  moveFunction = async ({ function_name }: DeployedFunction, version: string): Promise<void> =>
    this.effect(`${function_name} → ${version}`, () => this.point(function_name, { version }));

  readMachine: World["readMachine"] = async ({ alias_arn }) => this.read(alias_arn);
  routeMachine: World["routeMachine"] = async ({ alias_arn }, version, trial) => {
    const routing = { version, ...(trial && { also: trial.version }) };
    this.effect(`${alias_arn} → ${version}${trial ? ` and ${trial.percent} % ${trial.version}` : ""}`, () =>
      this.point(alias_arn, routing),
    );
  };

  runningCanaries: World["runningCanaries"] = async ({ function_name }) =>
    this.runs.flatMap(({ target, state }, id) =>
      target.function_name === function_name && state === "running" ? [String(id)] : [],
    );
  startCanary: World["startCanary"] = async (target, from, to) => {
    const { version, also } = this.read(target.function_name);
    if (version !== from || also)
      throw new Error(`CodeDeploy refuses: ${target.function_name} is not on ${from} alone`);
    this.effect(`${target.function_name} → ${from} and 10 % ${to}`, () => {
      this.point(target.function_name, { version: from, also: to });
      this.runs.push({ target, from, to, looksLeft: LOOKS_OF_A_CANARY, state: "running", detail: "" });
    });
    return String(this.runs.length - 1);
  };
  canaryState: World["canaryState"] = async (id) =>
    this.runs[Number(id)] ?? { state: "failed", detail: "unknown" };
  stopCanary: World["stopCanary"] = async (id) => {
    const run = this.runs[Number(id)];
    if (run?.state === "running")
      this.effect(`stop ${run.target.function_name}`, () => this.end(run, "failed", run.from));
  };

  redAlarms: World["redAlarms"] = async (names) => {
    this.looks++;
    if (this.later && this.later.looks-- === 0) this.red.push(this.later.alarm);
    return names.filter((name) => this.red.includes(name));
  };

  readRecord = async (): Promise<ReleaseRecord> => JSON.parse(JSON.stringify(this.record));
  writeRecord = async (record: ReleaseRecord): Promise<void> =>
    this.effect(`record ${record.phase}`, () => {
      this.record = record;
    });

  /** CodeDeploy's clock: it goes on whether somebody looks or not. */
  wait = async (): Promise<void> => {
    for (const run of this.runs) {
      if (run.state !== "running" || --run.looksLeft > 0) continue;
      if (this.bad.includes(run.target.function_name)) this.end(run, "failed", run.from);
      else this.end(run, "succeeded", run.to);
    }
  };
  say = (line: string): void => {
    this.lines.push(line);
  };

  private end(run: Run, state: "succeeded" | "failed", version: string): void {
    run.state = state;
    run.detail = state === "failed" ? "an alarm is red" : "";
    this.point(run.target.function_name, { version });
  }
}

const codeOf = (version: string): string => `code of ${version}`;

/** `old`, with the named functions and machines as `next` has them. */
export function changedIn(old: Deployment, next: Deployment, ...names: string[]): Deployment {
  const pick = <Target>(from: Record<string, Target>, to: Record<string, Target>) =>
    Object.fromEntries(
      Object.entries(from).map(([name, target]) => [name, (names.includes(name) && to[name]) || target]),
    );
  return {
    ...old,
    functions: pick(old.functions, next.functions),
    machines: pick(old.machines, next.machines),
  };
}

/**
 * Two steps, two functions that answer routes, one machine; all at `version`. Aliases are keyed by
 * the plain names.
 */
export function deploymentAt(version: string, canary_minutes = 0): Deployment {
  const fn = (name: string, routed: boolean) => ({
    function_name: name,
    version,
    code_sha256: codeOf(version),
    routed,
    canary: routed && canary_minutes > 0 ? { application: "functions", group: name } : null,
  });
  return {
    region: "us-east-1",
    alias: "live",
    canary_minutes,
    release: "/dev-release",
    code_bucket: "dev-code",
    alarms: canary_minutes > 0 ? ["api", "machine", "defects"] : [],
    functions: {
      "accept-payment": fn("accept-payment", true),
      "read-payment": fn("read-payment", true),
      "authorize-payment": fn("authorize-payment", false),
      "capture-payment": fn("capture-payment", false),
    },
    machines: { "card-payment": { alias_arn: "card-payment", version_arn: `machine:${version}` } },
  };
}

export const NAMES = [
  "accept-payment",
  "read-payment",
  "authorize-payment",
  "capture-payment",
  "card-payment",
];
export const allOn = (version: string): Record<string, string> =>
  Object.fromEntries(NAMES.map((name) => [name, version]));

/** As an apply leaves a new stack: every alias on its first version. */
export function freshWorld(): DeployWorld {
  const world = new DeployWorld();
  for (const name of NAMES) world.aliases.set(name, { version: "1" });
  return world;
}
