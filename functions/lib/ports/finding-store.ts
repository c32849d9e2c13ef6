// Findings: inconsistencies that the integrity service opened.
/**
 * A closed set; each kind has one repair. saga-failed: parked, redriven · saga-unfinished: parked, another attempt ·
 * notification-failed: redriven, never undone · provider-disagrees: a person decides.
 */
export type FindingKind =
  | "trail-incomplete"
  | "provider-disagrees"
  | "saga-failed"
  | "saga-unfinished"
  | "notification-failed";

export type Finding = {
  payment_id: string;
  kind: FindingKind;
  details: string[];
  found_at: string;
};

export interface FindingStore {
  /** Opens the finding unless the payment has one of that kind already. */
  open(finding: Finding): Promise<void>;
}
