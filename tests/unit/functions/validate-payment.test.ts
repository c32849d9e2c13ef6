// ValidatePayment claims the payment for one execution, and judges merchant, rail, limit, account.
import { describe, expect, it, jest } from "@jest/globals";
import { merchantKey } from "../../../functions/lib/domain/accounts.ts";
import { StoreContention } from "../../../functions/lib/errors/registry.ts";
import { CardSaga, OWNER } from "../../support/card-saga.ts";
import { ConversionSaga } from "../../support/conversion-saga.ts";

const STEP = "validate-payment";
const SETTLEMENT = merchantKey("m1", "settlement");

describe("validate-payment", () => {
  it("claims the payment, starts processing and opens the account", async () => {
    const saga = await CardSaga.accepted();
    await saga.run(STEP);
    expect(await saga.payment()).toMatchObject({ status: "PROCESSING", owner_execution: OWNER, version: 2 });
    expect(await saga.told()).toEqual(["accepted", "validated"]);
    expect(await saga.ledger.account(SETTLEMENT)).toMatchObject({
      status: "open",
      overdraft: "allow",
      unguarded: true,
    });
  });

  it("goes on with a payment whose currency has ended since it was taken", async () => {
    const saga = new CardSaga();
    saga.clock.advance(-1);
    await saga.accept({ currency: "BGN" });
    saga.clock.advance(365 * 86_400_000);
    for (const step of [STEP, "authorize-payment", "post-ledger"] as const) await saga.run(step);
    saga.provider.next("capture", "refuse");
    await saga.fail("capture-payment");
    for (const step of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(step);
    expect(await saga.payment()).toMatchObject({ status: "FAILED", currency: "BGN" });
  });

  it("tells one event when it runs twice", async () => {
    const saga = await CardSaga.after(STEP);
    await saga.run(STEP);
    expect(await saga.told()).toEqual(["accepted", "validated"]);
  });

  it("gives a payment to its first claimant only", async () => {
    const saga = await CardSaga.after(STEP);
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-2")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });

  it("lets one of two executions win that claim at once", async () => {
    const saga = await CardSaga.accepted();
    const results = await Promise.allSettled([saga.run(STEP, "attempt-1"), saga.run(STEP, "attempt-2")]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await saga.told()).toEqual(["accepted", "validated"]);
  });

  it.each([
    ["MerchantDisabled", { enabled: false }],
    ["RailDisabled", { rails: { card: false } }],
    ["MerchantLimitExceeded", { max_amount: { EUR: 999 } }],
  ])("refuses with %s, and persists why without claiming anything", async (code, policy) => {
    const saga = await CardSaga.accepted();
    saga.policy = { ...saga.policy, ...policy };
    expect(await saga.fail(STEP)).toBe(code);
    const payment = await saga.payment();
    expect(payment.failure).toMatchObject({ code, step: STEP });
    expect(payment.failure?.message).not.toBe("");
    expect(payment).toMatchObject({ status: "PENDING", version: 1 });
    expect(await saga.told()).toEqual(["accepted"]);
  });

  it("takes an amount that is exactly the limit, and any amount of a currency without one", async () => {
    const atLimit = await CardSaga.accepted();
    atLimit.policy = { ...atLimit.policy, max_amount: { EUR: 1000 } };
    await atLimit.run(STEP);
    const other = await CardSaga.accepted({ currency: "JPY" });
    other.policy = { ...other.policy, max_amount: { EUR: 1 } };
    await other.run(STEP);
    expect([(await atLimit.payment()).status, (await other.payment()).status]).toEqual([
      "PROCESSING",
      "PROCESSING",
    ]);
  });

  it("refuses a closed account with AccountClosed", async () => {
    const saga = await CardSaga.accepted();
    const opened_at = "2026-01-01T00:00:00.000Z";
    const account = { account_key: SETTLEMENT, account_id: "settlement", opened_at };
    await saga.ledger.open({ ...account, status: "closed", overdraft: "allow" });
    expect(await saga.fail(STEP)).toBe("AccountClosed");
    expect((await saga.payment()).failure).toMatchObject({ code: "AccountClosed" });
  });

  it("refuses an unknown account in production, and opens none", async () => {
    const saga = await CardSaga.accepted({ destination_account: "shop" });
    saga.opensAccounts = false;
    expect(await saga.fail(STEP)).toBe("AccountClosed");
    expect(await saga.ledger.account(merchantKey("m1", "shop"))).toBeUndefined();
  });

  it("opens no account by itself beyond the merchant's bound, and uses those that stand", async () => {
    const limited = async (destination_account: string, key: string) => {
      await saga.accept({ destination_account }, key);
      return saga.payment_id;
    };
    const saga = new CardSaga();
    saga.policy = { ...saga.policy, limits: { accounts: 1 } };
    await limited("shop-1", "key-1");
    await saga.run(STEP);
    await limited("shop-2", "key-2");
    expect(await saga.fail(STEP)).toBe("MerchantLimitExceeded");
    expect((await saga.payment()).failure).toMatchObject({ code: "MerchantLimitExceeded" });
    expect(await saga.ledger.account(merchantKey("m1", "shop-2"))).toBeUndefined();
    await limited("shop-1", "key-3");
    await saga.run(STEP);
    expect(await saga.payment()).toMatchObject({ status: "PROCESSING" });
  });

  it("yields to a cancel request that came first", async () => {
    const saga = await CardSaga.accepted();
    await saga.requestCancel();
    const before = await saga.everything();
    expect(await saga.fail(STEP)).toBe("CancelRequested");
    expect(await saga.everything()).toEqual(before);
  });

  it("leaves a cancel request to the steps after it once it is done", async () => {
    const saga = await CardSaga.after(STEP);
    await saga.requestCancel();
    await saga.run(STEP);
    expect(await saga.told()).toEqual(["accepted", "validated"]);
  });

  it("validates nothing that another try has refused meanwhile, and repeats that refusal", async () => {
    const saga = await CardSaga.accepted();
    jest.spyOn(saga.policies, "policyOf").mockImplementationOnce(async () => {
      const allowed = saga.policy;
      saga.policy = { ...allowed, enabled: false };
      expect(await saga.fail(STEP)).toBe("MerchantDisabled");
      saga.policy = allowed;
      return allowed;
    });
    expect(await saga.fail(STEP)).toBe("StoreContention");
    expect(await saga.fail(STEP)).toBe("MerchantDisabled");
    expect(await saga.payment()).toMatchObject({ status: "PENDING", failure: { code: "MerchantDisabled" } });
  });

  it("refuses nothing that another try has validated meanwhile", async () => {
    const saga = await CardSaga.accepted();
    jest.spyOn(saga.policies, "policyOf").mockImplementationOnce(async () => {
      await saga.run(STEP);
      return { ...saga.policy, enabled: false };
    });
    expect(await saga.fail(STEP)).toBe("StoreContention");
    await saga.run(STEP);
    expect(await saga.payment()).toMatchObject({ status: "PROCESSING" });
    expect((await saga.payment()).failure).toBeUndefined();
  });

  it("leaves contention as what it is: nothing was called, so nothing is unknown", async () => {
    const saga = await CardSaga.accepted();
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreContention("busy"));
    expect(await saga.fail(STEP)).toBe("StoreContention");
    await saga.run(STEP);
    expect((await saga.payment()).status).toBe("PROCESSING");
  });

  it("fails as a defect for a payment that does not exist", async () => {
    const saga = await CardSaga.accepted();
    saga.payment_id = "00000000-0000-8000-8000-000000000000";
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
  });
});

describe("validate-payment of a conversion", () => {
  const [SOURCE, DESTINATION] = [merchantKey("m1", "acc_a"), merchantKey("m1", "acc_b")];

  it("opens both unknown accounts outside production", async () => {
    const saga = await ConversionSaga.after(STEP);
    expect(await saga.ledger.account(SOURCE)).toMatchObject({
      status: "open",
      overdraft: "allow",
      unguarded: true,
    });
    expect(await saga.ledger.account(DESTINATION)).toMatchObject({
      status: "open",
      overdraft: "allow",
      unguarded: true,
    });
  });

  it("refuses an unknown account of either side in production", async () => {
    const saga = await ConversionSaga.accepted();
    saga.opensAccounts = false;
    expect(await saga.fail(STEP)).toBe("AccountClosed");
    expect((await saga.payment()).failure?.message).toBe("account acc_a does not exist");
  });

  it.each([
    ["source", SOURCE, "acc_a"],
    ["destination", DESTINATION, "acc_b"],
  ])("refuses a closed %s account", async (_, key, id) => {
    const saga = await ConversionSaga.after(STEP);
    saga.ledger.closeAccount(key);
    await saga.accept({}, "key-2");
    expect(await saga.fail(STEP)).toBe("AccountClosed");
    expect((await saga.payment()).failure?.message).toBe(`account ${id} is closed`);
  });
});
