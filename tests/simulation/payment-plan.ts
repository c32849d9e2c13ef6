// What one payment of a world meets, drawn from the seed: when the merchant asks for it and how
// much it is, who meddles with it, and what the provider refuses of it.
import { idFor } from "../../functions/lib/domain/idempotency.ts";
import { type ForwardOperation, STEP_OF } from "../../functions/lib/domain/saga-definition.ts";
import type { Random } from "../../scripts/lib/random.ts";
import { drawWrong, type Wrong } from "./wrong-words.ts";

export const MERCHANT = "m1";
const MINUTE = 60_000;

export type PaymentPlan = {
  /** The merchant's idempotency key, and the id that it makes. */
  key: string;
  payment_id: string;
  amount: number;
  /** When the merchant asks for it. */
  at_ms: number;
  /** When the merchant withdraws it. */
  cancel_at_ms?: number;
  /** When somebody starts another attempt, whatever the running one does. */
  attempts_at_ms: number[];
  /** When somebody stops its execution by hand. */
  aborted_at_ms?: number;
  /** The first thing that the provider is asked to do, the pivot, and the undo for so long. */
  refuses: { first: boolean; pivot: boolean; undo_until_ms: number };
  /** An operation whose requests the provider does not take. */
  rejects?: string;
  /** What the provider does wrong of it, or says wrong. */
  wrong?: Wrong;
  /** What the provider tells beside the truth. */
  lie?: Lie;
  /** What the provider tells of what was never asked for. */
  forged?: Forged;
};

/**
 * Of the operation both are told: how it ended, and that it ended otherwise. A lie with an
 * impossible date decides nothing.
 */
export type Lie = {
  operation: ForwardOperation;
  comesFirst: boolean;
  gap_ms: number;
  isMisdated: boolean;
};
export type Forged = {
  operation: ForwardOperation;
  state: "succeeded" | "refused" | "tombstoned";
  at_ms: number;
};

/**
 * A moment of the first seconds, where steps run, or of the first minutes, where they are retried.
 */
export const moment = (random: Random): number =>
  random.chance(0.6) ? random.between(0, 3_000) : random.between(0, 6 * MINUTE);

/** Mostly one payment. Several share the accounts, the provider, its breaker and every fault. */
export function drawPayments(random: Random, operations: readonly string[]): PaymentPlan[] {
  const count = random.chance(0.75) ? 1 : random.pick([2, 2, 3]);
  return Array.from({ length: count }, (_, index) => drawPayment(random, operations, `order-${index + 1}`));
}

function drawPayment(random: Random, operations: readonly string[], key: string): PaymentPlan {
  const asked = operations.filter((one) => one in STEP_OF) as [ForwardOperation, ForwardOperation];
  const wrong = drawWrong(random, operations);
  return {
    key,
    payment_id: idFor("create-payment", MERCHANT, key),
    amount: random.pick([1_000, 1_000, 444]),
    at_ms: key === "order-1" ? 0 : moment(random),
    ...(random.chance(0.25) ? { cancel_at_ms: moment(random) } : {}),
    attempts_at_ms: random.chance(0.25)
      ? [moment(random), ...(random.chance(0.2) ? [moment(random)] : [])]
      : [],
    ...(random.chance(0.1) ? { aborted_at_ms: moment(random) } : {}),
    refuses: {
      first: random.chance(0.08),
      pivot: random.chance(0.12),
      undo_until_ms: random.chance(0.1) ? random.between(0, 20 * MINUTE) : 0,
    },
    ...(random.chance(0.05) ? { rejects: random.pick(asked) } : {}),
    ...(wrong ? { wrong } : {}),
    ...drawLie(random, asked, wrong),
    ...(random.chance(0.1) ? { forged: drawForged(random, asked) } : {}),
  };
}

type Asked = [ForwardOperation, ...ForwardOperation[]];

/** About what it did otherwise it may say that it did nothing. */
function drawLie(random: Random, asked: Asked, wrong: Wrong | undefined): Pick<PaymentPlan, "lie"> {
  const did = wrong?.where === "deeds" ? asked.find((one) => one === wrong.operation) : undefined;
  if (!random.chance(did ? 0.4 : 0.12)) return {};
  return {
    lie: {
      operation: did ?? random.pick(asked),
      comesFirst: random.chance(0.5),
      isMisdated: random.chance(0.3),
      gap_ms: random.between(0, random.pick([5_000, 5_000, 2 * MINUTE, 600 * MINUTE])),
    },
  };
}

const drawForged = (random: Random, asked: Asked): Forged => ({
  operation: random.pick(asked),
  state: random.pick(["succeeded", "succeeded", "refused", "tombstoned"]),
  at_ms: moment(random),
});
