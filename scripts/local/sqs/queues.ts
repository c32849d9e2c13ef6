// Standard queues: at least once, and in no promised order. A received message stays hidden for its
// visibility timeout and comes back unless it is deleted. A message that was received too often
// goes to the dead-letter queue at the time of its next receive.
import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { type QueueSettings, queueArn } from "../common/messaging-catalog.ts";
import type { Store } from "../common/messaging-store.ts";

export type Message = {
  id: number;
  message_id: string;
  body: string;
  /** The message attributes as JSON, in the shape in which they were sent. */
  attributes: string;
  sent_at: number;
  receives: number;
  first_received_at: number;
  receipt: string;
  dead_letter_source: string | null;
};
export type Depth = { visible: number; inFlight: number; delayed: number };

const IN_FLIGHT = "receipt IS NOT NULL AND visible_at > ?";

export class Queues {
  readonly settings: Map<string, QueueSettings>;
  private readonly store: Store;
  private readonly timeScale: number;
  private readonly arrivals = new EventEmitter().setMaxListeners(0);

  constructor(store: Store, settings: Map<string, QueueSettings>, timeScale: number) {
    this.store = store;
    this.settings = settings;
    this.timeScale = timeScale;
    // A poller of this process may have held messages when it was killed. Nobody failed them, so
    // they come back at once, and the receive does not count.
    store.run(
      "UPDATE messages SET held = 0, receipt = NULL, visible_at = ?, receives = receives - 1 WHERE held = 1",
      Date.now(),
    );
  }

  /** Durable once this returns, or once the transaction around it commits. */
  send(queue: string, body: string, attributes = "{}", delaySeconds = this.of(queue).delaySeconds): string {
    const now = Date.now();
    const messageId = randomUUID();
    this.store.run(
      "INSERT INTO messages (queue, message_id, body, attributes, sent_at, visible_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      queue,
      messageId,
      body,
      attributes,
      now,
      now + this.wait(delaySeconds),
      now + this.wait(this.of(queue).retentionSeconds),
    );
    this.arrivals.emit(queue);
    return messageId;
  }

  /** `held` marks what a poller of this process holds while its function runs. */
  receive(
    queue: string,
    most: number,
    options: { visibilitySeconds?: number; held?: boolean } = {},
  ): Message[] {
    const { visibilitySeconds = this.of(queue).visibilitySeconds, held = false } = options;
    const now = Date.now();
    return this.store.transaction(() => {
      this.store.run("DELETE FROM messages WHERE queue = ? AND expires_at <= ?", queue, now);
      this.moveDeadLetters(queue, now);
      const rows = this.store.all<Message>(
        "SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?",
        queue,
        now,
        most,
      );
      return rows.map((row) => this.hide(row, now, now + this.wait(visibilitySeconds), held));
    });
  }

  private moveDeadLetters(queue: string, now: number): void {
    const { deadLetters } = this.of(queue);
    if (!deadLetters) return;
    const moved = this.store.run(
      `UPDATE messages SET queue = ?, dead_letter_source = ?, receipt = NULL, visible_at = ?, expires_at = sent_at + ?
        WHERE queue = ? AND visible_at <= ? AND receives >= ?`,
      deadLetters.queue,
      queueArn(queue),
      now,
      this.wait(this.of(deadLetters.queue).retentionSeconds),
      queue,
      now,
      deadLetters.maxReceives,
    );
    if (moved > 0) this.arrivals.emit(deadLetters.queue);
  }

  private hide(row: Message, now: number, until: number, held: boolean): Message {
    const receipt = `${row.id}.${randomUUID()}`;
    const first = row.first_received_at ?? now;
    this.store.run(
      "UPDATE messages SET receipt = ?, receives = receives + 1, first_received_at = ?, visible_at = ?, held = ? WHERE id = ?",
      receipt,
      first,
      until,
      held ? 1 : 0,
      row.id,
    );
    return { ...row, receipt, receives: row.receives + 1, first_received_at: first };
  }

  /**
   * A receipt that is no longer the latest deletes nothing: the message was received again since.
   */
  delete(receipt: string): boolean {
    return this.store.run("DELETE FROM messages WHERE id = ? AND receipt = ?", idOf(receipt), receipt) > 0;
  }

  /** False when the message is not in flight under this receipt. */
  changeVisibility(queue: string, receipt: string, seconds: number): boolean {
    const now = Date.now();
    const changed = this.store.run(
      `UPDATE messages SET visible_at = ? WHERE id = ? AND receipt = ? AND ${IN_FLIGHT}`,
      now + this.wait(seconds),
      idOf(receipt),
      receipt,
      now,
    );
    this.arrivals.emit(queue);
    return changed > 0;
  }

  /**
   * The function failed on it. It stays hidden until its visibility timeout, and
   * the receive counts.
   */
  leaveHidden(receipt: string): void {
    this.store.run("UPDATE messages SET held = 0 WHERE id = ? AND receipt = ?", idOf(receipt), receipt);
  }

  /** It never reached a function. It comes back after `waitMs`, and the receive does not count. */
  handBack(queue: string, receipt: string, waitMs: number): void {
    this.store.run(
      "UPDATE messages SET held = 0, receipt = NULL, receives = receives - 1, visible_at = ? WHERE id = ? AND receipt = ?",
      Date.now() + waitMs,
      idOf(receipt),
      receipt,
    );
    this.arrivals.emit(queue);
  }

  /** Resolves when something may have become visible, and after `limitMs` at the latest. */
  async changed(queue: string, limitMs: number): Promise<void> {
    const [next] = this.store.all<{ at: number | null }>(
      "SELECT min(visible_at) AS at FROM messages WHERE queue = ?",
      queue,
    );
    const untilNext = next?.at == null ? limitMs : Math.max(0, next.at - Date.now());
    await new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.arrivals.off(queue, finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(limitMs, untilNext));
      this.arrivals.once(queue, finish);
    });
  }

  depth(queue: string): Depth {
    const now = Date.now();
    const [row] = this.store.all<{ visible: number; flying: number; delayed: number }>(
      `SELECT count(*) FILTER (WHERE visible_at <= ?) AS visible, count(*) FILTER (WHERE ${IN_FLIGHT}) AS flying,
        count(*) FILTER (WHERE receipt IS NULL AND visible_at > ?) AS delayed
        FROM messages WHERE queue = ? AND expires_at > ?`,
      now,
      now,
      now,
      queue,
      now,
    );
    return { visible: row?.visible ?? 0, inFlight: row?.flying ?? 0, delayed: row?.delayed ?? 0 };
  }

  purge(queue: string): void {
    this.store.run("DELETE FROM messages WHERE queue = ?", queue);
  }

  /**
   * Redrive: every visible dead letter becomes a new message of `destination`, or of the queue from
   * which it came.
   */
  moveAll(source: string, destination: string | undefined): number {
    return this.store.transaction(() => {
      const rows = this.store.all<Message>(
        "SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY id",
        source,
        Date.now(),
      );
      const movable = rows.flatMap((row) => {
        const target = destination ?? row.dead_letter_source?.split(":").at(-1);
        return target === undefined ? [] : [{ row, target }];
      });
      for (const { row, target } of movable) {
        this.send(target, row.body, row.attributes);
        this.store.run("DELETE FROM messages WHERE id = ?", row.id);
      }
      return movable.length;
    });
  }

  /** The milliseconds that `seconds` take here. */
  wait(seconds: number): number {
    return Math.ceil((seconds * 1000) / this.timeScale);
  }

  private of(queue: string): QueueSettings {
    const settings = this.settings.get(queue);
    if (!settings) throw new Error(`there is no queue ${queue}`);
    return settings;
  }
}

const idOf = (receipt: string): number => Number.parseInt(receipt, 10) || 0;
