// A quote: what it says, how long it holds, and what cannot be quoted.
import { beforeEach, describe, expect, it } from "@jest/globals";
import { createQuote } from "../../../functions/create-quote/create-quote.ts";
import { violations } from "../../../functions/lib/contracts/contract.ts";
import * as schemas from "../../../functions/lib/contracts/schemas.ts";
import type { FieldError } from "../../../functions/lib/errors/registry.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { MemoryPaymentStore } from "../../support/memory/memory-payment-store.ts";
import { MemoryQuoteStore } from "../../support/memory/memory-quote-store.ts";
import { MemoryRates } from "../../support/memory/memory-rates.ts";
import { MemoryThrottle } from "../../support/memory/memory-throttle.ts";
import { POLICY, policiesBy } from "../../support/policy.ts";

const clock = new ManualClock();
let quotes: MemoryQuoteStore;
let rates: MemoryRates;
let throttle: MemoryThrottle;
beforeEach(() => {
  quotes = new MemoryQuoteStore(new MemoryPaymentStore(clock).quotes);
  rates = new MemoryRates();
  throttle = new MemoryThrottle();
});

const BODY = { amount: 1000, currency: "EUR", destination_currency: "JPY" };
const quote = (body: Record<string, unknown> = BODY, requestId = "request-1") =>
  createQuote({ quotes, rates, throttle, clock, policies: policiesBy(() => POLICY) })({
    merchantId: "m1",
    requestId,
    body,
  });

/** Where the errors of a refused request point. */
async function refused(change: Record<string, unknown>): Promise<string[]> {
  const error = await quote({ ...BODY, ...change }).catch((caught) => caught);
  expect(error).toMatchObject({ name: "InvalidRequest" });
  return (error as { errors: FieldError[] }).errors.map(({ pointer = "" }) => pointer);
}

describe("a quote", () => {
  it("says what is paid, what arrives, and at which rate", async () => {
    const shown = await quote();
    expect(violations(schemas.QuoteView, shown)).toEqual([]);
    expect(shown).toMatchObject({
      amount_side: "source",
      source_amount: 1000,
      destination_amount: 1653,
      fee: 5,
      base_rate: "166.666666666666",
      spread: "0.0030",
      rate: "166.166666666666",
      reference_rate: "166.666666666666",
    });
  });

  it("is not given for a body with a card number in it", async () => {
    const errors = await refused({ "4111111111111111": 1, amount: 4111111111111111 });
    expect(errors.sort()).toEqual(["/4111111111111111", "/amount"]);
  });

  it("is not given in a currency that has ended, nor in one that has not begun", async () => {
    const said = (change: Record<string, unknown>) =>
      quote({ ...BODY, ...change }).catch(({ errors }: { errors: FieldError[] }) => errors);
    expect(await said({ currency: "BGN" })).toEqual([
      { pointer: "/currency", detail: "has not been a currency since 2026-01-01: pay in EUR" },
    ]);
    expect(await said({ destination_currency: "ANG" })).toMatchObject([{ pointer: "/destination_currency" }]);
    clock.advance(-365 * 86_400_000);
    expect(await said({ currency: "XCG" })).toEqual([
      { pointer: "/currency", detail: "is a currency from 2025-03-31 on" },
    ]);
    clock.advance(365 * 86_400_000);
  });

  it("holds for a minute", async () => {
    const { created_at, expires_at } = await quote();
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(60_000);
  });

  it("names what is to arrive when it is asked by that side", async () => {
    const shown = await quote({ ...BODY, amount: 1653, amount_side: "destination" });
    expect(shown).toMatchObject({ amount_side: "destination", destination_amount: 1653, source_amount: 999 });
  });

  it("is kept whole, with what stays inside, for the payment that names it", async () => {
    const { quote_id } = await quote();
    expect(await quotes.find(quote_id)).toMatchObject({
      merchant_id: "m1",
      transit_amount: 10_945_000n,
      payout_amount: 1658n,
      rounding: 1n,
    });
  });

  it("of the same request is the same quote, whatever the market did meanwhile; of another one it is not", async () => {
    const first = await quote();
    rates.prices.EUR = "2.2";
    expect(await quote()).toEqual(first);
    expect(await quote(BODY, "request-2")).not.toMatchObject({ quote_id: first.quote_id });
  });

  it("shows nothing of how the conversion is done", async () => {
    expect(JSON.stringify(await quote())).not.toMatch(/transit|payout|rounding|merchant/);
  });
});

describe("create-quote refuses", () => {
  it.each([
    ["no amount", { amount: undefined }, ["/amount"]],
    ["a fraction", { amount: 1.5 }, ["/amount"]],
    ["an unknown side", { amount_side: "both" }, ["/amount_side"]],
    ["a field that nobody knows", { tip: 1 }, ["/tip"]],
    ["no destination currency", { destination_currency: undefined }, ["/destination_currency"]],
    [
      "currencies that do not exist",
      { currency: "ZZZ", destination_currency: "XAU" },
      ["/currency", "/destination_currency"],
    ],
    [
      "currencies that the ramps do not convert",
      { currency: "CHF", destination_currency: "SEK" },
      ["/currency", "/destination_currency"],
    ],
    [
      "an amount that converts to nothing",
      { amount: 1, currency: "IDR", destination_currency: "KWD" },
      ["/amount"],
    ],
    ["an amount that converts to more than a payment may be", { amount: 999_999_999_999 }, ["/amount"]],
  ])("%s", async (_, change, pointers) => {
    expect(await refused(change)).toEqual(pointers);
  });

  it("for the moment while there are no rates, and keeps nothing", async () => {
    rates.down = true;
    await expect(quote()).rejects.toMatchObject({ name: "ServiceUnavailable", status: 503 });
  });
});

describe("a refused quote", () => {
  it.each([
    ["source", "500 is 5.00 EUR"],
    ["destination", "500 is 500 JPY"],
  ])("says how an amount is written in the currency of its %s", async (amount_side, example) => {
    const error = await quote({ ...BODY, amount: 1.5, amount_side }).catch((caught) => caught);
    expect(error.errors).toEqual([
      { pointer: "/amount", detail: `must be an integer in minor units: ${example}` },
    ]);
  });
});

describe("a merchant that asks for too many quotes", () => {
  it("is refused before a rate is read, and what is malformed takes no token", async () => {
    expect(await refused({ amount: 0 })).toEqual(["/amount"]);
    expect(throttle.taken).toEqual([]);
    await quote();
    expect(throttle.taken).toEqual(["m1"]);
    throttle.refused.add("m1");
    rates.down = true;
    await expect(quote(BODY, "request-2")).rejects.toMatchObject({ name: "RateLimited" });
  });
});

describe("a merchant with a bound on its quotes", () => {
  const LIMITED = { ...POLICY, limits: { quotes_per_minute: 2 } };
  const ask = (requestId: string, body: Record<string, unknown> = BODY) =>
    createQuote({ quotes, rates, throttle, clock, policies: policiesBy(() => LIMITED) })({
      merchantId: "m1",
      requestId,
      body,
    });

  it("gets no more in the minute in which they expire, is told when, and then gets some again", async () => {
    clock.advance(60_000 - (clock.now() % 60_000) + 18_500);
    await ask("bounded-1");
    await expect(ask("bounded-2", { ...BODY, amount: 0 })).rejects.toMatchObject({ name: "InvalidRequest" });
    await ask("bounded-3");
    await expect(ask("bounded-4")).rejects.toMatchObject({
      name: "RateLimited",
      message: "too many quotes: 2 in 60 s; try again in 42 s",
      headers: { "retry-after": "42", "ratelimit-policy": '"quotes";q=2;w=60' },
    });
    clock.advance(41_500);
    expect(await ask("bounded-5")).toMatchObject({ source_amount: 1000 });
  });
});
