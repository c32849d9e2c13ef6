// Whoever asks when, and by whatever clock: nobody gets more than the burst and what the rate
// brought since, and nobody waits for longer than it takes.
import { describe, it } from "@jest/globals";
import fc from "fast-check";
import { BLOCK, type Bucket, lease } from "../../functions/lib/domain/token-bucket.ts";

const rate = fc.record({
  per_second: fc.integer({ min: 1, max: 1_000 }),
  burst: fc.integer({ min: BLOCK, max: 5_000 }),
});
/** Milliseconds that pass, and how far the clock of whoever asks then is off. */
const asks = fc.array(fc.tuple(fc.nat(20_000), fc.integer({ min: -3_000, max: 3_000 })), { maxLength: 60 });

describe("leases of one bucket", () => {
  it("are never more than the burst and the rate's time, by the clock that is most ahead", () => {
    fc.assert(
      fc.property(rate, asks, (limit, given) => {
        let [now, first, last, leased] = [1_000_000, Infinity, 0, 0];
        let bucket: Bucket | undefined;
        for (const [passed, skew] of given) {
          now += passed;
          first = Math.min(first, now + skew);
          last = Math.max(last, now + skew);
          const next = lease(bucket, limit, now + skew);
          if (!("bucket" in next)) continue;
          leased += BLOCK;
          bucket = next.bucket;
        }
        const most = limit.burst + (Math.max(0, last - first) * limit.per_second) / 1_000;
        return leased <= most;
      }),
    );
  });

  it("that have to wait are there when the wait is over, and not before", () => {
    fc.assert(
      fc.property(rate, fc.nat(BLOCK * 1_000 - 1), (limit, millis) => {
        const next = lease({ millis, at: 0 }, limit, 0);
        if (!("waitMs" in next)) return false;
        const then = lease({ millis, at: 0 }, limit, next.waitMs);
        const before = lease({ millis, at: 0 }, limit, next.waitMs - 1);
        return "bucket" in then && "waitMs" in before;
      }),
    );
  });
});
