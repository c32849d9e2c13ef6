// Accounts: opened once, deposited into once per key, read by their owner only.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { merchantKey } from "../../../functions/lib/domain/accounts.ts";
import { StoreContention } from "../../../functions/lib/errors/registry.ts";
import { depositFunds } from "../../../functions/manage-accounts/deposit-funds.ts";
import { readBalance } from "../../../functions/manage-accounts/manage-accounts.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { CLAIMS, call, type Handler, request } from "../../support/http-event.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { MemoryLedgerStore } from "../../support/memory/memory-ledger-store.ts";
import { POLICY, policiesBy } from "../../support/policy.ts";
import { wiringOf } from "../../support/wiring.ts";

const M1 = {
  merchantId: "m1",
  subject: "client-1",
  requestId: "request-1",
  scopes: new Set(["payments:write", "payments:read"]),
};
const M2 = { ...M1, merchantId: "m2" };
const OPS = {
  merchantId: "operator",
  subject: "operator-1",
  requestId: "request-1",
  scopes: new Set(["ops", "payments:read"]),
};

let ledger: MemoryLedgerStore;
let clock: ManualClock;
beforeEach(() => {
  ledger = new MemoryLedgerStore();
  clock = new ManualClock();
});
const open = (body: Record<string, unknown>, { merchantId } = M1) =>
  ledger.open({
    account_key: merchantKey(merchantId, String(body.account_id)),
    account_id: String(body.account_id),
    status: "open",
    overdraft: "forbid",
    opened_at: new Date(clock.now()).toISOString(),
  });
const balance = (account: string, caller = M1) => readBalance({ ledger })(caller, account);
const policies = policiesBy(() => POLICY);
const elsewhere = new Set<string>();
const admissions = { admits: async (merchantId: string) => !elsewhere.has(merchantId) };
const deposit = (
  body: Record<string, unknown>,
  key: string | undefined = "key-1",
  account = "acc_a",
  caller = M1,
) =>
  depositFunds({ ledger, approvals: ledger.approvals, policies, admissions, clock })(
    caller,
    account,
    key,
    body,
  );
const foldAll = () => ledger.fold([...ledger.journals.values()]);

describe("a deposit", () => {
  beforeEach(() => open({ account_id: "acc_a" }));

  it("brings money from outside into the account, as decimal strings", async () => {
    await deposit({ amount: 999_999_999_999, currency: "EUR" });
    expect(await balance("acc_a")).toMatchObject({
      balances: [{ currency: "EUR", pending: "0", available: "999999999999" }],
    });
    expect(await balance("external_funding", OPS)).toMatchObject({
      balances: [{ currency: "EUR", pending: "0", available: "-999999999999" }],
    });
  });

  it("is in the balance when it is answered, and once, though the stream brings it too", async () => {
    await deposit({ amount: 100, currency: "EUR" });
    await foldAll();
    await deposit({ amount: 100, currency: "EUR" });
    expect(await balance("acc_a")).toMatchObject({ balances: [{ available: "100" }] });
  });

  it("that could not be folded is no deposit yet, and the same key again brings it into the balance", async () => {
    jest.spyOn(ledger, "fold").mockRejectedValueOnce(new StoreContention("busy"));
    const busy = deposit({ amount: 100, currency: "EUR" });
    await expect(busy).rejects.toMatchObject({ name: "StoreContention" });
    expect(await balance("acc_a")).toMatchObject({ balances: [] });
    expect((await deposit({ amount: 100, currency: "EUR" })).replayed).toBe(true);
    expect(await balance("acc_a")).toMatchObject({ balances: [{ available: "100" }] });
  });

  it("that another deposit has the key of is folded by nobody", async () => {
    await deposit({ amount: 100, currency: "EUR" });
    const fold = jest.spyOn(ledger, "fold");
    await expect(deposit({ amount: 101, currency: "EUR" })).rejects.toMatchObject({
      name: "IdempotencyKeyReused",
    });
    expect(fold).not.toHaveBeenCalled();
  });

  it("under the same key is the same deposit", async () => {
    const first = await deposit({ amount: 100, currency: "EUR" });
    const again = await deposit({ amount: 100, currency: "EUR" }, '"key-1"');
    expect([first.replayed, again]).toEqual([false, { ...first, replayed: true }]);
    expect(ledger.journals.size).toBe(1);
  });

  it("in a currency that has ended since is answered as before, and a new one is refused", async () => {
    clock.advance(-1);
    const first = await deposit({ amount: 100, currency: "BGN" });
    clock.advance(1);
    expect(await deposit({ amount: 100, currency: "BGN" })).toEqual({ ...first, replayed: true });
    await expect(deposit({ amount: 100, currency: "BGN" }, "key-2")).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ pointer: "/currency" }],
    });
    expect(ledger.journals.size).toBe(1);
  });

  it.each(["null", "true", "7"])("for %p, as no merchant may be called, is refused", async (merchant_id) => {
    const body = { amount: 100, currency: "EUR", merchant_id };
    await expect(deposit(body, "key-1", "acc_a", OPS)).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ pointer: "/merchant_id", detail: "is no merchant id" }],
    });
    expect(ledger.journals.size).toBe(0);
    await deposit({ ...body, merchant_id: "m1" }, "key-1", "acc_a", OPS);
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
    const body = { amount: 0, currency: "euro" };
    const wrong = depositFunds({ ledger, approvals: ledger.approvals, policies, admissions, clock })(
      M1,
      "acc_a",
      undefined,
      body,
    );
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

describe("a deposit in the operator's journal", () => {
  const operations = () => [...ledger.operations.kept.values()];
  beforeEach(() => open({ account_id: "acc_a" }));

  it("stands with who took it, when and why, and to whose account", async () => {
    clock.advance(1_000);
    const at = new Date(clock.now()).toISOString();
    const body = { amount: 250, currency: "EUR", merchant_id: "m1", reason: "wire 4711 of 3 January" };
    const answer = await deposit(body, "key-1", "acc_a", OPS);
    if (answer.pending) throw new Error("nobody asked for a second operator");
    const { deposit: taken } = answer;
    expect(operations()).toEqual([
      {
        operation_id: taken.deposit_id,
        kind: "deposit",
        at,
        by: "operator-1",
        reason: "wire 4711 of 3 January",
        merchant_id: "m1",
        account_id: "acc_a",
        details: { amount: 250, currency: "EUR", journal_id: taken.journal_id },
      },
    ]);
  });

  it("stands once, however often it is sent, and by whoever took it first", async () => {
    await deposit({ amount: 250, currency: "EUR", merchant_id: "m1" }, "key-1", "acc_a", OPS);
    clock.advance(1_000);
    const other = { ...OPS, subject: "operator-2" };
    await deposit({ amount: 250, currency: "EUR", merchant_id: "m1" }, "key-1", "acc_a", other);
    expect(operations().map(({ by }) => by)).toEqual(["operator-1"]);
  });

  it("does not stand for what is refused", async () => {
    await deposit({ amount: 250, currency: "EUR" });
    for (const [body, key, account] of [
      [{ amount: 251, currency: "EUR" }, "key-1", "acc_a"],
      [{ amount: 0, currency: "EUR" }, "key-2", "acc_a"],
      [{ amount: 1, currency: "EUR" }, "key-2", "acc_x"],
      [{ amount: 1, currency: "EUR", reason: "" }, "key-2", "acc_a"],
    ] as const)
      await expect(deposit(body, key, account)).rejects.toMatchObject({ kind: "request" });
    expect(operations()).toHaveLength(1);
  });
});

describe("a deposit that names the account's merchant", () => {
  const NAMED = { amount: 100, currency: "EUR", merchant_id: "m1" };
  beforeEach(() => {
    elsewhere.clear();
    return open({ account_id: "acc_a" });
  });
  const give = (body: Record<string, unknown>, key = "key-1") => deposit(body, key, "acc_a", OPS);

  it("goes into that merchant's account, by the hand of an operator who has none", async () => {
    await give(NAMED);
    await foldAll();
    expect(await balance("acc_a")).toMatchObject({ balances: [{ available: "100" }] });
    await expect(balance("acc_a", OPS)).rejects.toMatchObject({ name: "NotFound" });
  });

  it("without the name looks for the account with the token's own merchant", async () => {
    await expect(give({ amount: 100, currency: "EUR" })).rejects.toMatchObject({ name: "NotFound" });
    expect(ledger.journals.size).toBe(0);
  });

  it("is the merchant's under its key, whoever sends it again, and another merchant's is another", async () => {
    const first = await give(NAMED);
    const own = await deposit({ amount: 100, currency: "EUR" });
    expect(own).toEqual({ ...first, replayed: true });
    await open({ account_id: "acc_a" }, M2);
    expect((await give({ ...NAMED, merchant_id: "m2" })).replayed).toBe(false);
    expect(ledger.journals.size).toBe(2);
  });

  it("is refused for a merchant of another cell, though the operator's own lives here", async () => {
    elsewhere.add("m1");
    await expect(give(NAMED)).rejects.toMatchObject({ name: "MerchantElsewhere", status: 421 });
    expect(ledger.journals.size).toBe(0);
  });

  it("is taken though the operator's own merchant was placed nowhere", async () => {
    elsewhere.add(OPS.merchantId);
    expect((await give(NAMED)).replayed).toBe(false);
    await expect(give({ amount: 100, currency: "EUR" })).rejects.toMatchObject({ status: 421 });
  });

  it.each(["m1/acc", "", "x".repeat(65), 7, null, "4111111111111111"])(
    "refuses the name %p before it asks where it lives",
    async (merchant_id) => {
      elsewhere.add(String(merchant_id));
      await expect(give({ ...NAMED, merchant_id })).rejects.toMatchObject({
        name: "InvalidRequest",
        errors: [{ pointer: "/merchant_id" }],
      });
      expect(ledger.journals.size).toBe(0);
    },
  );

  it("is refused to a merchant at the door, whose token lacks the scope", async () => {
    const world = new CardSaga();
    await world.ledger.open({
      account_key: merchantKey("m1", "acc_a"),
      account_id: "acc_a",
      status: "open",
      overdraft: "forbid",
      opened_at: new Date(world.clock.now()).toISOString(),
    });
    jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf(world));
    const handler = coldStart<Handler>("manage-accounts/handler.ts");
    const sent = (claims: Record<string, string>) =>
      call(
        handler,
        request("POST /accounts/{account_id}/deposits", {
          path: { account_id: "acc_a" },
          headers: { "idempotency-key": "key-1" },
          body: NAMED,
          claims,
        }),
      );
    const refused = await sent({ ...CLAIMS, client_id: "m2" });
    expect([refused.status, refused.body.code]).toEqual([403, "ScopeMissing"]);
    expect(world.ledger.journals.size).toBe(0);
    expect((await sent({ client_id: "operator", scope: "ops payments:read" })).status).toBe(201);
  });
});

describe("reading a balance", () => {
  it("finds nothing of another merchant", async () => {
    await open({ account_id: "acc_a" });
    await expect(balance("acc_a", M2)).rejects.toMatchObject({ name: "NotFound" });
  });

  it.each([
    ["the operator's client", "ops payments:read", 200],
    ["who may only operate, as the route is one that reads", "ops", 403],
    ["a merchant's client", "payments:write payments:read", 403],
  ])("of the house answers %s", async (_, scope, status) => {
    jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf(new CardSaga()));
    const handler = coldStart<Handler>("manage-accounts/handler.ts");
    const asked = request("GET /accounts/{account_id}/balance", {
      path: { account_id: "external_funding" },
      claims: { client_id: "c", scope },
    });
    expect((await call(handler, asked)).status).toBe(status);
  });

  it("shows the house's accounts to the scope ops only", async () => {
    await expect(balance("fees")).rejects.toMatchObject({ name: "ScopeMissing" });
    expect(await balance("fees", OPS)).toMatchObject({ account_id: "fees", balances: [] });
  });
});
