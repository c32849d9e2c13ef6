// One change of a payment: new state, its event, its journals. Pure, so that every store applies
// the same change and a step can be read without knowing where it is kept.
import type { PaymentEvent } from "../contracts/event-types.ts";
import { InvariantBroken } from "../errors/registry.ts";
import { eventOf, type NewEvent } from "./events.ts";
import type { Guard } from "./guard.ts";
import type { Debit, Journal } from "./journal.ts";
import { isDone, type PaymentRecord } from "./payment.ts";
import type { Step } from "./saga-definition.ts";
import { mayBecome } from "./status.ts";

/** Attributes that a transition may set; identity and the marks of others are out of reach. */
export type Changes = Partial<
  Pick<
    PaymentRecord,
    | "owner_execution"
    | "attempts"
    | "authorization_id"
    | "capture_id"
    | "fee"
    | "quote_id"
    | "held_at"
    | "on_ramp_tx_id"
    | "off_ramp_tx_id"
    | "destination_amount"
    | "failure"
    | "processed_at"
    | "notified_at"
  >
>;

export type Transition = {
  guard: Guard;
  /**
   * The step that commits: what the payment shows as its last step. Absent where no step commits;
   * the last one stays.
   */
  step?: string;
  status: PaymentRecord["status"];
  changes: Changes;
  event: NewEvent;
  journals: Journal[];
  /**
   * Debits of the journals that hit accounts with `overdraft: forbid`: refused as
   * InsufficientFunds.
   */
  debits?: Debit[];
  /**
   * What this transition makes true: found true already, the write is not repeated.
   * `onlyIfUnchanged` is for a judgement that holds of the payment as it was read and of no later
   * one: a race is not read again, it ends in StoreContention.
   */
  achieves: { done: Step } | { undone: Step } | { ended: true } | { onlyIfUnchanged: true };
  /** True once no value is held for the payment any more: until then it is listed as a holder. */
  leavesTransit?: true;
  /** True when the payment's reference may be used by another payment from now on. */
  releasesReference?: boolean;
};

/** True when an earlier try, or somebody else, made this transition already. */
export function isAchieved(payment: PaymentRecord, achieves: Transition["achieves"]): boolean {
  if ("done" in achieves) return isDone(payment, achieves.done);
  if ("undone" in achieves) return payment.marks.undone[achieves.undone] !== undefined;
  if ("onlyIfUnchanged" in achieves) return false;
  return payment.status === "FAILED" || payment.status === "CANCELED";
}

/**
 * The payment after the transition, and the event that goes with it. `now` in milliseconds since
 * the epoch.
 */
export function applyTransition(
  payment: PaymentRecord,
  transition: Transition,
  now: number,
): { payment: PaymentRecord; event: PaymentEvent } {
  if (!mayBecome(payment.status, transition.status)) {
    throw new InvariantBroken(`a payment may not go from ${payment.status} to ${transition.status}`);
  }
  const undone = "undone" in transition.achieves ? { [transition.achieves.undone]: now } : {};
  const after: PaymentRecord = {
    ...payment,
    ...transition.changes,
    status: transition.status,
    ...(transition.step === undefined ? {} : { step: transition.step }),
    version: payment.version + 1,
    updated_at: new Date(now).toISOString(),
    marks: { ...payment.marks, undone: { ...payment.marks.undone, ...undone } },
  };
  return { payment: after, event: eventOf(after, transition.event) };
}
