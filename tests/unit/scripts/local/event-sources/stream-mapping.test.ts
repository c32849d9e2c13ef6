// The order of shards: DynamoDB Local closes a shard only after four hours, so here the stream is a
// stub.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Counters } from "../../../../../scripts/local/common/counters.ts";
import type { StreamMapping as Settings } from "../../../../../scripts/local/common/messaging-catalog.ts";
import { Store } from "../../../../../scripts/local/common/messaging-store.ts";
import { Checkpoints } from "../../../../../scripts/local/event-sources/checkpoints.ts";
import type { Invoker } from "../../../../../scripts/local/event-sources/invoke.ts";
import { ShardConsumer } from "../../../../../scripts/local/event-sources/shard-consumer.ts";
import type { DeliveryParts } from "../../../../../scripts/local/event-sources/stream-delivery.ts";
import { StreamMapping } from "../../../../../scripts/local/event-sources/stream-mapping.ts";
import type { Page, StreamSource } from "../../../../../scripts/local/event-sources/stream-source.ts";
import { Queues } from "../../../../../scripts/local/sqs/queues.ts";

const SETTINGS: Settings = {
  name: "relay",
  timeoutSeconds: 5,
  table: "t",
  batchSize: 10,
  windowSeconds: 0,
  maxRetries: 1,
  matches: () => true,
};
/** Shards by id, each closed, with their parents and the sequence numbers in them. */
type Shards = Record<string, { parent?: string; records: string[] }>;

let home: string;
let store: Store;
let given: string[];
let parts: DeliveryParts;

/** Serves one record per page; `trouble` may throw before a page. */
function sourceOf(shards: Shards, trouble: (iterator: string) => void = () => undefined) {
  const source: Pick<StreamSource, "streamOf" | "shards" | "iterator" | "read"> = {
    streamOf: async () => "stream",
    shards: async () =>
      Object.entries(shards).map(([ShardId, { parent }]) => ({
        ShardId,
        ...(parent === undefined ? {} : { ParentShardId: parent }),
      })),
    iterator: async (_stream, shard, position) => {
      const known = shards[shard];
      if (!known) return undefined;
      return `${shard}|${position === undefined ? 0 : known.records.indexOf(position) + 1}`;
    },
    read: async (_stream, iterator): Promise<Page> => {
      trouble(iterator);
      const [shard = "", at = ""] = iterator.split("|");
      const number = shards[shard]?.records[Number(at)];
      if (number === undefined) return { records: [], last: undefined, next: undefined };
      const record = { eventID: number, eventName: "INSERT", dynamodb: { SequenceNumber: number } };
      return { records: [record], last: number, next: `${shard}|${Number(at) + 1}` };
    },
  };
  return source as StreamSource;
}

async function consumeUntil(source: StreamSource, isEnough: () => boolean): Promise<void> {
  // The mapping runs for ever: the stub source ends it by failing once enough was given.
  const ended = new Promise<void>((resolve) => {
    const shards = source.shards;
    source.shards = async (stream) => {
      if (!isEnough()) return shards(stream);
      resolve();
      return new Promise(() => {});
    };
  });
  void new StreamMapping(SETTINGS, source, parts).run();
  await ended;
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "contra-streams-"));
  store = new Store(join(home, "bus.db"));
  given = [];
  const invoke: Invoker["invoke"] = async (_name, event) => {
    const { Records } = event as { Records: { dynamodb: { SequenceNumber: string } }[] };
    given.push(...Records.map(({ dynamodb }) => dynamodb.SequenceNumber));
    return { kind: "answered", payload: null };
  };
  parts = {
    store,
    queues: new Queues(store, new Map(), 1),
    invoker: { invoke } as Invoker,
    counters: new Counters(),
    checkpoints: new Checkpoints(store, "relay"),
    timeScale: 1000,
    gate: async () => undefined,
  };
});
afterEach(() => {
  store.close();
  rmSync(home, { recursive: true });
});

describe("the shards of a stream", () => {
  it("are consumed parents before children, whatever their order in the list", async () => {
    const source = sourceOf({
      grandchild: { parent: "child", records: ["5"] },
      child: { parent: "root", records: ["3", "4"] },
      root: { parent: "trimmed-long-ago", records: ["1", "2"] },
    });
    await consumeUntil(source, () => given.length >= 5);
    expect(given).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("are not consumed again once they were read to their end", async () => {
    const shards: Shards = { root: { records: ["1"] }, child: { parent: "root", records: ["2"] } };
    await consumeUntil(sourceOf(shards), () => given.length >= 2);
    shards.grandchild = { parent: "child", records: ["3"] };
    await consumeUntil(sourceOf(shards), () => given.length >= 3);
    expect(given).toEqual(["1", "2", "3"]);
  });

  it("are read on from the last record when an iterator expires", async () => {
    let hasExpired = false;
    const source = sourceOf({ root: { records: ["1", "2", "3"] } }, (iterator) => {
      if (iterator !== "root|2" || hasExpired) return;
      hasExpired = true;
      throw Object.assign(new Error("expired"), { name: "ExpiredIteratorException" });
    });
    await new ShardConsumer(SETTINGS, source, parts, { stream: "stream", shard: "root" }).run();
    expect(hasExpired).toBe(true);
    expect(given).toEqual(["1", "2", "3"]);
  });

  it("are closed, so that their children begin, when they are gone", async () => {
    await new ShardConsumer(SETTINGS, sourceOf({}), parts, { stream: "stream", shard: "gone" }).run();
    expect(parts.checkpoints.read("stream", "gone").closed).toBe(true);
    expect(parts.checkpoints.read("stream", "other").closed).toBe(false);
  });
});
