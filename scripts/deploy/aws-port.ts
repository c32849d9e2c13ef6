// What a deploy sees of AWS and of time. The programs in this folder decide the order of the moves.
// Only aws.ts has a client.
import type { DeployedFunction, DeployedMachine } from "./deployment.ts";
import type { ReleaseRecord } from "./release.ts";

/** Where an alias leads. `also` is a second version that takes a share of the traffic. */
export type Routing = { version: string; also?: string };
export type CanaryState = { state: "running" | "succeeded" | "failed"; detail: string };

export interface World {
  /** SHA-256 of the code of the version that the last apply published, in base64. */
  publishedCode(target: DeployedFunction): Promise<string>;
  readFunction(target: DeployedFunction): Promise<Routing>;
  /** Moves all traffic at once. */
  moveFunction(target: DeployedFunction, version: string): Promise<void>;

  readMachine(target: DeployedMachine): Promise<Routing>;
  /**
   * Sends new executions to `version`, except for a share, in percent, that goes to another one.
   */
  routeMachine(
    target: DeployedMachine,
    version: string,
    trial?: { version: string; percent: number },
  ): Promise<void>;

  /** The ids of the CodeDeploy deployments that move this function's alias now. */
  runningCanaries(target: DeployedFunction): Promise<string[]>;
  startCanary(target: DeployedFunction, from: string, to: string): Promise<string>;
  canaryState(id: string): Promise<CanaryState>;
  /**
   * Stops a deployment; CodeDeploy then takes the traffic back by itself. Has no effect on a
   * deployment that has ended, or that is itself a way back.
   */
  stopCanary(id: string): Promise<void>;

  /** The alarms among `names` that are red now. */
  redAlarms(names: string[]): Promise<string[]>;

  readRecord(): Promise<ReleaseRecord>;
  writeRecord(record: ReleaseRecord): Promise<void>;

  wait(seconds: number): Promise<void>;
  say(line: string): void;
}

/** Thrown when new code is worse than the old code: an alarm is red, or CodeDeploy gave up. */
export class CanaryFailed extends Error {
  override readonly name = "CanaryFailed";
}

export const LOOK_EVERY_SECONDS = 15;
/**
 * The share of traffic, in percent, that CodeDeploy's canaries take first. The machines' canaries
 * take the same share.
 */
export const TRIAL_PERCENT = 10;
