// Currencies: which ones are paid with, from which day to which, and that what was taken goes on.
import { describe, expect, it } from "@jest/globals";
import { code as listed, publishDate } from "currency-codes";
import { type Sound, soundMembers } from "../../../../functions/lib/contracts/contract.ts";
import {
  CHANGES,
  COMPLETE_UNTIL,
  digitsOf,
  isCurrency,
  unknownCurrencies,
  untimelyCurrencies,
} from "../../../../functions/lib/domain/currencies.ts";

const paying = (currency: string): Sound => soundMembers({ currency }, []);
/** What is said of a payment in it on that day. */
const saidOn = (day: string, currency: string): string | undefined =>
  untimelyCurrencies(paying(currency), Date.parse(day))[0]?.detail;

describe("a currency", () => {
  it.each(["EUR", "USD", "INR", "JPY", "KWD", "CHF", "XOF", "XCG", "ZWG", "BGN", "HRK"])("is %s", (code) => {
    expect(isCurrency(code)).toBe(true);
    expect(unknownCurrencies(paying(code))).toEqual([]);
  });

  it.each(["XAU", "XAD", "XXX", "XTS", "ZZZ", "CHE", "BTC", "USDC", "", "EU", "toString", "constructor"])(
    "is not %p",
    (code) => {
      expect(isCurrency(code)).toBe(false);
      expect(unknownCurrencies(paying(code))).toHaveLength(1);
      expect(() => digitsOf(code)).toThrow("is no currency");
    },
  );

  it.each([
    ["XCG", "2025-03-30T23:59:59.999Z", "2025-03-31T00:00:00.000Z", "is a currency from 2025-03-31 on"],
    ["ZWG", "2024-06-24", "2024-06-25", "is a currency from 2024-06-25 on"],
  ])("begins: %s", (code, before, after, said) => {
    expect([saidOn(before, code), saidOn(after, code)]).toEqual([said, undefined]);
  });

  it.each([
    ["BGN", "2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00.000Z", "2026-01-01: pay in EUR"],
    ["ANG", "2025-06-30", "2025-07-01", "2025-07-01: pay in XCG"],
    ["CUC", "2021-06-30", "2021-07-01", "2021-07-01: pay in CUP"],
    ["ZWL", "2024-08-31", "2024-09-01", "2024-09-01: pay in ZWG"],
    ["HRK", "2022-12-31", "2023-01-01", "2023-01-01: pay in EUR"],
    ["SLL", "2023-12-31", "2024-01-01", "2024-01-01: pay in SLE"],
  ])("ends: %s", (code, before, after, said) => {
    expect(saidOn(before, code)).toBeUndefined();
    expect(saidOn(after, code)).toBe(`has not been a currency since ${said}`);
  });

  it("that has ended keeps its digits: what was taken in it goes on", () => {
    expect([digitsOf("BGN"), digitsOf("HRK"), digitsOf("EUR"), digitsOf("JPY")]).toEqual([2, 2, 2, 0]);
  });

  it("of a conversion is judged on both sides", () => {
    const members = soundMembers({ currency: "BGN", destination_currency: "ANG" }, []);
    const errors = untimelyCurrencies(members, Date.parse("2026-12-01"));
    expect(errors.map(({ pointer }) => pointer)).toEqual(["/currency", "/destination_currency"]);
  });
});

describe("the changes of the list", () => {
  const changes = [...CHANGES];

  it.each(changes)(
    "say of %s all that is needed, and nothing that the package says otherwise",
    (code, change) => {
      const { from, until, successor, digits } = change;
      expect(from ?? until).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(until === undefined).toBe(successor === undefined);
      expect(digitsOf(code)).toBe(listed(code)?.digits ?? digits);
      if (successor) expect(saidOn(until ?? "", successor)).toBeUndefined();
    },
  );

  it("are known for longer than the package is", () => {
    expect(COMPLETE_UNTIL > publishDate).toBe(true);
    expect(Date.parse(COMPLETE_UNTIL)).not.toBeNaN();
  });
});
