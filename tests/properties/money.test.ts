// Whatever the amount and the fee: fees stay within the amount, and every journal of a card payment
// balances.
import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  capturedJournal,
  pendingJournal,
  reversingJournal,
} from "../../functions/lib/domain/card-journals.ts";
import type { Journal } from "../../functions/lib/domain/journal.ts";
import { feeOf } from "../../functions/lib/domain/money.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { CardSaga } from "../support/card-saga.ts";
import { MemoryLedgerStore } from "../support/memory/memory-ledger-store.ts";

const bps = fc.integer({ min: 0, max: 10_000 });
const amount = fc.bigInt({ min: 1n, max: 999_999_999_999n });
const beyondNumbers = fc.bigInt({ min: 1n, max: 2n ** 80n });

let accepted: PaymentRecord;
beforeAll(async () => {
  accepted = await (await CardSaga.accepted()).payment();
});

/** The three journals that a card payment of this amount may have. */
function journalsOf(amount: bigint, rate: number) {
  const fee = feeOf(amount, rate);
  const payment = { ...accepted, amount, fee };
  const [post, capture, reverse] = [
    pendingJournal(payment, fee),
    capturedJournal(payment),
    reversingJournal(payment),
  ];
  return { fee, post, capture, reverse };
}

/** Sums per account and bucket after folding, without those of zero. */
async function sumsAfter(...journals: Journal[]): Promise<Record<string, bigint>> {
  const ledger = new MemoryLedgerStore();
  await ledger.fold(journals);
  const sums: Record<string, bigint> = {};
  for (const account of ["house/psp_receivable", "house/fees", "merchant/m1/settlement"]) {
    for (const { pending, available } of await ledger.balances(account)) {
      if (pending !== 0n) sums[`${account} pending`] = pending;
      if (available !== 0n) sums[`${account} available`] = available;
    }
  }
  return sums;
}

describe("a fee", () => {
  it("is never negative and never above the amount", () => {
    fc.assert(
      fc.property(beyondNumbers, bps, (value, rate) => {
        const fee = feeOf(value, rate);
        return fee >= 0n && fee <= value;
      }),
    );
  });

  it("is exact, rounded down, far beyond what a number can hold", () => {
    fc.assert(
      fc.property(beyondNumbers, bps, (value, rate) => {
        const fee = feeOf(value, rate);
        return fee * 10_000n <= value * BigInt(rate) && (fee + 1n) * 10_000n > value * BigInt(rate);
      }),
    );
  });

  it("never falls when the amount or the rate rises", () => {
    fc.assert(
      fc.property(beyondNumbers, bps, bps, (value, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        return feeOf(value, low) <= feeOf(value, high) && feeOf(value, high) <= feeOf(value + 1n, high);
      }),
    );
  });
});

describe("the journals of a card payment", () => {
  it("sum to zero in each bucket", () => {
    fc.assert(
      fc.property(amount, bps, (value, rate) => {
        const { post, capture, reverse } = journalsOf(value, rate);
        for (const { postings } of [post, capture, reverse]) {
          for (const bucket of ["pending", "available"]) {
            const inBucket = postings.filter((posting) => posting.bucket === bucket);
            expect(inBucket.reduce((sum, posting) => sum + posting.amount, 0n)).toBe(0n);
          }
        }
      }),
    );
  });

  it("leave nothing behind when the posting is reversed", async () => {
    await fc.assert(
      fc.asyncProperty(amount, bps, async (value, rate) => {
        const { post, reverse } = journalsOf(value, rate);
        expect(await sumsAfter(post, reverse)).toEqual({});
      }),
    );
  });

  it("leave nothing pending when it is captured, and split the amount into share and fee", async () => {
    await fc.assert(
      fc.asyncProperty(amount, bps, async (value, rate) => {
        const { fee, post, capture } = journalsOf(value, rate);
        const expected = {
          "house/psp_receivable available": -value,
          ...(fee === 0n ? {} : { "house/fees available": fee }),
          ...(fee === value ? {} : { "merchant/m1/settlement available": value - fee }),
        };
        expect(await sumsAfter(post, capture)).toEqual(expected);
      }),
    );
  });
});
