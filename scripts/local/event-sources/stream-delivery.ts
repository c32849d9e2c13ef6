// Gives a batch of a shard's records to its function, in order, until every record was taken or
// given up. A batch without progress is bisected. So only the poisonous record is retried and, in
// the end, goes to the failure queue.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Counters } from "../common/counters.ts";
import { STREAM_FAILURES, type StreamMapping } from "../common/messaging-catalog.ts";
import type { Store } from "../common/messaging-store.ts";
import { functionArn } from "../lambda/catalog.ts";
import type { Queues } from "../sqs/queues.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { failedIds, type Invoker } from "./invoke.ts";
import type { StreamRecord } from "./stream-source.ts";

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 10_000;
const UNDELIVERED_WAIT_MS = 250;

export type DeliveryParts = {
  store: Store;
  queues: Queues;
  invoker: Invoker;
  counters: Counters;
  checkpoints: Checkpoints;
  timeScale: number;
  /** Resolves when pollers may deliver. The fault `pause` holds it. */
  gate: () => Promise<void>;
};
export type Place = { stream: string; shard: string };

export class StreamDelivery {
  private readonly mapping: StreamMapping;
  private readonly parts: DeliveryParts;
  private readonly place: Place;

  constructor(mapping: StreamMapping, parts: DeliveryParts, place: Place) {
    this.mapping = mapping;
    this.parts = parts;
    this.place = place;
  }

  /** Resolves when the checkpoint stands at the last of `records`. */
  async deliver(records: StreamRecord[]): Promise<void> {
    const segments = [records];
    let tries = 0;
    for (let segment = segments.shift(); segment; segment = segments.shift()) {
      const taken = await this.invoke(segment);
      if (taken > 0) {
        this.checkpoint(segment.slice(0, taken));
        tries = 0;
      }
      const left = segment.slice(taken);
      if (left.length === 0) continue;
      if (left.length === 1) tries += 1;
      if (left.length === 1 && tries > this.mapping.maxRetries) {
        this.giveUp(left, tries);
        tries = 0;
        continue;
      }
      await this.backOff(tries);
      segments.unshift(...halves(left));
    }
  }

  /** Resolves with how many of the first records the function took. */
  private async invoke(records: StreamRecord[]): Promise<number> {
    const { name, timeoutSeconds } = this.mapping;
    for (;;) {
      await this.parts.gate();
      const outcome = await this.parts.invoker.invoke(name, { Records: records }, timeoutSeconds);
      if (outcome.kind === "answered") return takenOf(outcome.payload, records);
      console.error(`${name}: ${records.length} stream records ${outcome.kind}: ${outcome.reason}`);
      if (outcome.kind === "failed") return 0;
      await pause(UNDELIVERED_WAIT_MS);
    }
  }

  private checkpoint(taken: StreamRecord[]): void {
    const last = taken.at(-1);
    if (!last) return;
    this.parts.checkpoints.move(this.place.stream, this.place.shard, last.dynamodb.SequenceNumber);
    this.parts.counters.add(`streams.records.${this.mapping.name}`, taken.length);
  }

  /**
   * Moves the record to the failure queue in one transaction: it is always in exactly one of the
   * two places.
   */
  private giveUp(records: StreamRecord[], tries: number): void {
    const { store, queues, counters, checkpoints } = this.parts;
    const [record] = records;
    if (!record) return;
    store.transaction(() => {
      queues.send(STREAM_FAILURES, JSON.stringify(this.failureOf(record, tries)));
      checkpoints.move(this.place.stream, this.place.shard, record.dynamodb.SequenceNumber);
    });
    counters.add("streams.given_up");
    console.error(
      `${this.mapping.name}: gave up on ${JSON.stringify(record.dynamodb.Keys)} after ${tries} tries`,
    );
  }

  /**
   * Lambda's on-failure record, which holds no data of the item. The item's key stands beside it.
   */
  private failureOf(record: StreamRecord, tries: number) {
    const at = new Date((record.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString();
    return {
      requestContext: {
        requestId: randomUUID(),
        functionArn: functionArn(this.mapping.name),
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: tries,
      },
      responseContext: { statusCode: 200, executedVersion: "1", functionError: "Unhandled" },
      version: "1.0",
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        shardId: this.place.shard,
        startSequenceNumber: record.dynamodb.SequenceNumber,
        endSequenceNumber: record.dynamodb.SequenceNumber,
        approximateArrivalOfFirstRecord: at,
        approximateArrivalOfLastRecord: at,
        batchSize: 1,
        streamArn: record.eventSourceARN,
      },
      record: { eventID: record.eventID, eventName: record.eventName, Keys: record.dynamodb.Keys },
    };
  }

  private async backOff(tries: number): Promise<void> {
    const wait = Math.min(FIRST_BACKOFF_MS * 2 ** tries, LONGEST_BACKOFF_MS);
    await pause(wait / this.parts.timeScale);
  }
}

function takenOf(payload: unknown, records: StreamRecord[]): number {
  const ids = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
  const failed = failedIds(payload, ids);
  const first = ids.findIndex((id) => failed.has(id));
  return first < 0 ? records.length : first;
}

function halves(records: StreamRecord[]): StreamRecord[][] {
  if (records.length === 1) return [records];
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)];
}
