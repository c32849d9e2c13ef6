// A bucket that time refills: what is leased, what has to wait and for how long.
import { describe, expect, it } from "@jest/globals";
import { BLOCK, type Bucket, lease, refilled } from "../../../../functions/lib/domain/token-bucket.ts";

const RATE = { per_second: 10, burst: 50 };
const NOW = 1_000_000;

describe("a merchant's bucket", () => {
  it("is full at first, and leases whole blocks while it has them", () => {
    let bucket: Bucket | undefined;
    for (const left of [30, 10]) {
      const next = lease(bucket, RATE, NOW);
      if (!("bucket" in next)) throw new Error("there was no block");
      expect(next.bucket).toEqual({ millis: left * 1_000, at: NOW });
      bucket = next.bucket;
    }
    expect(lease(bucket, RATE, NOW)).toEqual({ waitMs: 1_000 });
    expect(lease(bucket, RATE, NOW + 999)).toEqual({ waitMs: 1 });
    expect(lease(bucket, RATE, NOW + 1_000)).toEqual({ bucket: { millis: 0, at: NOW + 1_000 } });
  });

  it("never holds more than its burst, however long nobody asked", () => {
    expect(refilled({ millis: 0, at: 0 }, RATE, NOW).millis).toBe(RATE.burst * 1_000);
  });

  it("gains nothing by a clock that is behind, and makes it wait for what the other one took", () => {
    const ahead = refilled({ millis: 0, at: NOW }, RATE, NOW + 5_000);
    expect(refilled(ahead, RATE, NOW)).toEqual(ahead);
    expect(lease({ millis: 0, at: NOW + 5_000 }, RATE, NOW)).toEqual({ waitMs: 7_000 });
  });

  it("holds at least a block by its schema, or nobody would ever get one", () => {
    expect(lease(undefined, { per_second: 1, burst: BLOCK }, NOW)).toEqual({
      bucket: { millis: 0, at: NOW },
    });
  });
});
