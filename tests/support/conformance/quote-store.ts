// What every quote store must do, and what accepting a payment makes of a quote: run against memory
// and against DynamoDB.
import { describe, expect, it } from "@jest/globals";
import { idFor } from "../../../functions/lib/domain/idempotency.ts";
import type { Quote } from "../../../functions/lib/domain/quote.ts";
import type { Acceptance } from "../../../functions/lib/ports/payment-store.ts";
import { acceptanceFor, type Stores } from "./fixtures.ts";

/** 10.00 EUR to yen, of merchant m1, until a minute past the fixtures' midnight. */
export const quoteFor = (name: string, wanted: Partial<Quote> = {}): Quote => ({
  quote_id: idFor("quote", "m1", name),
  merchant_id: "m1",
  amount_side: "source",
  currency: "EUR",
  destination_currency: "JPY",
  source_amount: 1000n,
  fee: 5n,
  transit_amount: 10_945_000n,
  payout_amount: 1658n,
  destination_amount: 1653n,
  rounding: 1n,
  base_rate: "166.666666666666",
  spread: "0.0030",
  rate: "166.166666666666",
  reference_rate: "166.666666666666",
  created_at: "2026-01-01T00:00:00.000Z",
  expires_at: "2026-01-01T00:01:00.000Z",
  ...wanted,
});

/** The acceptance of a payment that names the quote. */
export function quotedAcceptance(
  wanted: Parameters<typeof acceptanceFor>[0],
  { quote_id }: Pick<Quote, "quote_id">,
): Acceptance {
  const destination_currency = wanted.destination_currency ?? "JPY";
  const acceptance = acceptanceFor({ rail: "stablecoin", destination_currency, quote_id, ...wanted });
  const { merchant_id, amount, currency, created_at } = acceptance.payment;
  const claim = { merchant_id, amount, currency, destination_currency, at: created_at };
  return { ...acceptance, quote: { quote_id, claim } };
}

export function describeQuoteStore(name: string, make: () => Promise<Stores>): void {
  describe(`a quote store in ${name}`, () => {
    it("keeps a quote as it is, and the first one of an id", async () => {
      const { quotes } = await make();
      const quote = quoteFor("kept", { transit_amount: 2n ** 53n - 1n });
      expect(await quotes.keep(quote)).toEqual(quote);
      expect(await quotes.keep({ ...quote, rate: "1.000000000000" })).toEqual(quote);
      expect(await quotes.find(quote.quote_id)).toEqual(quote);
    });

    it("knows no quote that was never made", async () => {
      const { quotes } = await make();
      expect(await quotes.find(quoteFor("never made").quote_id)).toBeUndefined();
    });
  });

  describe(`the count of a merchant's quotes, in ${name}`, () => {
    /** Half past a minute that has not come: a counter of the past may be deleted at any moment. */
    const at = Date.parse("2099-05-01T10:00:30.000Z");

    it("is full at its bound, for the minute in which they expire, and for nobody else", async () => {
      const { quotes } = await make();
      const counts = [];
      for (let quote = 0; quote < 4; quote++) counts.push(await quotes.count("counted", at, 3));
      expect(counts).toEqual([true, true, true, false]);
      expect(await quotes.count("counted", at - 30_000, 3)).toBe(false);
      expect(await quotes.count("counted", at + 29_999, 3)).toBe(false);
      expect(await quotes.count("counted", at + 30_000, 3)).toBe(true);
      expect(await quotes.count("counted", at - 30_001, 3)).toBe(true);
      expect(await quotes.count("another", at, 3)).toBe(true);
    });

    it("is not passed by many at once, and has room again where the bound is raised", async () => {
      const { quotes } = await make();
      const asked = Array.from({ length: 20 }, () => quotes.count("at once", at, 7));
      const counted = (await Promise.all(asked)).filter(Boolean);
      expect(counted).toHaveLength(7);
      expect(await quotes.count("at once", at, 8)).toBe(true);
      expect(await quotes.count("at once", at, 8)).toBe(false);
    });
  });

  describe(`a payment with a quote, in ${name}`, () => {
    it("consumes it, and no other payment does", async () => {
      const { quotes, payments } = await make();
      const quote = await quotes.keep(quoteFor("consumed"));
      const first = quotedAcceptance({ key: "takes the quote" }, quote);
      expect(await payments.accept(first)).toEqual({ outcome: "created" });
      const { payment_id } = first.payment;
      expect(await quotes.find(quote.quote_id)).toEqual({ ...quote, consumed_by: payment_id });
      const second = quotedAcceptance({ key: "wants the quote too" }, quote);
      expect(await payments.accept(second)).toEqual({ outcome: "quote-refused", quote: "used" });
      expect(await payments.load(second.payment.payment_id)).toBeUndefined();
    });

    it("is a replay under its own key, whatever became of the quote", async () => {
      const { quotes, payments } = await make();
      const quote = await quotes.keep(quoteFor("replayed"));
      await payments.accept(quotedAcceptance({ key: "replayed with a quote" }, quote));
      const created_at = "2026-01-02T00:00:00.000Z";
      const again = quotedAcceptance({ key: "replayed with a quote", requestId: "again", created_at }, quote);
      expect(await payments.accept(again)).toMatchObject({ outcome: "known" });
    });

    it.each([
      ["in its last millisecond", "2026-01-01T00:00:59.999Z", { outcome: "created" }],
      ["at its expiry", "2026-01-01T00:01:00.000Z", { outcome: "quote-refused", quote: "expired" }],
    ])("is judged by time, not by what was deleted: %s", async (when, created_at, outcome) => {
      const { quotes, payments } = await make();
      const quote = await quotes.keep(quoteFor(when));
      expect(await payments.accept(quotedAcceptance({ key: when, created_at }, quote))).toEqual(outcome);
      const stored = await quotes.find(quote.quote_id);
      expect(stored?.consumed_by !== undefined).toBe(outcome.outcome === "created");
    });

    it("of another merchant is as unknown as one that was never made", async () => {
      const { quotes, payments } = await make();
      const quote = await quotes.keep(quoteFor("theirs", { merchant_id: "m2" }));
      const unknown = { outcome: "quote-refused", quote: "unknown" };
      expect(await payments.accept(quotedAcceptance({ key: "a stranger's quote" }, quote))).toEqual(unknown);
      const none = quoteFor("none such");
      expect(await payments.accept(quotedAcceptance({ key: "no quote" }, none))).toEqual(unknown);
    });

    it.each<[string, Parameters<typeof quotedAcceptance>[0], string[]]>([
      ["amount", { key: "another amount", amount: 1001n }, ["amount"]],
      ["currency", { key: "another currency", currency: "USD" }, ["currency"]],
      ["destination", { key: "another destination", destination_currency: "KWD" }, ["destination_currency"]],
      [
        "amount and destination",
        { key: "another conversion", amount: 1001n, destination_currency: "KWD" },
        ["amount", "destination_currency"],
      ],
    ])("of another %s is refused with what differs", async (_, wanted, members) => {
      const { quotes, payments } = await make();
      const quote = await quotes.keep(quoteFor(wanted.key));
      const refused = { outcome: "quote-refused", quote: "differs", members };
      expect(await payments.accept(quotedAcceptance(wanted, quote))).toEqual(refused);
      expect(await quotes.find(quote.quote_id)).toEqual(quote);
    });

    it("is told of a taken reference before it is told of the quote", async () => {
      const { quotes, payments } = await make();
      const quote = await quotes.keep(quoteFor("with reference"));
      const reference = "order-with-quote";
      const first = quotedAcceptance({ key: "holds both", reference }, quote);
      await payments.accept(first);
      const second = await payments.accept(quotedAcceptance({ key: "wants both", reference }, quote));
      expect(second).toEqual({ outcome: "reference-taken", payment_id: first.payment.payment_id });
    });
  });
}
