// What is in transit, for whom, since when, and what happens to it next.
import { beforeEach, describe, expect, it } from "@jest/globals";
import { houseKey } from "../../../functions/lib/domain/accounts.ts";
import { FAILURES_TO_OPEN } from "../../../functions/lib/domain/circuit-breaker.ts";
import { type PaymentRecord, unmarked } from "../../../functions/lib/domain/payment.ts";
import { OFF_RAMP_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import { listHoldings } from "../../../functions/list-holdings/list-holdings.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { OWNER, transitions } from "../../support/conformance/fixtures.ts";
import { quotedAcceptance, quoteFor } from "../../support/conformance/quote-store.ts";
import { MemoryQuoteStore } from "../../support/memory/memory-quote-store.ts";

let world: CardSaga;
beforeEach(() => {
  world = new CardSaga();
});

const list = (page: { limit?: string; cursor?: string } = {}) =>
  listHoldings({ ...world, quotes: new MemoryQuoteStore(world.payments.quotes), shards: 2 })(page);

/** A payment that value was bought for, and now stands like that; a second passes. */
async function holder(key: string, standing: Partial<PaymentRecord> = {}): Promise<string> {
  world.clock.advance(1_000);
  const quote = quoteFor(key);
  world.payments.quotes.set(quote.quote_id, quote);
  const { payment } = quotedAcceptance({ key }, quote);
  await world.payments.accept(quotedAcceptance({ key }, quote));
  await world.payments.commit(payment, transitions.claim);
  await world.payments.mark(payment.payment_id, "intent", "on-ramp", { execution: OWNER });
  const { marks } = (await world.payments.load(payment.payment_id)) ?? payment;
  const { marks: more, ...rest } = { ...BOUGHT, ...standing };
  world.payments.alter(payment.payment_id, { ...rest, marks: mergeMarks(marks, more) });
  return payment.payment_id;
}
const BOUGHT: Partial<PaymentRecord> = { on_ramp_tx_id: "on_1" };
const NOT_BOUGHT = { on_ramp_tx_id: undefined } as unknown as Partial<PaymentRecord>;
const marks = (change: Partial<PaymentRecord["marks"]>): Partial<PaymentRecord> => ({
  marks: { ...unmarked(), ...change },
});
const mergeMarks = (own: PaymentRecord["marks"], more = unmarked()): PaymentRecord["marks"] => ({
  intent: { ...own.intent, ...more.intent },
  asked: { ...own.asked, ...more.asked },
  undoing: { ...own.undoing, ...more.undoing },
  tombstone: { ...own.tombstone, ...more.tombstone },
  undone: { ...own.undone, ...more.undone },
  unreached: { ...own.unreached, ...more.unreached },
});
const nextAction = async () => (await list()).holdings.map(({ next }) => next.action);

describe("the holdings in transit", () => {
  it("are none where nothing was bought", async () => {
    expect(await list()).toEqual({ account_id: "in_transit", balances: [], holdings: [] });
  });

  it("name the payment, the amount and since when, beside the ledger's sum", async () => {
    const payment_id = await holder("one");
    const bucket = "available" as const;
    await world.ledger.fold([
      {
        journal_id: "j",
        postings: [{ account: houseKey("in_transit"), bucket, currency: "USDC", amount: 10_945_000n }],
      },
    ]);
    const { balances, holdings } = await list();
    expect(balances).toEqual([{ currency: "USDC", available: "10945000" }]);
    expect(holdings).toEqual([
      expect.objectContaining({
        payment_id,
        merchant_id: "m1",
        amount: "10945000",
        currency: "USDC",
        destination_currency: "JPY",
        since: new Date(world.clock.now()).toISOString(),
      }),
    ]);
  });

  it.each<[string, Partial<PaymentRecord>, string]>([
    ["the off-ramp, where nothing is wrong", {}, "off-ramp"],
    [
      "the answer of an off-ramp that may have been asked",
      marks({ intent: { "off-ramp": 1 } }),
      "resolve-off-ramp",
    ],
    ["a sale, where the off-ramp was ruled out", marks({ tombstone: { "off-ramp": 1 } }), "reverse-on-ramp"],
    [
      "a sale, where it was refused",
      { failure: { code: "OffRampDeclined", message: "no", step: "off-ramp" } },
      "reverse-on-ramp",
    ],
    ["the answer of an on-ramp that may have sold", NOT_BOUGHT, "resolve-on-ramp"],
    ["a sale, where the merchant withdrew", { cancel_requested_at: 1 }, "reverse-on-ramp"],
    ["a person, where the saga gave up", { status: "IN_REVIEW" }, "decide"],
  ])("wait for %s", async (_, standing, action) => {
    await holder("waiting", standing);
    expect(await nextAction()).toEqual([action]);
  });

  it.each([
    ["resume", 6 * 3_600, "it is held, and told are treasury"],
    ["hold", 60, "it is held, and told are treasury"],
    ["unwind", 60, "the value is sold back"],
  ] as const)(
    "during an outage under the policy to %s say that after %s s %s",
    async (action, seconds, later) => {
      await holder("outage");
      for (let failure = 0; failure < FAILURES_TO_OPEN; failure++)
        await world.breaker.report(OFF_RAMP_PROVIDER, "unavailable");
      const off_ramp_outage = { action, after_seconds: 60, tell: "treasury" };
      world.policy = { ...world.policy, off_ramp_outage };
      const [holding] = (await list()).holdings;
      const by = new Date(world.clock.now() + seconds * 1_000).toISOString();
      expect(holding?.next).toEqual({
        action: "off-ramp",
        detail: `the off-ramp is down: later ${later}`,
        by,
      });
    },
  );

  it("leave out what has left while the list was read", async () => {
    await holder("paid out", { off_ramp_tx_id: "off_1" });
    await holder("sold back", marks({ undone: { "on-ramp": 1 } }));
    const failure = { code: "OnRampDeclined", message: "no", step: "on-ramp" };
    await holder("never bought", { ...NOT_BOUGHT, failure });
    expect((await list()).holdings).toEqual([]);
  });

  it("come in pages, the longest held first, each once", async () => {
    const ids = [await holder("first"), await holder("second"), await holder("third")];
    const one = await list({ limit: "2" });
    expect(one.holdings.map(({ payment_id }) => payment_id)).toEqual(ids.slice(0, 2));
    const two = await list({ limit: "2", cursor: one.next_cursor ?? "" });
    expect(two.holdings.map(({ payment_id }) => payment_id)).toEqual(ids.slice(2));
    expect(two).not.toHaveProperty("next_cursor");
  });

  it("of one and the same moment are all listed, however small the page", async () => {
    const ids: string[] = [];
    for (const key of ["a", "b", "c", "d", "e"]) {
      ids.push(await holder(key));
      world.clock.advance(-1_000);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages++) {
      const page = await list({ limit: "1", ...(cursor ? { cursor } : {}) });
      seen.push(...page.holdings.map(({ payment_id }) => payment_id));
      cursor = page.next_cursor;
      if (!cursor) break;
    }
    expect(seen.sort()).toEqual(ids.sort());
  });

  it.each([
    { limit: "0" },
    { limit: "101" },
    { limit: "ten" },
    { limit: "1.5" },
    { cursor: "" },
    { cursor: "2026-01-01" },
  ])("are not listed for %j", async (page) => {
    await expect(list(page)).rejects.toMatchObject({ name: "InvalidRequest" });
  });
});
