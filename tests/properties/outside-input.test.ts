// What comes from outside: checks never throw, and no card number gets through wherever it hides.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readRequest } from "../../functions/accept-payment/payment-request.ts";
import { violations } from "../../functions/lib/contracts/contract.ts";
import { eventTitle, eventViolations } from "../../functions/lib/contracts/event-contract.ts";
import { holdsCardNumber, suspectStrings } from "../../functions/lib/domain/card-data.ts";
import { parseFaults } from "../../functions/lib/sandbox/fault-plan.ts";

const TITLES = [
  "CardPaymentRequest",
  "OpenAccountRequest",
  "DepositRequest",
  "SagaInput",
  "StartRequest",
  "Policy",
];

/** Digits that pass the Luhn check: any, and the one last digit that makes them. */
const cardNumber = fc.stringMatching(/^[1-9]\d{11,17}$/).map((digits) => {
  const sum = [...digits].reverse().reduce((total, char, index) => {
    const weighted = Number(char) * (index % 2 === 0 ? 2 : 1);
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return digits + String((10 - (sum % 10)) % 10);
});
const separated = fc
  .tuple(cardNumber, fc.constantFrom("", " ", "-"), fc.integer({ min: 2, max: 6 }))
  .map(([digits, separator, size]) => (digits.match(new RegExp(`.{1,${size}}`, "g")) ?? []).join(separator));
const around = fc.constantFrom("", "card: ", "pay ", "1 ", "07/31 ", "(", "_", "日本 ", "a. ");
const behind = fc.constantFrom("", ".", " exp 12/29", " 123", " 12/29", ")", "_", " x");

describe("a card number", () => {
  it("is found with any separators, whatever stands before and behind it", () => {
    fc.assert(
      fc.property(around, separated, behind, (before, card, after) => {
        expect(holdsCardNumber(`${before}${card}${after}`)).toBe(true);
      }),
    );
  });

  it("is found anywhere in a body, as a value or as a name", () => {
    const path = fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(path, separated, fc.boolean(), (names, card, asName) => {
        const inner: unknown = asName ? { [card]: 1 } : card;
        const body = names.reduceRight<unknown>((value, name) => ({ [name]: [value] }), inner);
        const found = suspectStrings(body);
        expect(found).toHaveLength(1);
        expect(JSON.stringify(found)).not.toContain(card);
      }),
    );
  });

  it("is not seen in numbers that fail its check", () => {
    fc.assert(
      fc.property(cardNumber, fc.integer({ min: 1, max: 9 }), (card, off) => {
        const last = (Number(card.at(-1)) + off) % 10;
        expect(holdsCardNumber(`${card.slice(0, -1)}${last}`)).toBe(false);
      }),
    );
  });
});

describe("a check of input", () => {
  it("never throws, whatever JSON it gets", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TITLES), fc.jsonValue(), (title, value) => {
        for (const { pointer, detail } of violations(title, value)) {
          expect(typeof pointer).toBe("string");
          expect(detail).not.toBe("");
        }
        expect(Array.isArray(suspectStrings(value))).toBe(true);
      }),
    );
  });

  it("never throws for an event, whatever its type and version", () => {
    const event = fc.record({ type: fc.string(), version: fc.integer(), data: fc.jsonValue() });
    fc.assert(fc.property(event, (value) => expect(eventViolations(value)).not.toEqual([])));
  });

  it("takes every text that is well-formed Unicode and no card number, and no other", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const sound = value.isWellFormed() && !holdsCardNumber(value);
        expect(suspectStrings({ value }).length === 0).toBe(sound);
      }),
    );
  });
});

describe("a list of orders for the sandbox", () => {
  const word = fc.constantFrom(
    "lost",
    "expired_key",
    "rejected_400",
    "forged",
    "capture",
    "query",
    "void",
    "",
  );
  const times = fc.oneof(
    fc.constant(""),
    fc.integer({ min: -1, max: 2e6 }).map((n) => `_x${n}`),
  );
  const token = fc.oneof(
    fc.tuple(word, word, times).map(([fault, operation, n]) => `${fault}_${operation}${n}`),
    fc.string({ maxLength: 20 }),
  );
  const list = fc.array(token, { maxLength: 4 }).map((tokens) => tokens.join(","));

  it("is taken by the intake exactly where the sandbox can read it", () => {
    const body = { amount: 500, currency: "INR", user_id: "6f2c1e0a-94c5-4f5e-8a3c-0d3b4a5c6d7e" };
    const seen = { taken: 0, refused: 0 };
    const refuses = (run: () => unknown): boolean => {
      try {
        run();
        return false;
      } catch {
        return true;
      }
    };
    fc.assert(
      fc.property(list, (sandbox) => {
        fc.pre(suspectStrings({ sandbox }).length === 0);
        const request = { ...body, metadata: { sandbox } };
        const isRefused = refuses(() => readRequest(request, "key-1", { takesOrders: true }));
        expect(isRefused).toBe(refuses(() => parseFaults(sandbox)));
        expect(refuses(() => readRequest(request, "key-1", { takesOrders: false }))).toBe(false);
        seen[isRefused ? "refused" : "taken"] += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(50);
  });
});

describe("the title of an event's schema", () => {
  it("differs for every type and version, and is a name", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const type = fc.tuple(word, fc.integer({ min: 1, max: 99 })).map(([name, v]) => `payment.${name}.v${v}`);
    fc.assert(
      fc.property(type, type, (one, other) => {
        expect(eventTitle(one)).toMatch(/^Payment[A-Z][a-z]*V\d+$/);
        expect(eventTitle(one) === eventTitle(other)).toBe(one === other);
      }),
    );
  });
});
