// How many writes a merchant may send. Time refills its bucket, and environments lease blocks of
// it, so that no write of the merchant's costs one here. Pure: adapters keep the bucket.

/** So many a second, and so many at once after a pause. */
export type Rate = { per_second: number; burst: number };

/**
 * `millis` are thousandths of a token: what a millisecond brings is a whole number of them. `at`:
 * milliseconds since the epoch of the last refill.
 */
export type Bucket = { millis: number; at: number };

/** What one environment leases at a time. */
export const BLOCK = 20;
const MILLIS = 1_000;
/**
 * What is left of a lease after so many milliseconds is forgotten. An environment that nobody calls
 * keeps nothing back, and one that is called now and then wastes little.
 */
export const LEASE_MS = 60_000;

/** How often `size` is begun in `amount`: both are whole. */
export const timesBegun = (amount: number, size: number): number => {
  const above = amount + size - 1;
  return (above - (above % size)) / size;
};

/**
 * The bucket at this moment. A clock behind the last one's adds nothing, and one ahead adds now
 * what the others then miss: over time nobody gets more than the rate.
 */
export function refilled(bucket: Bucket | undefined, { per_second, burst }: Rate, now: number): Bucket {
  const full = burst * MILLIS;
  if (!bucket) return { millis: full, at: now };
  const passed = Math.max(0, now - bucket.at);
  return { millis: Math.min(full, bucket.millis + passed * per_second), at: Math.max(bucket.at, now) };
}

/** The bucket after a block was leased, or how many milliseconds it takes until there is one. */
export function lease(
  bucket: Bucket | undefined,
  rate: Rate,
  now: number,
): { bucket: Bucket } | { waitMs: number } {
  const { millis, at } = refilled(bucket, rate, now);
  const block = BLOCK * MILLIS;
  if (millis >= block) return { bucket: { millis: millis - block, at } };
  return { waitMs: at - now + timesBegun(block - millis, rate.per_second) };
}
