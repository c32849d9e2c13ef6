// Breakers in DynamoDB: BREAKER#provider / BREAKER, one small item that all functions share. Each
// environment reads it once in three seconds while it is closed, and once a second in trouble. It
// is written only when something is wrong: a payment that goes well writes nothing here.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import {
  afterAnswer,
  afterFailure,
  afterProbe,
  type BreakerState,
  breakerStatus,
  CLOSED,
  FAILURES_TO_OPEN,
  PACE,
  type Pace,
} from "../../domain/circuit-breaker.ts";
import type { Breaker } from "../../ports/breaker.ts";
import type { Clock } from "../../ports/clock.ts";
import { log } from "../../runtime/log.ts";
import { measure } from "../../runtime/metrics.ts";
import { isFresh } from "../short-memory.ts";
import { type Item, toItem } from "./item.ts";

/** `version` counts the writes; 0 where there is no item yet. */
type Stored = { state: BreakerState; version: number };
type Known = Stored & { readAt: number };

const NEVER: Stored = { state: CLOSED, version: 0 };
/**
 * How long an environment goes by what it read of a breaker without any failure: so much later it
 * sees one that others opened. Its own failures it knows at once.
 */
const FRESH_CLOSED_MS = 3_000;
/** The same while there is trouble. */
const FRESH_MS = 1_000;
/** Every lost race counted another call's failure: after so many the breaker is open anyway. */
const TRIES = FAILURES_TO_OPEN + 1;

export class DynamoBreaker implements Breaker {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;
  private readonly known = new Map<string, Known>();

  constructor(client: DynamoDBClient, clock: Clock, table: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
  }

  async isOpen(provider: string): Promise<boolean> {
    const { state } = await this.current(provider);
    return breakerStatus(state, this.clock.now()) === "open";
  }

  async admits(provider: string): Promise<boolean> {
    const { state } = await this.current(provider);
    const standing = breakerStatus(state, this.clock.now());
    if (standing !== "probing") return standing === "closed";
    return this.change(provider, (now) => afterProbe(now, this.clock.now(), this.pace()));
  }

  async report(provider: string, health: "answered" | "unavailable"): Promise<void> {
    const judge = (state: BreakerState): BreakerState | undefined =>
      health === "answered" ? afterAnswer(state) : afterFailure(state, this.clock.now(), this.pace());
    // An answer goes by what is known, however old: only known trouble has to be cleared.
    if (!this.known.has(provider)) await this.current(provider);
    await this.change(provider, judge);
  }

  /** Writes the state that `judge` returns, if it returns one. True when this call wrote it. */
  private async change(
    provider: string,
    judge: (state: BreakerState) => BreakerState | undefined,
  ): Promise<boolean> {
    let seen: Stored = this.known.get(provider) ?? NEVER;
    try {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const state = judge(seen.state);
        if (!state) return false;
        const found = await this.put(provider, { state, version: seen.version + 1 });
        if (!found) {
          noteChange(provider, seen.state, state);
          return true;
        }
        seen = found;
      }
    } catch (error) {
      log.warn("the breaker could not be written", { provider, error });
      // It may have been written all the same: what is known of it is not fresh any more.
      this.known.set(provider, { ...seen, readAt: Number.NEGATIVE_INFINITY });
    }
    return false;
  }

  /** Undefined when it was written; else what stands there, newer than what the caller had seen. */
  private async put(provider: string, next: Stored): Promise<Stored | undefined> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: toItem({ ...keyOf(provider), version: next.version, ...next.state }),
      ConditionExpression: next.version === 1 ? "attribute_not_exists(pk)" : "version = :seen",
      ...(next.version === 1 ? {} : { ExpressionAttributeValues: toItem({ ":seen": next.version - 1 }) }),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      await this.client.send(command);
      this.keep(provider, next);
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return this.keep(provider, storedIn(error.Item));
    }
  }

  private async current(provider: string): Promise<Stored> {
    const known = this.known.get(provider);
    if (known && isFresh(known.readAt, isQuiet(known.state) ? FRESH_CLOSED_MS : FRESH_MS, this.clock))
      return known;
    try {
      const read = new GetItemCommand({ TableName: this.table, Key: toItem(keyOf(provider)) });
      return this.keep(provider, storedIn((await this.client.send(read)).Item));
    } catch (error) {
      log.warn("the breaker could not be read: the last known state holds", { provider, error });
      return this.keep(provider, known ?? NEVER);
    }
  }

  private keep(provider: string, { state, version }: Stored): Stored {
    const known = { state, version, readAt: this.clock.now() };
    this.known.set(provider, known);
    return known;
  }

  private pace(): Pace {
    const now = this.clock.now();
    const here = (milliseconds: number): number => now - this.clock.ago(milliseconds);
    return {
      window: here(PACE.window),
      firstHold: here(PACE.firstHold),
      longestHold: here(PACE.longestHold),
      probeEvery: here(PACE.probeEvery),
    };
  }
}

/** True of a breaker that is closed and counts no failure. */
const isQuiet = ({ failures, hold_ms }: BreakerState): boolean => failures === 0 && hold_ms === 0;

/** Opening and closing are worth a line; a failure counted or a probe sent is not. */
function noteChange(provider: string, before: BreakerState, after: BreakerState): void {
  const { hold_ms, open_until } = after;
  if (hold_ms > before.hold_ms || open_until > before.open_until) {
    log.warn("the breaker is open", { provider, hold_ms });
    measure({ BreakerOpened: 1 }, { provider });
  } else if (hold_ms === 0 && before.hold_ms > 0) log.info("the breaker is closed", { provider });
}

const keyOf = (provider: string) => ({ pk: `BREAKER#${provider}`, sk: "BREAKER" });

function storedIn(item: Item | undefined): Stored {
  if (!item) return NEVER;
  const { version, failures, failing_since, hold_ms, open_until, probed_at } = unmarshall(item);
  return { version, state: { failures, failing_since, hold_ms, open_until, probed_at } };
}
