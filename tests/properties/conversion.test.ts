// Whatever the amount, the pair and the prices: a conversion's terms add up to the unit, and no
// rounding is against the liquidity side.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { termsOf } from "../../functions/lib/domain/conversion.ts";
import {
  heldJournal,
  offRampedJournal,
  onRampedJournal,
  releasedJournal,
  reversedOnRampJournal,
  settledJournal,
} from "../../functions/lib/domain/conversion-journals.ts";
import { digitsOf } from "../../functions/lib/domain/currencies.ts";
import { sumsOf } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import type { Terms } from "../../functions/lib/domain/quote.ts";
import { decimalOf, floorOf, powerOfTen, ratioOf, times } from "../../functions/lib/domain/ratio.ts";

/**
 * Prices of one major unit in millionths of USDC, about what the world pays; the market moves them
 * by up to a tenth.
 */
const PRICES = {
  EUR: 1_087_400,
  USD: 1_000_000,
  GBP: 1_270_000,
  JPY: 6_700,
  KWD: 3_250_000,
  IDR: 62,
  BHD: 2_650_000,
};
type Currency = keyof typeof PRICES;

const rates = fc
  .record({
    currency: fc.constantFrom(...(Object.keys(PRICES) as Currency[])),
    move: fc.integer({ min: 900, max: 1_100 }),
    margin: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ currency, move, margin }) => {
    const mid = BigInt(PRICES[currency] * move) * 1_000n;
    const price = (share: bigint) => decimalOf({ over: (mid * share) / 10_000n, under: 10n ** 12n }, 12);
    const [less, more] = [price(10_000n - BigInt(margin)), price(10_000n + BigInt(margin))];
    return { currency, mid: price(10_000n), on_ramp: less, off_ramp: more };
  });
const prices = fc.record({
  fee_bps: fc.integer({ min: 0, max: 9_999 }),
  spread_bps: fc.integer({ min: 0, max: 5_000 }),
});
const amount = fc.oneof(fc.bigInt({ min: 1n, max: 1_000n }), fc.bigInt({ min: 1n, max: 999_999_999_999n }));
const side = fc.constantFrom("source" as const, "destination" as const);

const isTerms = (terms: ReturnType<typeof termsOf>): terms is Terms => !("wrong" in terms);

/** Runs on everything that can be converted; fails when that is nearly nothing. */
function forTerms(
  check: (terms: Terms, asked: { amount: bigint; amount_side: "source" | "destination" }) => void,
) {
  let convertible = 0;
  fc.assert(
    fc.property(amount, side, rates, rates, prices, (asked, amount_side, from, to, at) => {
      const terms = termsOf({ amount: asked, amount_side }, from, to, at);
      if (!isTerms(terms)) return;
      convertible += 1;
      check(terms, { amount: asked, amount_side });
    }),
    { numRuns: 1_000 },
  );
  expect(convertible).toBeGreaterThan(300);
}

const payment = {
  payment_id: "p",
  merchant_id: "m1",
  rail: "stablecoin",
  source_account: "acc_a",
  destination_account: "acc_b",
} as PaymentRecord;

describe("the terms of a conversion", () => {
  it("name the asked amount on its own side, to the unit", () => {
    forTerms((terms, { amount: asked, amount_side }) => {
      expect(amount_side === "source" ? terms.source_amount : terms.destination_amount).toBe(asked);
    });
  });

  it("never pay the destination more than the stated rate gives, nor more than the off-ramp pays", () => {
    forTerms((terms) => {
      const shift = powerOfTen(digitsOf(terms.destination_currency) - digitsOf(terms.currency));
      const atRate = floorOf(terms.source_amount - terms.fee, times(ratioOf(terms.rate), shift));
      expect(terms.destination_amount).toBeLessThanOrEqual(atRate);
      expect(terms.destination_amount).toBeLessThanOrEqual(terms.payout_amount);
      expect(terms.rounding).toBeGreaterThanOrEqual(0n);
      expect(terms.rounding).toBeLessThanOrEqual(terms.payout_amount - terms.destination_amount);
    });
  });

  it("ask of the source no unit more than the destination needs", () => {
    fc.assert(
      fc.property(amount, rates, rates, prices, (asked, from, to, at) => {
        const terms = termsOf({ amount: asked, amount_side: "destination" }, from, to, at);
        if (!isTerms(terms) || terms.source_amount === 1n) return;
        const less = termsOf({ amount: terms.source_amount - 1n, amount_side: "source" }, from, to, at);
        expect(isTerms(less) ? less.destination_amount : 0n).toBeLessThan(asked);
      }),
    );
  });

  it("deliver no less for more", () => {
    fc.assert(
      fc.property(amount, rates, rates, prices, (asked, from, to, at) => {
        const one = termsOf({ amount: asked, amount_side: "source" }, from, to, at);
        const more = termsOf({ amount: asked + 1n, amount_side: "source" }, from, to, at);
        if (isTerms(one) && isTerms(more))
          expect(more.destination_amount).toBeGreaterThanOrEqual(one.destination_amount);
      }),
    );
  });
});

describe("the journals of a conversion", () => {
  const standing = (...journals: ReturnType<typeof heldJournal>[]): Record<string, bigint> => {
    const sums: Record<string, bigint> = {};
    for (const { account, currency, amount: moved } of journals.flatMap(({ postings }) => postings)) {
      const key = `${account} ${currency}`;
      sums[key] = (sums[key] ?? 0n) + moved;
    }
    return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0n));
  };
  const HOLDING = /^house\/(clearing|in_transit|payout) /;

  it("leave nothing in clearing, in transit or in payout once it is settled, and pay what the terms say", () => {
    forTerms((terms) => {
      const journals = [heldJournal, onRampedJournal, offRampedJournal, settledJournal].map((of) =>
        of(payment, terms),
      );
      const left = standing(...journals);
      expect(Object.keys(left).filter((key) => HOLDING.test(key))).toEqual([]);
      expect(left[`merchant/m1/acc_a ${terms.currency}`]).toBe(-terms.source_amount);
      expect(left[`merchant/m1/acc_b ${terms.destination_currency}`]).toBe(terms.destination_amount);
      for (const { postings } of journals)
        expect([...sumsOf(postings).values()].every((sum) => sum === 0n)).toBe(true);
    });
  });

  it("make the source account whole to the unit when it is undone, whatever the market gives back", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 13n }), rates, rates, prices, (received, from, to, at) => {
        const terms = termsOf({ amount: 1_000_000n, amount_side: "source" }, from, to, at);
        if (!isTerms(terms)) return;
        const left = standing(
          heldJournal(payment, terms),
          onRampedJournal(payment, terms),
          reversedOnRampJournal(payment, terms, received),
          releasedJournal(payment, terms),
        );
        const cost = received - (terms.source_amount - terms.fee);
        const { currency } = terms;
        expect(left).toEqual(
          cost === 0n
            ? {}
            : { [`house/fx_result ${currency}`]: cost, [`house/ramp_settlement ${currency}`]: -cost },
        );
      }),
    );
  });
});
