// Findings: inconsistencies that the integrity service opened.
/**
 * A closed set; each kind has one repair.
 * - saga-failed: parked, redriven
 * - saga-unfinished: parked, another attempt
 * - notification-failed: redriven, never undone
 * - journal-unfolded: the cause is mended, and the next sweep folds the journal
 * - provider-disagrees, value-stranded: a person decides
 */
export type FindingKind =
  | "trail-incomplete"
  | "journal-unfolded"
  | "provider-disagrees"
  | "value-stranded"
  | "saga-failed"
  | "saga-unfinished"
  | "notification-failed";

export type OpenFinding = {
  payment_id: string;
  kind: FindingKind;
  /** Since when it says what it says (ISO 8601): when somebody began to look and saw it so. */
  found_at: string;
};
export type Finding = OpenFinding & {
  /** What is wrong, in sentences. Said again it is the same finding; anything else is news. */
  details: string[];
  /** The error that an execution ended with. A change of it alone is no news. */
  cause?: string;
};

/** Methods throw StoreContention or StoreUnavailable when the store gives up. */
export interface FindingStore {
  /**
   * Opens the finding, one per payment and kind. One that stands is opened anew, and counts again,
   * when its details differ or when it was closed before this one was found. One that was found
   * later than this stays as it is.
   */
  open(finding: Finding): Promise<void>;
  /**
   * Closes everything that was found about the payment up to that moment (ISO 8601), except a
   * provider's contradiction. A closed finding is kept, with its time.
   */
  close(paymentId: string, at: string): Promise<void>;
  /** Closes what was found of this kind up to that moment. */
  settle(paymentId: string, kind: FindingKind, at: string): Promise<void>;
  /** Up to `limit` open findings, the oldest first. A change of a moment ago may not show. */
  listOpen(limit: number): Promise<OpenFinding[]>;
}
