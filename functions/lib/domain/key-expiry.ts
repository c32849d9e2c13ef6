// How long what a provider says of a key proves anything. All times are ours: a provider's clock
// may weaken a proof, and never makes one.
import type { PaymentRecord } from "./payment.ts";
import { isUndo, type ProviderOperation, stepOf } from "./saga-definition.ts";

/** Milliseconds since the epoch. Waits may be scaled, and `ago` scales them. */
export type Times = { now(): number; ago(milliseconds: number): number };
/** For how long the provider remembers a key, in seconds. */
type Memory = { key_ttl_seconds: number };

/** When our first request of the operation was sent at the earliest. */
export function firstAskedAt({ marks, created_at }: PaymentRecord, operation: ProviderOperation): number {
  const first = (isUndo(operation) ? marks.undoing : marks.asked)[stepOf(operation)];
  return first ?? Date.parse(created_at);
}

/** When the operation's key may expire at the provider, in milliseconds since the epoch. */
const expiryOf = (
  payment: PaymentRecord,
  operation: ProviderOperation,
  memory: Memory,
  clock: Times,
): number => firstAskedAt(payment, operation) + (clock.now() - clock.ago(memory.key_ttl_seconds * 1000));

/**
 * True once the operation's key may have expired at the provider. From then on "never seen" proves
 * nothing, and a new tombstone does not exclude an earlier effect: a person must find out.
 */
export const isKeyExpired = (
  payment: PaymentRecord,
  operation: ProviderOperation,
  memory: Memory,
  clock: Times,
): boolean => expiryOf(payment, operation, memory, clock) < clock.now();

/**
 * True where a tombstone that the provider tells of now was set while it remembered the key: now at
 * the latest, or when we last asked for one. `at` is when it was set, by the provider's clock.
 */
export function wasForbiddenInTime(
  payment: PaymentRecord,
  operation: ProviderOperation,
  at: string,
  memory: Memory,
  clock: Times,
): boolean {
  const lastAsked = payment.marks.tombstone[stepOf(operation)];
  const expiry = expiryOf(payment, operation, memory, clock);
  if (lastAsked === undefined || !(Date.parse(at) <= expiry)) return false;
  return lastAsked <= expiry || clock.now() <= expiry;
}
