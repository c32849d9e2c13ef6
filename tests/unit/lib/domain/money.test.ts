// Money: fees that the merchant never overpays.
import { describe, expect, it } from "@jest/globals";
import { feeOf } from "../../../../functions/lib/domain/money.ts";

describe("a fee", () => {
  it.each([
    [1000n, 150, 15n],
    [999n, 150, 14n],
    [66n, 150, 0n],
    [1n, 10_000, 1n],
    [999_999_999_999n, 150, 14_999_999_999n],
    [1000n, 0, 0n],
  ])("of %d at %d basis points is %d", (amount, bps, fee) => {
    expect(feeOf(amount, bps)).toBe(fee);
  });
});
