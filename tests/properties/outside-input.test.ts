// What comes from outside: checks never throw, and no card number gets through wherever it hides.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readRequest } from "../../functions/accept-payment/payment-request.ts";
import { violations } from "../../functions/lib/contracts/contract.ts";
import { eventViolations } from "../../functions/lib/contracts/event-contract.ts";
import * as schemas from "../../functions/lib/contracts/schemas.ts";
import { holdsCardNumber, suspectIn, withoutCardNumbers } from "../../functions/lib/domain/card-data.ts";
import { parseFaults } from "../../functions/lib/sandbox/fault-plan.ts";
import { Random } from "../../scripts/lib/random.ts";
import { barCode, sha256, snowflake, telephone, timestamp, ulid, uuid } from "../support/ordinary-ids.ts";
import { TEST_CARDS, writeCard } from "../support/test-cards.ts";

const seed = fc.integer({ min: 0, max: 2 ** 30 });
/** A published test number, in one of its writings. */
const writing = seed.map((from) => writeCard(new Random(from)));
const NOW = Date.UTC(2026, 11, 1);

describe("a card number", () => {
  it("is found in every writing, and no digit of it is left", () => {
    fc.assert(
      fc.property(writing, ({ card, text }) => {
        expect(holdsCardNumber(text)).toBe(true);
        const shown = withoutCardNumbers(text);
        expect(shown).toContain("[card]");
        expect(holdsCardNumber(shown)).toBe(false);
        expect(shown.replace(/\D/g, "")).not.toContain(card);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is found anywhere in a body, as a value or as a name", () => {
    const path = fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(path, writing, fc.boolean(), (names, { text }, asName) => {
        const inner: unknown = asName ? { [text]: 1 } : text;
        const body = names.reduceRight<unknown>((value, name) => ({ [name]: [value] }), inner);
        const found = suspectIn(body);
        expect(found).toHaveLength(1);
        expect(JSON.stringify(found)).not.toContain(text);
      }),
    );
  });

  it("is not seen in numbers that fail its check", () => {
    const card = fc.constantFrom(...Object.values(TEST_CARDS).flat());
    fc.assert(
      fc.property(card, fc.integer({ min: 1, max: 9 }), (digits, off) => {
        const last = (Number(digits.at(-1)) + off) % 10;
        // 19 digits may be 16 and a security code.
        fc.pre(digits.length < 19);
        expect(holdsCardNumber(`${digits.slice(0, -1)}${last}`)).toBe(false);
      }),
    );
  });

  it("is no UUID, no bar code and no telephone number", () => {
    fc.assert(
      fc.property(seed, fc.constantFrom(uuid, barCode, telephone), (from, make) => {
        expect(holdsCardNumber(make(new Random(from)))).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  it("is seen in fewer than one in a thousand timestamps, snowflakes, ULIDs and hashes", () => {
    for (const make of [timestamp, snowflake, ulid, sha256]) {
      const random = new Random(1);
      const ids = Array.from({ length: 10_000 }, () => make(random, NOW));
      expect(ids.filter(holdsCardNumber).length).toBeLessThan(10);
    }
  });

  it("takes nothing away from a text without one", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!holdsCardNumber(text));
        expect(withoutCardNumbers(text)).toBe(text);
      }),
    );
  });
});

describe("a check of input", () => {
  it("never throws, whatever JSON it gets", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(schemas)), fc.jsonValue(), (contract, value) => {
        for (const { pointer, detail } of violations(contract, value)) {
          expect(typeof pointer).toBe("string");
          expect(detail).not.toBe("");
        }
        expect(Array.isArray(suspectIn(value))).toBe(true);
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
        expect(suspectIn({ value }).length === 0).toBe(sound);
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
        fc.pre(suspectIn({ sandbox }).length === 0);
        const request = { ...body, metadata: { sandbox } };
        const isRefused = refuses(() => readRequest(request, "key-1", { takesOrders: true, now: NOW }));
        expect(isRefused).toBe(refuses(() => parseFaults(sandbox)));
        expect(refuses(() => readRequest(request, "key-1", { takesOrders: false, now: NOW }))).toBe(false);
        seen[isRefused ? "refused" : "taken"] += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(50);
  });
});
