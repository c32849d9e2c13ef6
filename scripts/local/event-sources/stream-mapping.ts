// The event source mapping from a table's stream to a function. A shard is consumed once its parent
// was consumed to the end, so that the records of an item keep their order.
import { setTimeout as pause } from "node:timers/promises";
import type { StreamMapping as Settings } from "../common/messaging-catalog.ts";
import { ShardConsumer } from "./shard-consumer.ts";
import type { DeliveryParts } from "./stream-delivery.ts";
import type { StreamSource } from "./stream-source.ts";

/** Milliseconds between looks for new shards, and for a database that is not up yet. */
const LOOK_AGAIN_MS = 1_000;

export class StreamMapping {
  private readonly settings: Settings;
  private readonly source: StreamSource;
  private readonly parts: DeliveryParts;
  private readonly running = new Map<string, Promise<void>>();

  constructor(settings: Settings, source: StreamSource, parts: DeliveryParts) {
    this.settings = settings;
    this.source = source;
    this.parts = parts;
  }

  /** Consumes for as long as the process lives. */
  async run(): Promise<never> {
    for (;;) {
      try {
        await this.consumeReadyShards();
      } catch (error) {
        console.error(
          `${this.settings.name}: the stream of ${this.settings.table} cannot be read yet: ${error}`,
        );
      }
      // A shard ends after hours. Until then there is nothing to look for.
      if (this.running.size > 0) await Promise.race(this.running.values());
      else await pause(LOOK_AGAIN_MS);
    }
  }

  private async consumeReadyShards(): Promise<void> {
    const stream = await this.source.streamOf(this.settings.table);
    const ids = new Map(
      (await this.source.shards(stream)).map((one) => [one.ShardId ?? "", one.ParentShardId]),
    );
    const isClosed = (shard: string) => this.parts.checkpoints.read(stream, shard).closed;
    for (const [shard, parent] of ids) {
      const isParentDone = parent === undefined || !ids.has(parent) || isClosed(parent);
      if (!isParentDone || isClosed(shard) || this.running.has(shard)) continue;
      const consumer = new ShardConsumer(this.settings, this.source, this.parts, { stream, shard });
      this.running.set(
        shard,
        consumer.run().finally(() => this.running.delete(shard)),
      );
    }
  }
}
