// Reads one shard from its checkpoint to its end: filters, gathers batches for the window,
// delivers. The database may restart, and an iterator expires after 15 minutes. Whatever goes wrong
// with it, reading begins again with a new iterator after the last record read.
import { setTimeout as pause } from "node:timers/promises";
import type { StreamMapping } from "../common/messaging-catalog.ts";
import { type DeliveryParts, type Place, StreamDelivery } from "./stream-delivery.ts";
import { isNamed, type Page, type StreamRecord, type StreamSource } from "./stream-source.ts";

/** Milliseconds between idle polls, as on Lambda. */
const IDLE_POLL_MS = 250;
const TROUBLE_WAIT_MS = 500;

export class ShardConsumer {
  private readonly mapping: StreamMapping;
  private readonly source: StreamSource;
  private readonly parts: DeliveryParts;
  private readonly place: Place;
  private readonly delivery: StreamDelivery;
  /** The last record read. It may be ahead of the checkpoint by the gathered records. */
  private position: string | undefined;
  private gathered: StreamRecord[] = [];
  private gatheringSince = 0;

  constructor(mapping: StreamMapping, source: StreamSource, parts: DeliveryParts, place: Place) {
    this.mapping = mapping;
    this.source = source;
    this.parts = parts;
    this.place = place;
    this.delivery = new StreamDelivery(mapping, parts, place);
    this.position = parts.checkpoints.read(place.stream, place.shard).sequenceNumber;
  }

  /** Resolves when the shard is closed and everything in it was delivered. */
  async run(): Promise<void> {
    const { stream, shard } = this.place;
    let iterator: string | undefined;
    for (;;) {
      await this.parts.gate();
      const page = await this.readPage(iterator);
      if (page === "trouble") {
        iterator = undefined;
        await pause(TROUBLE_WAIT_MS);
        continue;
      }
      await this.take(page);
      if (page.next === undefined) break;
      iterator = page.next;
      if (page.records.length === 0) await pause(IDLE_POLL_MS);
    }
    await this.flush();
    this.parts.checkpoints.close(stream, shard);
  }

  private async readPage(iterator: string | undefined): Promise<Page | "trouble"> {
    const { stream, shard } = this.place;
    try {
      const from = iterator ?? (await this.source.iterator(stream, shard, this.position));
      if (from === undefined) return { records: [], last: undefined, next: undefined };
      return await this.source.read(stream, from);
    } catch (error) {
      // An iterator that expired is not a fault, so it is not reported.
      if (!isNamed(error, "ExpiredIteratorException")) {
        console.error(`${this.mapping.name}: reading ${shard} begins again after ${this.position}: ${error}`);
      }
      return "trouble";
    }
  }

  private async take({ records, last }: Page): Promise<void> {
    const isGatheringAnew = this.gathered.length === 0;
    if (isGatheringAnew && last === undefined) return;
    if (isGatheringAnew) this.gatheringSince = Date.now();
    this.gathered.push(...records.filter((record) => this.mapping.matches(record)));
    this.position = last ?? this.position;
    if (this.gathered.length === 0 || this.gathered.length >= this.mapping.batchSize || this.isWindowOver()) {
      await this.flush();
    }
  }

  private isWindowOver(): boolean {
    const window = (this.mapping.windowSeconds * 1000) / this.parts.timeScale;
    return Date.now() - this.gatheringSince >= window;
  }

  /**
   * Delivers the gathered records. The checkpoint then stands at the last record read, also when
   * the filter dropped it.
   */
  private async flush(): Promise<void> {
    const { stream, shard } = this.place;
    const { batchSize } = this.mapping;
    const records = this.gathered;
    this.gathered = [];
    for (let at = 0; at < records.length; at += batchSize) {
      await this.delivery.deliver(records.slice(at, at + batchSize));
    }
    if (this.position !== undefined) this.parts.checkpoints.move(stream, shard, this.position);
  }
}
