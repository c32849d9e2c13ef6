// Token buckets in DynamoDB: MERCHANT#id / TOKENS in the payments table, one small item for each
// merchant whose policy has a rate. An environment leases blocks of it, and remembers what it may
// give and until when it has to refuse: neither a request that is taken nor one that is refused
// costs a call.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { BLOCK, type Bucket, LEASE_MS, lease, type Rate, timesBegun } from "../../domain/token-bucket.ts";
import { RateLimited, StoreContention } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PolicySource } from "../../ports/policy-source.ts";
import type { WriteThrottle } from "../../ports/write-throttle.ts";
import { log } from "../../runtime/log.ts";
import { measure } from "../../runtime/metrics.ts";
import { type Item, toItem } from "./item.ts";

/** `version` counts the writes; 0 where there is no item yet. */
type Stored = { bucket?: Bucket; version: number };
type Known = Stored & {
  rate: Rate | undefined;
  /** Milliseconds since the epoch, as all of these. */
  rateReadAt: number;
  left: number;
  leasedAt: number;
  /** Nothing is leased before. */
  refusedUntil: number;
  leasing?: Promise<void>;
};

/**
 * How long an environment goes by a merchant's policy. That there is none may be half a minute old:
 * a new rate holds within a minute.
 */
const RATE_MS = 30_000;
/** Every lost race is a block that another environment got. */
const TRIES = 8;
/** A cell has some thousands of merchants. Above this the oldest is forgotten. */
const REMEMBERED = 10_000;

export class DynamoWriteThrottle implements WriteThrottle {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;
  private readonly policies: PolicySource;
  private readonly known = new Map<string, Known>();

  constructor(client: DynamoDBClient, clock: Clock, table: string, policies: PolicySource) {
    this.client = client;
    this.clock = clock;
    this.table = table;
    this.policies = policies;
  }

  async take(merchantId: string): Promise<void> {
    const refusal = await this.refusalOf(merchantId).catch((error) => {
      log.warn("the throttle could not be asked: the request is taken", { merchant_id: merchantId, error });
      measure({ WritesUnmetered: 1 });
      return undefined;
    });
    if (refusal) throw refusal;
  }

  /** Undefined where a token was taken, or none is needed. */
  private async refusalOf(merchantId: string): Promise<RateLimited | undefined> {
    const known = await this.current(merchantId);
    // Another request may read another rate meanwhile: this one goes by what it began with.
    const { rate } = known;
    if (!rate) return undefined;
    const waitMs = await this.waitFor(merchantId, known, rate);
    if (waitMs === 0) return undefined;
    const window = timesBegun(rate.burst, rate.per_second);
    const wait = timesBegun(waitMs, 1_000);
    return RateLimited.by("writes", rate.burst, window, wait, " for all routes together");
  }

  /** 0 where a token was taken; else how long the next one takes. */
  private async waitFor(merchantId: string, known: Known, rate: Rate): Promise<number> {
    for (;;) {
      const now = this.clock.now();
      if (known.left > 0 && now - known.leasedAt < LEASE_MS) {
        known.left -= 1;
        return 0;
      }
      if (now < known.refusedUntil) return known.refusedUntil - now;
      // Requests that come at once share one lease, and look again.
      known.leasing ??= this.lease(merchantId, known, rate).finally(() => delete known.leasing);
      await known.leasing;
    }
  }

  private async current(merchantId: string): Promise<Known> {
    const known = this.known.get(merchantId);
    if (known && known.rateReadAt > this.clock.now() - RATE_MS) return known;
    const rateReadAt = this.clock.now();
    const rate = (await this.policies.policyOf(merchantId)).limits.writes;
    if (known) return Object.assign(known, { rate, rateReadAt });
    const fresh = { rate, rateReadAt, version: 0, left: 0, leasedAt: 0, refusedUntil: 0 };
    const [oldest] = this.known.keys();
    if (this.known.size >= REMEMBERED && oldest !== undefined) this.known.delete(oldest);
    this.known.set(merchantId, fresh);
    return fresh;
  }

  /**
   * Leases a block, or notes until when there is none. What is known of the bucket is enough to
   * refuse: others can only have taken from it since. A lease counts when it is written.
   */
  private async lease(merchantId: string, known: Known, rate: Rate): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const now = this.clock.now();
      const next = lease(known.bucket, rate, now);
      if ("waitMs" in next) {
        known.refusedUntil = now + next.waitMs;
        return;
      }
      const found = await this.put(merchantId, { bucket: next.bucket, version: known.version + 1 });
      if (!found) {
        Object.assign(known, { left: BLOCK, leasedAt: now });
        Object.assign(known, { bucket: next.bucket, version: known.version + 1 });
        return;
      }
      Object.assign(known, found);
    }
    throw new StoreContention("other environments leased faster");
  }

  /** Undefined when it was written; else what stands there. */
  private async put(merchantId: string, { bucket, version }: Required<Stored>): Promise<Stored | undefined> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: toItem({ ...keyOf(merchantId), version, ...bucket }),
      ConditionExpression: version === 1 ? "attribute_not_exists(pk)" : "version = :seen",
      ...(version === 1 ? {} : { ExpressionAttributeValues: toItem({ ":seen": version - 1 }) }),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      await this.client.send(command);
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return storedIn(error.Item);
    }
  }
}

const keyOf = (merchantId: string) => ({ pk: `MERCHANT#${merchantId}`, sk: "TOKENS" });

function storedIn(item: Item | undefined): Stored {
  if (!item) return { version: 0 };
  const { version, millis, at } = unmarshall(item);
  return { version, bucket: { millis, at } };
}
