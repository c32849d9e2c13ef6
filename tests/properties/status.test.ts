// Statuses: no payment leaves the table of transitions, and none that ended comes back.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Status } from "../../functions/lib/contracts/types.ts";
import { type PaymentRecord, unmarked } from "../../functions/lib/domain/payment.ts";
import { isTerminal, keepsReference, mayBecome } from "../../functions/lib/domain/status.ts";
import { applyTransition } from "../../functions/lib/domain/transition.ts";

const STATUSES: Status[] = [
  "PENDING",
  "PROCESSING",
  "COMPLETED",
  "FAILED",
  "CANCELED",
  "IN_REVIEW",
  "PARTIALLY_REFUNDED",
  "REFUNDED",
];
const REFUNDS: Status[] = ["PARTIALLY_REFUNDED", "REFUNDED"];
const status = fc.constantFrom(...STATUSES);
const wishes = fc.array(status, { maxLength: 30 });

/** Tries to go to each status in turn; gives the statuses that the payment really had. */
function walk(from: Status, to: Status[]): Status[] {
  let payment = {
    payment_id: "p",
    status: from,
    version: 1,
    marks: unmarked(),
  } as unknown as PaymentRecord;
  const went = [from];
  for (const next of to) {
    try {
      const event = { type: "payment.notified", data: {} } as const;
      const achieves = { done: "notify-payment" } as const;
      const transition = { guard: { execution: "e" }, step: "s", changes: {}, event, journals: [], achieves };
      payment = applyTransition(payment, { ...transition, status: next }, 0).payment;
      went.push(payment.status);
    } catch (error) {
      expect(error).toMatchObject({ name: "InvariantBroken" });
    }
  }
  return went;
}

describe("a payment's status", () => {
  it("never leaves the table, whatever is tried in whatever order", () => {
    fc.assert(
      fc.property(status, wishes, (from, to) => {
        const went = walk(from, to);
        went.slice(1).forEach((next, index) => {
          expect(mayBecome(went[index] as Status, next)).toBe(true);
        });
      }),
    );
  });

  it("never lets a payment fail that keeps its reference for good", () => {
    const kept = STATUSES.filter(keepsReference);
    expect(kept).toEqual(["COMPLETED", ...REFUNDS]);
    fc.assert(
      fc.property(fc.constantFrom(...kept), wishes, (from, to) => {
        expect(walk(from, to).every(keepsReference)).toBe(true);
      }),
    );
  });

  it("leaves an ended payment only by refunds", () => {
    fc.assert(
      fc.property(status.filter(isTerminal), wishes, (from, to) => {
        const later = walk(from, to).filter((next) => next !== from);
        expect(later.every((next) => REFUNDS.includes(next))).toBe(true);
      }),
    );
  });

  it("never returns to pending, and ends once: completed never fails, failed never completes", () => {
    fc.assert(
      fc.property(wishes, (to) => {
        const went = walk("PENDING", to);
        expect(went.slice(1)).not.toContain("PENDING");
        const ends = new Set(went.filter((one) => ["COMPLETED", "FAILED", "CANCELED"].includes(one)));
        expect(ends.size).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("is parked only before it ended, and leaves the park only to go on", () => {
    expect(STATUSES.filter((from) => mayBecome(from, "IN_REVIEW"))).toEqual(["PENDING", "PROCESSING"]);
    expect(STATUSES.filter((to) => mayBecome("IN_REVIEW", to))).toEqual(["PROCESSING"]);
    expect(STATUSES.filter(isTerminal)).not.toContain("IN_REVIEW");
  });

  it("has a way to a clean end from wherever it has not ended", () => {
    for (const from of STATUSES.filter((one) => !isTerminal(one))) {
      const [first, ...rest] =
        from === "IN_REVIEW" ? ["PROCESSING" as const, "FAILED" as const] : ["FAILED" as const];
      expect(walk(from, [first as Status, ...rest]).at(-1)).toBe("FAILED");
    }
  });
});
