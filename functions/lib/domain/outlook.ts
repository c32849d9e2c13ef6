// What becomes of a payment whose off-ramp is in doubt, as long as nothing was paid out: by the payment's own state first, then by
// the merchant's policy for an off-ramp that stays down.
import type { Policy } from "../contracts/types.ts";
import { isDone, type PaymentRecord } from "./payment.ts";

export type OutagePolicy = Required<Policy>["off_ramp_outage"];
/** resume: the off-ramp may be tried again · hold: a person decides · unwind: nothing is tried any more, all is undone. */
export type Outlook = OutagePolicy["action"];

/** True while USDC is held for the payment and nobody has withdrawn, refused or begun to undo it. */
const mayGoForward = (payment: PaymentRecord): boolean =>
  isDone(payment, "on-ramp") &&
  Object.keys(payment.marks.tombstone).length === 0 &&
  payment.cancel_requested_at === undefined &&
  payment.failure === undefined;

/** No execution goes round for ever: its history and its day are finite, and whoever fails for so long needs a person. */
const LONGEST_RESUME_MS = 6 * 3_600_000;

/** Waits may be scaled. */
export type Timing = { now(): number; ahead(milliseconds: number): number };

/** How long value waits for its off-ramp, in milliseconds, before the policy's action becomes of it. */
const patienceMs = ({ action, after_seconds }: OutagePolicy): number =>
  action === "resume" ? LONGEST_RESUME_MS : after_seconds * 1_000;

/** Since when it waits: the last time that the on-ramp was asked to buy, for nothing can be in transit for longer. */
const waitsSince = ({ marks, created_at }: PaymentRecord): number =>
  marks.intent["on-ramp"] ?? Date.parse(created_at);

/** Until when, in milliseconds since the epoch. */
export const waitsUntil = (payment: PaymentRecord, policy: OutagePolicy, clock: Timing): number =>
  waitsSince(payment) + clock.ahead(patienceMs(policy)) - clock.now();

export function outlookOf(
  payment: PaymentRecord,
  policy: OutagePolicy,
  clock: { ago(milliseconds: number): number },
): Outlook {
  if (!mayGoForward(payment)) return "unwind";
  if (waitsSince(payment) >= clock.ago(patienceMs(policy))) return "resume";
  return policy.action === "unwind" ? "unwind" : "hold";
}
