// What a deploy sees of AWS, and of time. The programs in this folder judge and order; aws.ts is the only place with a client.
import type { DeployedFunction, DeployedMachine } from "./deployment.ts";
import type { ReleaseRecord } from "./release.ts";

/** Where an alias leads. `also` is a second version that has a share of the traffic. */
export type Routing = { version: string; also?: string };
export type CanaryState = { state: "running" | "succeeded" | "failed"; detail: string };

export interface World {
  /** SHA-256 of the code of the version that the last apply published, in base64. */
  publishedCode(target: DeployedFunction): Promise<string>;
  readFunction(target: DeployedFunction): Promise<Routing>;
  /** All traffic, at once. */
  moveFunction(target: DeployedFunction, version: string): Promise<void>;

  readMachine(target: DeployedMachine): Promise<Routing>;
  /** All new executions to `version`, except for the share, in percent, that tries another one. */
  routeMachine(
    target: DeployedMachine,
    version: string,
    trial?: { version: string; percent: number },
  ): Promise<void>;

  /** Ids of the CodeDeploy deployments that move this function's alias now. */
  runningCanaries(target: DeployedFunction): Promise<string[]>;
  startCanary(target: DeployedFunction, from: string, to: string): Promise<string>;
  canaryState(id: string): Promise<CanaryState>;
  /** CodeDeploy takes the traffic back by itself. Without effect on one that has ended, or that is itself such a way back. */
  stopCanary(id: string): Promise<void>;

  /** Those of the alarms that are red now. */
  redAlarms(names: string[]): Promise<string[]>;

  readRecord(): Promise<ReleaseRecord>;
  writeRecord(record: ReleaseRecord): Promise<void>;

  wait(seconds: number): Promise<void>;
  say(line: string): void;
}

/** Thrown when new code shows itself to be worse than the old: an alarm is red, or CodeDeploy gave up. */
export class CanaryFailed extends Error {
  override readonly name = "CanaryFailed";
}

export const LOOK_EVERY_SECONDS = 15;
/** The share of CodeDeploy's canaries, and so of the machines'. */
export const TRIAL_PERCENT = 10;
