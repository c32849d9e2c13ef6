// Kill switches as SSM parameters below one path, `on` or `off`. They are read together, every few
// seconds at most. While SSM does not answer, the values of the last read hold: reading a switch
// must never stop what the switch is about.
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Rail } from "../../contracts/types.ts";
import { type Switch, switchNames } from "../../domain/saga-definition.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Switches } from "../../ports/switches.ts";
import { switchPath } from "../../runtime/config.ts";
import { log } from "../../runtime/log.ts";
import { traced } from "../../runtime/tracing.ts";
import { isFresh } from "../short-memory.ts";
import { deadline } from "./request-handler.ts";

/** One try, and a short one: a client's request may be waiting. */
export const ssmClient = (): SSMClient =>
  traced(new SSMClient({ maxAttempts: 1, requestHandler: deadline(1_000) }));

const FRESH_MS = 5_000;
/** Ten parameters each; three switches for each of a handful of rails and providers. */
const MOST_PAGES = 5;

export class SsmSwitches implements Switches {
  private readonly client: SSMClient;
  private readonly clock: Clock;
  private on: ReadonlySet<string> = new Set();
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(client: SSMClient, clock: Clock) {
    this.client = client;
    this.clock = clock;
  }

  async isOn(what: Switch, rail: Rail): Promise<boolean> {
    if (!isFresh(this.askedAt, FRESH_MS, this.clock)) await this.refresh();
    return switchNames(what, rail).some((name) => this.on.has(name));
  }

  private async refresh(): Promise<void> {
    // Set before the answer: while SSM is slow, only one request in five seconds waits for it.
    this.askedAt = this.clock.now();
    try {
      this.on = await this.read();
    } catch (error) {
      log.warn("the switches could not be read: the last known ones hold", { on: [...this.on], error });
    }
  }

  private async read(): Promise<Set<string>> {
    const path = switchPath();
    const on = new Set<string>();
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const command = new GetParametersByPathCommand({ Path: path, Recursive: true, NextToken: token });
      const { Parameters = [], NextToken } = await this.client.send(command);
      for (const { Name = "", Value } of Parameters) if (Value === "on") on.add(Name.slice(path.length + 1));
      if (!NextToken) return on;
      token = NextToken;
    }
    throw new Error(`there are more than ${MOST_PAGES} pages of parameters below ${path}`);
  }
}
