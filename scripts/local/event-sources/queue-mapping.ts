// The event source mapping from a queue to a function. It gathers a batch for the window, works on
// several batches at a time and deletes the messages that succeeded. What failed stays hidden until
// its visibility timeout: nothing here shortens that.
import type { Counters } from "../common/counters.ts";
import type { QueueMapping as Settings } from "../common/messaging-catalog.ts";
import { lambdaRecord } from "../sqs/messages.ts";
import type { Message, Queues } from "../sqs/queues.ts";
import { failedIds, type Invoker } from "./invoke.ts";

/** Lambda begins with five pollers per queue. */
const MOST_BATCHES = 5;
/** What SQS gives in one answer, and takes away in one call. */
const MOST_MESSAGES = 10;
const IDLE_LIMIT_MS = 20_000;
const UNDELIVERED_WAIT_SECONDS = 1;

export class QueueMapping {
  private readonly settings: Settings;
  private readonly queues: Queues;
  private readonly invoker: Invoker;
  private readonly counters: Counters;
  private readonly running = new Set<Promise<void>>();

  constructor(settings: Settings, queues: Queues, invoker: Invoker, counters: Counters) {
    this.settings = settings;
    this.queues = queues;
    this.invoker = invoker;
    this.counters = counters;
  }

  /** Polls for as long as the process lives. */
  async run(): Promise<never> {
    for (;;) {
      if (this.running.size >= MOST_BATCHES) {
        await Promise.race(this.running);
        continue;
      }
      const messages = await this.gather();
      if (messages.length === 0) {
        await this.queues.changed(this.settings.queue, IDLE_LIMIT_MS);
        continue;
      }
      const batch = this.deliver(messages).finally(() => this.running.delete(batch));
      this.running.add(batch);
    }
  }

  /** A full batch, or what came until the window was over, which the first message opens. */
  private async gather(): Promise<Message[]> {
    const { queue, batchSize, windowSeconds } = this.settings;
    const gathered = this.receive(batchSize);
    const until = Date.now() + this.queues.wait(windowSeconds);
    while (gathered.length > 0 && gathered.length < batchSize && Date.now() < until) {
      const more = this.receive(batchSize - gathered.length);
      if (more.length === 0) await this.queues.changed(queue, until - Date.now());
      gathered.push(...more);
    }
    return gathered;
  }

  private receive(most: number): Message[] {
    const messages = this.queues.receive(this.settings.queue, Math.min(most, MOST_MESSAGES), { held: true });
    if (messages.length > 0) this.counters.add("sqs.ReceiveMessage");
    return messages;
  }

  private async deliver(messages: Message[]): Promise<void> {
    const { name, queue, timeoutSeconds } = this.settings;
    const event = { Records: messages.map((message) => lambdaRecord(message, queue)) };
    const outcome = await this.invoker.invoke(name, event, timeoutSeconds);
    if (outcome.kind === "undelivered") {
      console.error(`${name}: not delivered, given again soon: ${outcome.reason}`);
      const wait = this.queues.wait(UNDELIVERED_WAIT_SECONDS);
      for (const { receipt } of messages) this.queues.handBack(queue, receipt, wait);
      return;
    }
    const ids = messages.map(({ message_id }) => message_id);
    const failed = outcome.kind === "failed" ? new Set(ids) : failedIds(outcome.payload, ids);
    const deletes = Math.ceil((messages.length - failed.size) / MOST_MESSAGES);
    if (deletes > 0) this.counters.add("sqs.DeleteMessageBatch", deletes);
    for (const { message_id, receipt } of messages) {
      if (failed.has(message_id)) this.queues.leaveHidden(receipt);
      else this.queues.delete(receipt);
    }
  }
}
