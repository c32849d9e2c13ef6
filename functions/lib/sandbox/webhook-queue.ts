// Where a webhook waits that is to be sent: by the row's id, since what it tells is read from the books when it goes out.
export type Announcement = {
  row_id: string;
  /** How often it was tried in vain. */
  tries: number;
};

export interface Announcements {
  /** It comes back no sooner than after so many milliseconds, and at least once. */
  announce(announcement: Announcement, afterMs: number): Promise<void>;
}
