// EventBridge Scheduler: invokes a function at a fixed rate. The next time is durable and moves on
// only when Lambda has the event. So the start makes up, once, for a time that was missed while the
// stack was down.
import { randomUUID } from "node:crypto";
import type { Schedule } from "../common/messaging-catalog.ts";
import type { Store } from "../common/messaging-store.ts";
import { ACCOUNT_ID, PREFIX, REGION } from "../common/settings.ts";
import type { Invoker } from "../event-sources/invoke.ts";

const RETRY_MS = 1_000;
/** Milliseconds: the longest timer that setTimeout is trusted with. */
const LONGEST_TIMER_MS = 60_000;

export class Schedules {
  private readonly store: Store;
  private readonly invoker: Invoker;
  private readonly timeScale: number;

  constructor(store: Store, invoker: Invoker, timeScale: number) {
    this.store = store;
    this.invoker = invoker;
    this.timeScale = timeScale;
  }

  /** Fires as long as the process lives. */
  start({ name, rateSeconds }: Schedule): void {
    const rate = (rateSeconds * 1000) / this.timeScale;
    // A stack may come back with another time scale or rate, so the next time is at most one
    // interval away.
    const next = Math.min(this.nextTime(name) ?? Number.POSITIVE_INFINITY, Date.now() + rate);
    this.setNextTime(name, next);
    this.arm(name, rate, next - Date.now());
  }

  private arm(name: string, rate: number, wait: number): void {
    setTimeout(() => void this.wake(name, rate), Math.min(Math.max(wait, 0), LONGEST_TIMER_MS));
  }

  private async wake(name: string, rate: number): Promise<void> {
    const due = this.nextTime(name) ?? Date.now();
    const wait = due > Date.now() ? due - Date.now() : await this.fire(name, rate, due);
    this.arm(name, rate, wait);
  }

  /** Resolves with the milliseconds until the next try. */
  private async fire(name: string, rate: number, due: number): Promise<number> {
    try {
      await this.invoker.invokeLater(name, scheduledEvent(name, due));
    } catch (error) {
      console.error(`schedule ${name}: tried again in ${RETRY_MS} ms:`, error);
      return RETRY_MS;
    }
    const next = due + rate > Date.now() ? due + rate : Date.now() + rate;
    this.setNextTime(name, next);
    return next - Date.now();
  }

  private nextTime(name: string): number | undefined {
    return this.store.all<{ next_at: number }>("SELECT next_at FROM schedules WHERE function = ?", name)[0]
      ?.next_at;
  }

  private setNextTime(name: string, at: number): void {
    this.store.run("INSERT OR REPLACE INTO schedules (function, next_at) VALUES (?, ?)", name, Math.ceil(at));
  }
}

const scheduledEvent = (name: string, due: number) => ({
  version: "0",
  id: randomUUID(),
  "detail-type": "Scheduled Event",
  source: "aws.scheduler",
  account: ACCOUNT_ID,
  time: new Date(due).toISOString().replace(/\.\d+Z$/, "Z"),
  region: REGION,
  resources: [`arn:aws:scheduler:${REGION}:${ACCOUNT_ID}:schedule/default/${PREFIX}${name}`],
  detail: "{}",
});
