// AuthorizeConversion: the terms are fixed once, and the source's funds are held once. A refusal
// moves nothing.
import { describe, expect, it, jest } from "@jest/globals";
import { createQuote } from "../../../functions/create-quote/create-quote.ts";
import { merchantKey } from "../../../functions/lib/domain/accounts.ts";
import { FAILURES_TO_OPEN, PACE } from "../../../functions/lib/domain/circuit-breaker.ts";
import { depositJournal } from "../../../functions/lib/domain/journal.ts";
import type { Account } from "../../../functions/lib/domain/overdraft.ts";
import { ownQuoteId } from "../../../functions/lib/domain/quote.ts";
import { ON_RAMP_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import { ProviderUnavailable, StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { ConversionSaga, OWNER } from "../../support/conversion-saga.ts";

const STEP = "authorize-conversion";
const HELD = ["accepted", "validated", "held"];

/** The source account holds so much, in cents; it forbids an overdraft where no terms are named. */
async function guarded(saga: ConversionSaga, funds: bigint, terms: Partial<Account> = {}): Promise<void> {
  const account_key = merchantKey("m1", "acc_a");
  const opened_at = "2026-01-01T00:00:00.000Z";
  await saga.ledger.open({
    account_key,
    account_id: "acc_a",
    status: "open",
    overdraft: "forbid",
    opened_at,
    ...terms,
  });
  if (funds === 0n) return;
  const deposit = depositJournal("deposit-1", "m1", "acc_a", funds, "EUR");
  await saga.ledger.fold([deposit]);
}

describe("authorize-conversion", () => {
  it("quotes for itself and holds the source's funds in the same write", async () => {
    const saga = await ConversionSaga.after(STEP);
    const payment = await saga.payment();
    expect(payment.quote_id).toBe(ownQuoteId(payment));
    expect(payment.held_at).toBeDefined();
    expect(await saga.told()).toEqual(HELD);
    expect([saga.sum("acc_a", "EUR"), saga.sum("house/clearing", "EUR")]).toEqual([-1000n, 1000n]);
  });

  it("takes the merchant's quote as it was promised, however the market moved since", async () => {
    const saga = new ConversionSaga();
    const body = { amount: 1000, currency: "EUR", destination_currency: "JPY" };
    const { quote_id, destination_amount } = await createQuote(saga)({
      merchantId: "m1",
      requestId: "quote-1",
      body,
    });
    await saga.accept({ quote_id });
    saga.rates.prices.EUR = "0.5";
    await saga.run("validate-payment");
    await saga.run(STEP);
    expect((await saga.payment()).quote_id).toBe(quote_id);
    expect((await saga.quote()).destination_amount).toBe(BigInt(destination_amount));
  });

  it("looks for no quote of its own before it has made one", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    const find = jest.spyOn(saga.quotes, "find");
    await saga.run(STEP);
    expect(find).not.toHaveBeenCalled();
  });

  it("keeps the first terms when it is tried again while nothing is converted any more", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreUnavailable("no answer"));
    expect(await saga.fail(STEP)).toBe("StoreUnavailable");
    delete (saga.rates.prices as Partial<typeof saga.rates.prices>).EUR;
    await saga.run(STEP);
    expect((await saga.quote()).base_rate).toBe("166.666666666666");
  });

  it("keeps the first terms when it is tried again after the market moved", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreUnavailable("no answer"));
    expect(await saga.fail(STEP)).toBe("StoreUnavailable");
    saga.rates.prices.EUR = "0.5";
    await saga.run(STEP);
    expect((await saga.quote()).base_rate).toBe("166.666666666666");
  });

  it("returns its own result when it runs twice, and asks for no rates", async () => {
    const saga = await ConversionSaga.after(STEP);
    const before = await saga.everything();
    saga.rates.down = true;
    await saga.run(STEP);
    expect(await saga.everything()).toEqual(before);
  });

  it.each([
    ["CurrencyUnsupported", { currency: "CHF" }],
    ["CurrencyUnsupported", { destination_currency: "CHF" }],
    ["AmountTooSmall", { amount: 1, currency: "IDR", destination_currency: "KWD" }],
    ["AmountTooLarge", { amount: 999_999_999_999, currency: "KWD", destination_currency: "IDR" }],
  ])("refuses as %s what cannot be converted, and holds nothing: %p", async (code, body) => {
    const saga = await ConversionSaga.after("validate-payment", body);
    expect(await saga.fail(STEP)).toBe(code);
    expect(await saga.payment()).toMatchObject({ failure: { code, step: STEP }, status: "PROCESSING" });
    expect(saga.payments.journals.size).toBe(0);
  });

  it("is unavailable, not refused, while there are no rates", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    saga.rates.down = true;
    expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    expect((await saga.payment()).failure).toBeUndefined();
  });

  it("takes the funds of an account that forbids an overdraft, to the last cent", async () => {
    const saga = await ConversionSaga.accepted();
    await guarded(saga, 1000n);
    await saga.run("validate-payment");
    await saga.run(STEP);
    expect(saga.payments.guards.get(`${merchantKey("m1", "acc_a")} EUR`)).toBe(0n);
  });

  it("refuses one cent more, and goes on refusing when the funds come later", async () => {
    const saga = await ConversionSaga.accepted();
    await guarded(saga, 999n);
    await saga.run("validate-payment");
    expect(await saga.fail(STEP)).toBe("InsufficientFunds");
    await saga.ledger.fold([depositJournal("deposit-2", "m1", "acc_a", 1000n, "EUR")]);
    expect(await saga.fail(STEP)).toBe("InsufficientFunds");
    await saga.run("fail-payment");
    expect(await saga.payment()).toMatchObject({
      status: "FAILED",
      failure: { code: "InsufficientFunds", step: STEP },
    });
    expect(saga.payments.journals.size).toBe(0);
  });

  it.each([
    ["its limit, to the last cent", 400n, { EUR: 600n }, "nothing", -600n],
    ["one cent less", 400n, { EUR: 599n }, "InsufficientFunds", 400n],
    ["its limit with nothing ever paid in", 0n, { EUR: 1_000n }, "nothing", -1_000n],
    ["a cent less with nothing ever paid in", 0n, { EUR: 999n }, "InsufficientFunds", undefined],
    ["a limit of another currency", 400n, { USD: 1_000_000n }, "InsufficientFunds", 400n],
    ["no limit in any currency", 999n, {}, "InsufficientFunds", 999n],
  ])(
    "lets an account that allows an overdraft go below zero by %s",
    async (_, funds, limits, outcome, left) => {
      const saga = await ConversionSaga.accepted();
      await guarded(saga, funds, { overdraft: "allow", overdraft_limits: limits as Record<string, bigint> });
      await saga.run("validate-payment");
      if (outcome === "nothing") await saga.run(STEP);
      else expect(await saga.fail(STEP)).toBe(outcome);
      expect(saga.payments.guards.get(`${merchantKey("m1", "acc_a")} EUR`)).toBe(left);
      expect(saga.payments.journals.size).toBe(outcome === "nothing" ? 1 : 0);
    },
  );

  it("goes beyond no limit in any order of 50 payments at once", async () => {
    const saga = new ConversionSaga();
    await guarded(saga, 2_000n, { overdraft: "allow", overdraft_limits: { EUR: 5_500n } });
    const ids: string[] = [];
    for (let n = 0; n < 50; n++) ids.push(await saga.accept({}, `key-${n}`));
    const held = await Promise.all(
      ids.map(async (payment_id) => {
        const one = Object.assign(Object.create(saga) as ConversionSaga, { payment_id });
        await one.run("validate-payment");
        return one.run(STEP).then(
          () => true,
          () => false,
        );
      }),
    );
    expect(held.filter(Boolean)).toHaveLength(7);
    expect(saga.payments.guards.get(`${merchantKey("m1", "acc_a")} EUR`)).toBe(-5_000n);
  });

  it("guards nothing of an account that opened by itself, and counts what an account without limits takes", async () => {
    const itself = await ConversionSaga.after(STEP);
    expect(itself.payments.guards.size).toBe(0);
    const old = await ConversionSaga.accepted();
    await guarded(old, 0n, { overdraft: "allow" });
    await old.run("validate-payment");
    await old.run(STEP);
    expect(old.payments.guards.get(`${merchantKey("m1", "acc_a")} EUR`)).toBe(-1_000n);
  });

  it("waits while the account's guard is being made, and takes it up when that did not end", async () => {
    const saga = await ConversionSaga.accepted();
    const migrating_until = new Date(saga.clock.now() + 5_000).toISOString();
    await guarded(saga, 0n, { overdraft: "allow", migrating_until });
    await saga.run("validate-payment");
    expect(await saga.fail(STEP)).toBe("StoreContention");
    expect(saga.payments.journals.size).toBe(0);
    saga.clock.advance(5_000);
    await saga.run(STEP);
    expect((await saga.payment()).held_at).toBeDefined();
  });

  it("completes exactly 10 of 50 payments at once from an account with funds for 10", async () => {
    const saga = new ConversionSaga();
    await guarded(saga, 10_000n);
    const ids: string[] = [];
    for (let n = 0; n < 50; n++) ids.push(await saga.accept({}, `key-${n}`));
    const run = async (task: "validate-payment" | typeof STEP) =>
      Promise.all(
        ids.map(async (payment_id) => {
          const one = Object.assign(Object.create(saga) as ConversionSaga, { payment_id });
          return one.run(task).then(
            () => "held",
            (error: Error) => error.name,
          );
        }),
      );
    await run("validate-payment");
    const outcomes = await run(STEP);
    expect(outcomes.filter((outcome) => outcome === "held")).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === "InsufficientFunds")).toHaveLength(40);
    expect(saga.sum("acc_a", "EUR")).toBe(-10_000n);
  });

  it("holds nothing once another try has refused, though the funds were there for it", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    const commit = saga.payments.commit.bind(saga.payments);
    jest.spyOn(saga.payments, "commit").mockImplementationOnce(async (payment, transition) => {
      const failure = { code: "AmountTooSmall", message: "another try", step: STEP };
      await saga.payments.recordFailure(saga.payment_id, failure, { execution: OWNER, decides: STEP });
      return commit(payment, transition);
    });
    expect(await saga.fail(STEP)).toBe("StoreContention");
    expect(await saga.fail(STEP)).toBe("AmountTooSmall");
    expect((await saga.payment()).held_at).toBeUndefined();
  });

  it("refuses nothing once another try has held", async () => {
    const saga = await ConversionSaga.after("validate-payment", { currency: "CHF" });
    const record = saga.payments.recordFailure.bind(saga.payments);
    jest.spyOn(saga.payments, "recordFailure").mockImplementationOnce(async (...refusal) => {
      saga.payments.alter(saga.payment_id, { held_at: "2026-01-01T00:00:00.001Z" });
      return record(...refusal);
    });
    expect(await saga.fail(STEP)).toBe("StoreContention");
    expect((await saga.payment()).failure).toBeUndefined();
  });

  it("tells the on-ramp's breaker of rates that are not to be had, and asks for none while it is open", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    saga.rates.down = true;
    for (let tries = 0; tries < FAILURES_TO_OPEN; tries++)
      expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    expect(await saga.breaker.isOpen(ON_RAMP_PROVIDER)).toBe(true);
    saga.rates.down = false;
    expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    await saga.breaker.report(ON_RAMP_PROVIDER, "answered");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(HELD);
  });

  it("opens no breaker for a price of one currency that is none", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    const report = jest.spyOn(saga.breaker, "report");
    jest.spyOn(saga.rates, "ratesOf").mockRejectedValue(new ProviderUnavailable("they are no prices"));
    expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    expect(report).not.toHaveBeenCalled();
  });

  it("opens no breaker for what the market does not trade", async () => {
    const saga = await ConversionSaga.after("validate-payment", { currency: "CHF" });
    const report = jest.spyOn(saga.breaker, "report");
    expect(await saga.fail(STEP)).toBe("CurrencyUnsupported");
    expect(report).not.toHaveBeenCalled();
  });

  it("closes no breaker by a rate: purchases may fail all the same", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    for (let n = 0; n < FAILURES_TO_OPEN; n++) await saga.breaker.report(ON_RAMP_PROVIDER, "unavailable");
    saga.clock.advance(PACE.firstHold);
    await saga.run(STEP);
    expect(await saga.breaker.admits(ON_RAMP_PROVIDER)).toBe(true);
    expect(await saga.breaker.admits(ON_RAMP_PROVIDER)).toBe(false);
  });

  it("takes a quote that is there however open the breaker is", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreUnavailable("no answer"));
    await saga.fail(STEP);
    for (let n = 0; n < FAILURES_TO_OPEN; n++) await saga.breaker.report(ON_RAMP_PROVIDER, "unavailable");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(HELD);
  });

  it("holds nothing once its undo has begun or the merchant withdrew", async () => {
    const undone = await ConversionSaga.after("validate-payment");
    await undone.tombstone(STEP);
    expect(await undone.fail(STEP)).toBe("UndoStarted");
    const withdrawn = await ConversionSaga.after("validate-payment");
    await withdrawn.requestCancel();
    expect(await withdrawn.fail(STEP)).toBe("CancelRequested");
    expect(withdrawn.payments.journals.size + undone.payments.journals.size).toBe(0);
  });

  it("does not wait for rates once the merchant cancelled: nothing would be held any more", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    for (let n = 0; n < FAILURES_TO_OPEN; n++) await saga.breaker.report(ON_RAMP_PROVIDER, "unavailable");
    expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    await saga.requestCancel();
    expect(await saga.fail(STEP)).toBe("CancelRequested");
  });

  it("throws UndoStarted for a hold whose undo has begun, so that a later attempt does not go on", async () => {
    const saga = await ConversionSaga.after(STEP);
    await saga.tombstone(STEP);
    expect(await saga.fail(STEP)).toBe("UndoStarted");
  });

  it("lets a stale owner write nothing", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});
