// The demo's plain words for what the system calls by its own names.
import type { Operation, TrailEvent } from "./client.ts";

/** Digits of the demo's currencies; the others have two. */
const DIGITS: Record<string, number> = { JPY: 0, USDC: 6 };

/** An amount in minor units as people write it. */
export function money(minor: number, currency: string): string {
  const digits = DIGITS[currency] ?? 2;
  return `${(minor / 10 ** digits).toFixed(digits)} ${currency}`;
}

/** The amount in words. A ramp takes one amount and gives another. */
export const amountOf = ({ amount, currency, receive_amount, receive_currency }: Operation): string =>
  receive_amount === undefined || receive_currency === undefined
    ? money(amount, currency)
    : `${money(receive_amount, receive_currency)} for ${money(amount, currency)}`;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const EVENTS: Record<string, (data: TrailEvent["data"]) => string> = {
  "payment.accepted": () => "accepted: recorded with its first event, and 202 to the client at once",
  "payment.validated": () => "validated: one execution owns the payment now",
  "payment.authorized": () => "authorized: the provider's hold is recorded",
  "payment.posted": () => "posted: the merchant's share stands in the ledger as pending",
  "payment.completed": ({ capture_id }) =>
    capture_id
      ? "COMPLETED: captured; the merchant's share is available"
      : "COMPLETED: fee, spread and rounding are posted; the destination has its money",
  "payment.held": () => "held: the source's money stands in clearing, at terms that no longer change",
  "payment.on_ramped": () => "on-ramped: the money is USDC now, in transit",
  "payment.off_ramped": () => "off-ramped: paid out in the destination's currency; nothing is in transit",
  "payment.on_ramp_reversed": () => "reversed: the USDC is sold back, and fx_result bears what that cost",
  "payment.hold_released": () => "released: the source account is whole to the unit",
  "payment.notified": () => "notified: the completion is announced",
  "payment.reversed": () => "reversed: the contra entry takes the posting out of the ledger",
  "payment.voided": ({ authorization_id }) =>
    authorization_id ? "voided: the hold is released" : "voided: a hold can no longer come about",
  "payment.parked": ({ state, error }) =>
    `PARKED at ${text(state)} with ${text(error)}: in review, and a person is alerted`,
  "payment.resumed": () => "resumed: an operator redrives it, and it goes on exactly where it gave up",
  "payment.failed": ({ failure }) => `FAILED with ${undoneWords(failure)}`,
  "payment.canceled": ({ failure }) => `CANCELED with ${undoneWords(failure)}`,
};

function undoneWords(failure: unknown): string {
  const { code, undone } = failure as { code: string; undone: string[] };
  return `${code}; undone: ${undone.join(", ") || "nothing, for nothing had happened"}`;
}

export const eventWords = ({ type, data }: TrailEvent): string => EVENTS[type]?.(data) ?? type;

/** What a state is for that is not on the way forward. */
export const TURNS: Record<string, string> = {
  ResolveCapture: "make sure of the capture before anything is undone",
  ReverseLedger: "undo the ledger posting",
  ResolveOnRamp: "find out whether it was bought",
  ResolveOffRamp: "make sure of the payout before anything is undone",
  ReverseOnRamp: "sell back what was bought",
  ReleaseHold: "give the source its money back",
  VoidAuthorization: "undo the hold",
};

const FAILURES: Record<string, string> = {
  OutcomeUnknown: "no clear answer, so it may have happened; wait, then ask or repeat under the same key",
  ProviderUnavailable: "the provider is known to be down; wait, nothing is sent",
  "Runtime.ExitError": "the function died; wait and try again",
  "Sandbox.Timedout": "the function took too long; wait and try again",
  "States.Timeout": "no answer in time; wait and try again",
  StoreContention: "somebody else wrote at the same moment; try again",
  StoreUnavailable: "the database does not answer; wait and try again",
};

/**
 * The error in words. Empty when the error is a decision: the books or the next state show that.
 */
export const failureWords = (error: string): string => FAILURES[error] ?? "";

const OPERATIONS: Record<string, string> = {
  "authorize succeeded": "holds",
  "authorize refused": "refuses to hold",
  "authorize tombstoned": "promises that no hold will come about",
  "capture succeeded": "takes",
  "capture refused": "refuses to take",
  "capture tombstoned": "promises that nothing will be captured",
  "void succeeded": "releases",
  "on_ramp succeeded": "sells",
  "on_ramp refused": "refuses to sell",
  "off_ramp succeeded": "pays out",
  "off_ramp refused": "refuses to pay out",
  "off_ramp tombstoned": "promises that nothing will be paid out",
  "reverse_on_ramp succeeded": "buys back:",
};

export function operationWords({ operation, state }: Operation, amount: string): string {
  const words = OPERATIONS[`${operation} ${state}`] ?? `${operation} ${state}`;
  return state === "tombstoned" ? words : `${words} ${amount}`;
}
