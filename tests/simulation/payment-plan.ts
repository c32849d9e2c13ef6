// What one payment of a world meets, drawn from the seed: when the merchant asks for it and how
// much it is, who meddles with it, and what the provider refuses of it.
import { idFor } from "../../functions/lib/domain/idempotency.ts";
import type { Random } from "../../scripts/lib/random.ts";

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
};

/**
 * A moment of the first seconds, where steps run, or of the first minutes, where they are retried.
 */
export const moment = (random: Random): number =>
  random.chance(0.6) ? random.between(0, 3_000) : random.between(0, 6 * MINUTE);

/** Mostly one payment. Several share the accounts, the provider, its breaker and every fault. */
export function drawPayments(random: Random): PaymentPlan[] {
  const count = random.chance(0.75) ? 1 : random.pick([2, 2, 3]);
  return Array.from({ length: count }, (_, index) => drawPayment(random, `order-${index + 1}`));
}

function drawPayment(random: Random, key: string): PaymentPlan {
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
  };
}
