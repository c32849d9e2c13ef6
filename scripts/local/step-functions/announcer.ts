// Announces every change of an execution's status to the default event bus, at least once. What the
// bus did not take stays in the store. It is tried again after ever longer waits, so a later change
// may overtake it. No execution waits for it.

import { post } from "../common/post.ts";
import { aliasArn, executionArn, machineArn, versionArn } from "./arns.ts";
import type { Announcement, ExecutionRow, Store } from "./store.ts";

const BATCH = 10;
const CALL_TIMEOUT_MS = 10_000;
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 30_000;
// EventBridge itself gives up on a target after a day.
const GIVE_UP_AFTER_MS = 24 * 3600 * 1000;

/** The event that AWS sends for the row's status, as an entry of PutEvents. */
export function statusChange(row: ExecutionRow): string {
  const detail = {
    executionArn: executionArn(row.machine, row.name),
    stateMachineArn: machineArn(row.machine),
    name: row.name,
    status: row.status,
    startDate: row.started_at,
    stopDate: row.stopped_at,
    input: row.input,
    output: row.output,
    inputDetails: { included: true },
    outputDetails: row.output === null ? null : { included: true },
    error: row.error,
    cause: row.cause,
    stateMachineVersionArn: versionArn(row.machine, row.version),
    stateMachineAliasArn: row.alias === null ? null : aliasArn(row.machine, row.alias),
    redriveCount: row.redrives,
    redriveDate: row.redriven_at,
  };
  return JSON.stringify({
    Source: "aws.states",
    DetailType: "Step Functions Execution Status Change",
    EventBusName: "default",
    Resources: [detail.executionArn],
    Time: (row.stopped_at ?? row.redriven_at ?? row.started_at) / 1000,
    Detail: JSON.stringify(detail),
  });
}

export class Announcer {
  private readonly store: Store;
  private readonly busUrl: string;
  private readonly timeScale: number;
  private timer: NodeJS.Timeout | undefined;
  private sending = false;

  constructor(store: Store, busUrl: string, timeScale: number) {
    this.store = store;
    this.busUrl = busUrl;
    this.timeScale = timeScale;
  }

  /** Soon sends what is due. Changes of the same moment travel together. */
  wake(): void {
    if (this.sending) return;
    const due = this.store.nextAnnouncementAt();
    clearTimeout(this.timer);
    if (due === undefined) return;
    this.timer = setTimeout(() => this.sendDue(), Math.max(5, due - Date.now()));
  }

  private async sendDue(): Promise<void> {
    this.sending = true;
    const batch = this.store.dueAnnouncements(Date.now(), BATCH);
    const untaken = batch.length === 0 ? [] : await this.put(batch);
    const kept = new Set(untaken.map(({ id }) => id));
    this.store.announced(batch.filter(({ id }) => !kept.has(id)).map(({ id }) => id));
    for (const announcement of untaken) this.postpone(announcement);
    this.sending = false;
    this.wake();
  }

  /** The entries that the bus did not take. */
  private async put(batch: Announcement[]): Promise<Announcement[]> {
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSEvents.PutEvents",
    };
    const body = `{"Entries":[${batch.map((announcement) => announcement.body).join(",")}]}`;
    try {
      const answer = await post(this.busUrl, headers, body, AbortSignal.timeout(CALL_TIMEOUT_MS));
      if (answer.status !== 200) throw new Error(`PutEvents answered ${answer.status}: ${answer.body}`);
      const { Entries } = JSON.parse(answer.body) as { Entries: { ErrorCode?: string }[] };
      return batch.filter((_, i) => Entries[i]?.ErrorCode !== undefined);
    } catch (error) {
      if (batch.some(({ attempts }) => attempts === 0))
        console.error("status changes not announced yet:", String(error));
      return batch;
    }
  }

  private postpone({ id, body, created_at, attempts }: Announcement): void {
    const now = Date.now();
    if (now - created_at > GIVE_UP_AFTER_MS) {
      console.error("gave up announcing, a day old:", body);
      this.store.announced([id]);
      return;
    }
    const delay = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempts, 20), LONGEST_DELAY_MS);
    this.store.postpone(id, now + delay / this.timeScale);
  }
}
