// Accounts: opened once, deposited into once per key, read by their owner only.
import { beforeEach, describe, expect, it } from "@jest/globals";
import { depositFunds } from "../../functions/manage-accounts/deposit-funds.ts";
import { openAccount, readBalance } from "../../functions/manage-accounts/manage-accounts.ts";
import { ManualClock } from "../support/memory/manual-clock.ts";
import { MemoryLedgerStore } from "../support/memory/memory-ledger-store.ts";

const M1 = { merchantId: "m1", scopes: new Set(["payments:write", "payments:read"]) };
const M2 = { ...M1, merchantId: "m2" };
const OPS = { merchantId: "m1", scopes: new Set(["ops"]) };

let ledger: MemoryLedgerStore;
let clock: ManualClock;
beforeEach(() => {
  ledger = new MemoryLedgerStore();
  clock = new ManualClock();
});
const open = (body: Record<string, unknown>, caller = M1) => openAccount({ ledger, clock })(caller, body);
const balance = (account: string, caller = M1) => readBalance({ ledger, clock })(caller, account);
const deposit = (body: Record<string, unknown>, key: string | undefined = "key-1", account = "acc_a") =>
  depositFunds(ledger)(M1, account, key, body);
const foldAll = () => ledger.fold([...ledger.journals.values()]);

describe("opening an account", () => {
  it("opens it with overdraft allowed unless told otherwise", async () => {
    const { created, account } = await open({ account_id: "acc_a" });
    expect(created).toBe(true);
    expect(account).toMatchObject({ account_id: "acc_a", status: "open", overdraft: "allow" });
    expect(account).not.toHaveProperty("account_key");
  });

  it("twice is the same account", async () => {
    const first = await open({ account_id: "acc_a", overdraft: "forbid" });
    clock.advance(1000);
    const second = await open({ account_id: "acc_a", overdraft: "forbid" });
    expect(second).toEqual({ created: false, account: first.account });
  });

  it("twice with other terms is refused", async () => {
    await open({ account_id: "acc_a", overdraft: "forbid" });
    await expect(open({ account_id: "acc_a" })).rejects.toMatchObject({ name: "AccountExists", status: 409 });
  });

  it("is apart for each merchant", async () => {
    await open({ account_id: "acc_a", overdraft: "forbid" });
    expect((await open({ account_id: "acc_a" }, M2)).created).toBe(true);
  });

  it.each(["psp_receivable", "fees", "external_funding", "a/b", "", "4111111111111111"])(
    "refuses the id %p",
    async (account_id) => {
      await expect(open({ account_id })).rejects.toMatchObject({
        name: "InvalidRequest",
        errors: [{ pointer: "/account_id" }],
      });
    },
  );
});

describe("a deposit", () => {
  beforeEach(() => open({ account_id: "acc_a" }));

  it("brings money from outside into the account, as decimal strings", async () => {
    await deposit({ amount: 999_999_999_999, currency: "EUR" });
    await foldAll();
    expect(await balance("acc_a")).toMatchObject({
      balances: [{ currency: "EUR", pending: "0", available: "999999999999" }],
    });
    expect(await balance("external_funding", OPS)).toMatchObject({
      balances: [{ currency: "EUR", pending: "0", available: "-999999999999" }],
    });
  });

  it("under the same key is the same deposit", async () => {
    const first = await deposit({ amount: 100, currency: "EUR" });
    const again = await deposit({ amount: 100, currency: "EUR" }, '"key-1"');
    expect([first.replayed, again]).toEqual([false, { ...first, replayed: true }]);
    expect(ledger.journals.size).toBe(1);
  });

  it("under another key is another deposit", async () => {
    await deposit({ amount: 100, currency: "EUR" });
    await deposit({ amount: 100, currency: "EUR" }, "key-2");
    expect(ledger.journals.size).toBe(2);
  });

  it.each([
    ["amount", { amount: 101, currency: "EUR" }, "acc_a"],
    ["currency", { amount: 100, currency: "USD" }, "acc_a"],
    ["account", { amount: 100, currency: "EUR" }, "acc_b"],
  ])("under the same key with another %s is refused", async (_, body, account) => {
    await open({ account_id: "acc_b" });
    await deposit({ amount: 100, currency: "EUR" });
    await expect(deposit(body, "key-1", account)).rejects.toMatchObject({ name: "IdempotencyKeyReused" });
    expect(ledger.journals.size).toBe(1);
  });

  it("into an account that does not exist is refused and writes nothing", async () => {
    const unknown = deposit({ amount: 100, currency: "EUR" }, "key-1", "acc_x");
    await expect(unknown).rejects.toMatchObject({ name: "NotFound" });
    expect(ledger.journals.size).toBe(0);
  });

  it("into a house account is refused like an unknown one", async () => {
    const house = deposit({ amount: 100, currency: "EUR" }, "key-1", "fees");
    await expect(house).rejects.toMatchObject({ name: "NotFound" });
  });

  it("names every error at once", async () => {
    const wrong = depositFunds(ledger)(M1, "acc_a", undefined, { amount: 0, currency: "euro" });
    await expect(wrong).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ pointer: "/amount" }, { pointer: "/currency" }, { header: "Idempotency-Key" }],
    });
  });

  it("of a currency that nobody pays with is refused", async () => {
    const gold = deposit({ amount: 1, currency: "XAU" });
    await expect(gold).rejects.toMatchObject({ errors: [{ pointer: "/currency" }] });
  });
});

describe("reading a balance", () => {
  it("finds nothing of another merchant", async () => {
    await open({ account_id: "acc_a" });
    await expect(balance("acc_a", M2)).rejects.toMatchObject({ name: "NotFound" });
  });

  it("shows the house's accounts to the scope ops only", async () => {
    await expect(balance("fees")).rejects.toMatchObject({ name: "ScopeMissing" });
    expect(await balance("fees", OPS)).toMatchObject({ account_id: "fees", balances: [] });
  });
});
