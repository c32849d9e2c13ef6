// A deposit that waits for a second operator. What was asked for is kept once, as it was asked;
// that it was approved is kept beside it.

export type Approval = {
  /** The deposit's own id: the same key is the same approval. */
  approval_id: string;
  merchant_id: string;
  account_id: string;
  /** Minor units. */
  amount: number;
  currency: string;
  requested_by: string;
  /** ISO 8601. */
  requested_at: string;
  expires_at: string;
};

/** Who approved it, and when (ISO 8601). */
export type Approved = { approval_id: string; by: string; at: string };

/** A second operator has so long, and then it has to be asked for anew. */
export const APPROVAL_MS = 24 * 60 * 60 * 1_000;

/** True above the limit of its currency. A currency without one needs nobody. */
export const needsApproval = (above: Record<string, number>, amount: number, currency: string): boolean =>
  Object.hasOwn(above, currency) && amount > (above[currency] ?? 0);

export const isExpired = ({ expires_at }: Approval, now: number): boolean => Date.parse(expires_at) <= now;
