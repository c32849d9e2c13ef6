// Value that was bought for a payment and is not paid out yet: who holds it, what happens next and
// by when, and what to do while its off-ramp is in doubt. The payment's own state decides first,
// then the policy for an off-ramp that stays down.
import type { Policy } from "../contracts/types.ts";
import { InvariantBroken } from "../errors/registry.ts";
import { isDone, isRefused, type PaymentRecord } from "./payment.ts";
import type { Saga, SagaStep } from "./saga.ts";
import { type Payout, type Purchase, SAGAS } from "./saga-definition.ts";

/**
 * The step that buys value, and the pivot that pays it out. From the first intent to buy, a payment
 * may hold value.
 */
export function transitOf(all: readonly Saga[]): { purchase: SagaStep; payout: SagaStep } {
  const found = all.flatMap(({ steps }) => {
    const purchase = steps.find(({ entersTransit }) => entersTransit);
    const payout = steps.find(({ pivot }) => pivot);
    return purchase && payout ? [{ purchase, payout }] : [];
  });
  const [transit] = found;
  if (!transit || found.length > 1) throw new InvariantBroken(`${found.length} sagas hold value in transit`);
  return transit;
}
const TRANSIT = transitOf(SAGAS) as { purchase: Purchase; payout: Payout };
export const PURCHASE_STEP = TRANSIT.purchase.step;
export const PAYOUT_STEP = TRANSIT.payout.step;

/** A payment that holds value in transit, or may, and since when it was bought (ISO 8601). */
export type Holder = { payment_id: string; since: string };

/** Holders in their order: by time, then by id, so that no two share a place. */
export const holderOrder = ({ since, payment_id }: Holder): string => `${since}_${payment_id}`;

/** True once the value is paid out or sold back, or was never bought. */
export const hasLeftTransit = (payment: PaymentRecord): boolean =>
  isDone(payment, PAYOUT_STEP) ||
  payment.marks.undone[PURCHASE_STEP] !== undefined ||
  isRefused(payment, PURCHASE_STEP);

export type OutagePolicy = Required<Policy>["off_ramp_outage"];
/**
 * resume: the off-ramp may be tried again · hold: a person decides · unwind: everything is undone.
 */
export type OutageAction = OutagePolicy["action"];

/** True while USDC is held for the payment, and nobody withdrew, refused or began to undo it. */
const mayGoForward = (payment: PaymentRecord): boolean =>
  isDone(payment, PURCHASE_STEP) &&
  Object.keys(payment.marks.tombstone).length === 0 &&
  payment.cancel_requested_at === undefined &&
  payment.failure === undefined;

/** An execution's history and its day are finite. What fails for so long needs a person. */
const LONGEST_RESUME_MS = 6 * 3_600_000;

/** Waits may be scaled. */
export type Timing = { now(): number; ahead(milliseconds: number): number };

/** How long value waits for its off-ramp before the policy's action applies, in milliseconds. */
const patienceMs = ({ action, after_seconds }: OutagePolicy): number =>
  action === "resume" ? LONGEST_RESUME_MS : after_seconds * 1_000;

/** Since when it waits: the latest intent to buy, for nothing can be in transit for longer. */
const waitsSince = ({ marks, created_at }: PaymentRecord): number =>
  marks.intent[PURCHASE_STEP] ?? Date.parse(created_at);

/** Until when, in milliseconds since the epoch. */
export const waitsUntil = (payment: PaymentRecord, policy: OutagePolicy, clock: Timing): number =>
  waitsSince(payment) + clock.ahead(patienceMs(policy)) - clock.now();

export function outageActionFor(
  payment: PaymentRecord,
  policy: OutagePolicy,
  clock: { ago(milliseconds: number): number },
): OutageAction {
  if (!mayGoForward(payment)) return "unwind";
  if (waitsSince(payment) >= clock.ago(patienceMs(policy))) return "resume";
  return policy.action === "unwind" ? "unwind" : "hold";
}

export type NextAction = {
  /**
   * resolve-on-ramp: finds out whether it was bought · off-ramp: pays out · resolve-off-ramp: finds
   * out whether it did · reverse-on-ramp: is sold back · decide: a person must.
   */
  action: Purchase["resolve" | "undo"] | Payout["step" | "resolve"] | "decide";
  detail: string;
  /** When something else happens unless this does (ISO 8601). */
  by?: string;
};

/** What happens next. `isDown`: the off-ramp does not answer. */
export function nextAction(
  payment: PaymentRecord,
  isDown: boolean,
  policy: OutagePolicy,
  clock: Timing,
): NextAction {
  const { marks, failure, cancel_requested_at, status } = payment;
  if (status === "IN_REVIEW")
    return {
      action: "decide",
      detail: `its saga gave up: the sweep redrives it, or a person decides; told are ${policy.tell}`,
    };
  const isUndone = marks.tombstone[PURCHASE_STEP] !== undefined || marks.tombstone[PAYOUT_STEP] !== undefined;
  if (isUndone || failure || cancel_requested_at !== undefined)
    return { action: TRANSIT.purchase.undo, detail: "the payment is being undone: the value is sold back" };
  if (!isDone(payment, PURCHASE_STEP))
    return {
      action: TRANSIT.purchase.resolve,
      detail: "the on-ramp may have been asked: its answer is awaited",
    };
  const by = new Date(waitsUntil(payment, policy, clock)).toISOString();
  if (marks.intent[PAYOUT_STEP] !== undefined)
    return {
      action: TRANSIT.payout.resolve,
      detail: "the off-ramp may have been asked: its answer is awaited",
      by,
    };
  if (!isDown) return { action: PAYOUT_STEP, detail: "the off-ramp is asked next" };
  const later =
    policy.action === "unwind" ? "the value is sold back" : `it is held, and told are ${policy.tell}`;
  return { action: PAYOUT_STEP, detail: `the off-ramp is down: later ${later}`, by };
}
