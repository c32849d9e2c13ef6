// One change of a payment: new state, event, journals. Pure, so that every store applies the same
// change, and a step can be read without knowing the store.
import type { SagaEvent } from "../contracts/event-types.ts";
import { InvariantBroken, StoreContention } from "../errors/registry.ts";
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
    | "released"
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
  /** The step that commits, shown as the payment's last step. Absent: the last step stays. */
  step?: string;
  status: PaymentRecord["status"];
  changes: Changes;
  event: NewEvent;
  journals: Journal[];
  /**
   * The journals' debits of guarded accounts. Funds that lack beyond what an overdraft allows are
   * refused as InsufficientFunds.
   */
  debits?: Debit[];
  /**
   * What this transition makes true. If it is true already, nothing is written again.
   * `onlyIfUnchanged` is for a decision about the payment exactly as it was read: a race ends in
   * StoreContention and is not read again.
   */
  achieves: { done: Step } | { undone: Step } | { ended: true } | { onlyIfUnchanged: true };
  /** True once the payment holds no value any more. Until then it is listed as a holder. */
  leavesTransit?: true;
  /** True when the payment's reference may be used by another payment from now on. */
  releasesReference?: boolean;
};

/** What the write requires: its guard, and that the step that it records was not refused. */
export const guardOf = ({ guard, achieves }: Transition): Guard =>
  "done" in achieves ? { ...guard, does: achieves.done } : guard;

/** True when an earlier try, or somebody else, made this transition already. */
export function isAchieved(payment: PaymentRecord, achieves: Transition["achieves"]): boolean {
  if ("done" in achieves) return isDone(payment, achieves.done);
  if ("undone" in achieves) return payment.marks.undone[achieves.undone] !== undefined;
  if ("onlyIfUnchanged" in achieves) return false;
  return payment.status === "FAILED" || payment.status === "CANCELED";
}

/** Why nothing is written where the payment was parked since it was read: a next try resumes it. */
export const parkedSince = (read: PaymentRecord, now: PaymentRecord): StoreContention | undefined =>
  read.status !== "IN_REVIEW" && now.status === "IN_REVIEW"
    ? new StoreContention("the payment was parked meanwhile")
    : undefined;

/** The payment after the transition, and its event. `now` is milliseconds since the epoch. */
export function applyTransition(
  payment: PaymentRecord,
  transition: Transition,
  now: number,
): { payment: PaymentRecord; event: SagaEvent } {
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
