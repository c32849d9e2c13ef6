// Findings: inconsistencies that the integrity service opened.
/**
 * A closed set; each kind has one repair. saga-failed: parked, redriven · saga-unfinished: parked, another attempt ·
 * notification-failed: redriven, never undone · provider-disagrees, value-stranded: a person decides.
 */
export type FindingKind =
  | "trail-incomplete"
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
  /** What an execution said on its way out; other words alone are no news. */
  cause?: string;
};

/** Methods throw StoreContention or StoreUnavailable when the store gives up. */
export interface FindingStore {
  /**
   * Opens the finding, one per payment and kind. Where one stands it is opened anew, and counts again, if it says something else or was
   * closed before this was found, and not where what stands was found later; else nothing happens.
   */
  open(finding: Finding): Promise<void>;
  /**
   * Closes everything that was found about the payment up to that moment (ISO 8601) but what a provider said against its own word. It is
   * kept, and says when.
   */
  close(paymentId: string, at: string): Promise<void>;
  /** Up to `limit` open findings, the oldest first; what was opened or closed a moment ago may not show. */
  listOpen(limit: number): Promise<OpenFinding[]>;
}
