// The demo's plain words for what the system calls by its own names.
import type { Operation, TrailEvent } from "./client.ts";

/** Minor units of a currency with two decimals, as the demo's payments have. */
export const money = (minor: number, currency: string): string => `${(minor / 100).toFixed(2)} ${currency}`;
export const amountOf = ({ amount, currency }: Operation): string => money(amount, currency);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const EVENTS: Record<string, (data: TrailEvent["data"]) => string> = {
  "payment.accepted": () => "accepted: recorded with its first event, and 202 to the client at once",
  "payment.validated": () => "validated: one execution owns the payment now",
  "payment.authorized": () => "authorized: the provider's hold is recorded",
  "payment.posted": () => "posted: the merchant's share stands in the ledger as pending",
  "payment.completed": () => "COMPLETED: captured; the merchant's share is available",
  "payment.notified": () => "notified: the completion is announced",
  "payment.reversed": () => "reversed: the contra entry takes the posting out of the ledger",
  "payment.voided": ({ authorization_id }) =>
    authorization_id ? "voided: the hold is released" : "voided: a hold can no longer come about",
  "payment.parked": ({ state, error }) =>
    `PARKED at ${text(state)} with ${text(error)}: in review, and a person is alerted`,
  "payment.resumed": () => "resumed: an operator redrives it, and it goes on exactly where it gave up",
  "payment.failed": ({ failure }) => failedWords(failure as { code: string; undone: string[] }),
};

const failedWords = ({ code, undone }: { code: string; undone: string[] }): string =>
  `FAILED with ${code}; undone: ${undone.join(", ") || "nothing, for nothing had happened"}`;

export const eventWords = ({ type, data }: TrailEvent): string => EVENTS[type]?.(data) ?? type;

/** What a state that is not on the way forward is there for. */
export const TURNS: Record<string, string> = {
  ResolveCapture: "make sure of the capture before anything is undone",
  ReverseLedger: "undo the ledger posting",
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

/** Empty for an error that is a decision and no trouble: the provider's books or the next state tell it. */
export const failureWords = (error: string): string => FAILURES[error] ?? "";

const OPERATIONS: Record<string, string> = {
  "authorize succeeded": "holds",
  "authorize refused": "refuses to hold",
  "authorize tombstoned": "promises that no hold will come about",
  "capture succeeded": "takes",
  "capture refused": "refuses to take",
  "capture tombstoned": "promises that nothing will be captured",
  "void succeeded": "releases",
};

export function operationWords({ operation, state }: Operation, amount: string): string {
  const words = OPERATIONS[`${operation} ${state}`] ?? `${operation} ${state}`;
  return state === "tombstoned" ? words : `${words} ${amount}`;
}
