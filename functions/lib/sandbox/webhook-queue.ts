// The queue of webhooks to send. A message holds only the row's id, because the content is read
// from the books when the webhook is sent.
export type Announcement = {
  row_id: string;
  /** The number of tries that failed. */
  tries: number;
};

export interface Announcements {
  /** The announcement comes back after `afterMs` milliseconds or later, at least once. */
  announce(announcement: Announcement, afterMs: number): Promise<void>;
}
