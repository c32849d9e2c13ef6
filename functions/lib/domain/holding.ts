// Value bought for a payment and not paid out yet: what happens to it next, and by when. What cannot be said is not.
import { type OutagePolicy, type Timing, waitsUntil } from "./outlook.ts";
import { type Beginning, isDone, isRefused, type PaymentRecord } from "./payment.ts";

/** The step that buys the value: from its first intent on, the payment may hold some. */
export const BUYS: Beginning = "on-ramp";

/** A payment that value was bought for which is not paid out, or may have been, and since when it was asked for (ISO 8601). */
export type Holder = { payment_id: string; since: string };

/** Holders in their order: by time, and of one moment by id, so that none stands where another stands. */
export const holderOrder = ({ since, payment_id }: Holder): string => `${since}_${payment_id}`;

/** True once the value is paid out or sold back, or was never bought. */
export const hasLeft = (payment: PaymentRecord): boolean =>
  payment.off_ramp_tx_id !== undefined ||
  payment.marks.undone[BUYS] !== undefined ||
  isRefused(payment, BUYS);

export type Next = {
  /**
   * resolve-on-ramp: finds out whether it was bought · off-ramp: pays out · resolve-off-ramp: finds out whether it did ·
   * reverse-on-ramp: is sold back · decide: a person must.
   */
  action: "resolve-on-ramp" | "off-ramp" | "resolve-off-ramp" | "reverse-on-ramp" | "decide";
  detail: string;
  /** When something else happens unless this does (ISO 8601). */
  by?: string;
};

/** `isDown` says that the off-ramp does not answer. */
export function nextOf(payment: PaymentRecord, isDown: boolean, policy: OutagePolicy, clock: Timing): Next {
  const { marks, failure, cancel_requested_at, status } = payment;
  if (status === "IN_REVIEW")
    return {
      action: "decide",
      detail: `its saga gave up: the sweep redrives it, or a person decides; told are ${policy.tell}`,
    };
  const isUndone = marks.tombstone[BUYS] !== undefined || marks.tombstone["off-ramp"] !== undefined;
  if (isUndone || failure || cancel_requested_at !== undefined)
    return { action: "reverse-on-ramp", detail: "the payment is being undone: the value is sold back" };
  if (!isDone(payment, BUYS))
    return { action: "resolve-on-ramp", detail: "the on-ramp may have been asked: its answer is awaited" };
  const by = new Date(waitsUntil(payment, policy, clock)).toISOString();
  if (marks.intent["off-ramp"] !== undefined)
    return {
      action: "resolve-off-ramp",
      detail: "the off-ramp may have been asked: its answer is awaited",
      by,
    };
  if (!isDown) return { action: "off-ramp", detail: "the off-ramp is asked next" };
  const later =
    policy.action === "unwind" ? "the value is sold back" : `it is held, and told are ${policy.tell}`;
  return { action: "off-ramp", detail: `the off-ramp is down: later ${later}`, by };
}
