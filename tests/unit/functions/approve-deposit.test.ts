// A large deposit needs two operators: nothing is booked by one of them alone, and what the second
// one approves is what the first one asked for, once.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { merchantKey } from "../../../functions/lib/domain/accounts.ts";
import { approveDeposit } from "../../../functions/manage-accounts/approve-deposit.ts";
import { depositFunds } from "../../../functions/manage-accounts/deposit-funds.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { call, type Handler, request } from "../../support/http-event.ts";
import { POLICY } from "../../support/policy.ts";
import { wiringOf } from "../../support/wiring.ts";

const LIMIT = 100_000;
const DAY = 24 * 60 * 60 * 1_000;
let world: CardSaga;
let requests = 0;
const operator = (subject: string) => ({
  merchantId: subject,
  subject,
  requestId: `request-${requests++}`,
  scopes: new Set(["ops"]),
});
beforeEach(async () => {
  world = new CardSaga();
  world.policy = { ...POLICY, deposit_approval_above: { EUR: LIMIT } };
  for (const account_id of ["acc_a", "acc_b"])
    await world.ledger.open({
      account_key: merchantKey("m1", account_id),
      account_id,
      status: "open",
      overdraft: "forbid",
      opened_at: "2026-01-01T00:00:00.000Z",
    });
});

const LARGE = { amount: LIMIT + 1, currency: "EUR", merchant_id: "m1", reason: "wire 4711" };
const deposit = (body: Record<string, unknown> = LARGE, by = "mia", key = "key-1", account = "acc_a") =>
  depositFunds(world)(operator(by), account, key, body);
const approve = (id: string, by = "noa", body: Record<string, unknown> = {}) =>
  approveDeposit(world)(operator(by), id, body);
async function asked(by = "mia", key = "key-1"): Promise<string> {
  const { pending } = await deposit(LARGE, by, key);
  if (!pending) throw new Error("it was booked");
  return pending.approval_id;
}
const balances = () => world.ledger.balances(merchantKey("m1", "acc_a"));
const operations = () => [...world.operations.kept.values()];

describe("a deposit above the deployment's limit", () => {
  it("waits for a second operator for a day, and nothing is booked", async () => {
    const { pending, replayed } = await deposit();
    expect(pending).toEqual({
      approval_id: expect.any(String),
      merchant_id: "m1",
      account_id: "acc_a",
      amount: LIMIT + 1,
      currency: "EUR",
      requested_by: "mia",
      requested_at: "2026-01-01T00:00:00.000Z",
      expires_at: "2026-01-02T00:00:00.000Z",
    });
    expect([replayed, world.ledger.journals.size, await balances()]).toEqual([false, 0, []]);
    expect(operations()).toMatchObject([
      {
        kind: "deposit-request",
        by: "mia",
        reason: "wire 4711",
        merchant_id: "m1",
        account_id: "acc_a",
        details: { approval_id: pending?.approval_id, amount: LIMIT + 1, currency: "EUR" },
      },
    ]);
  });

  it.each([
    ["at the limit", { ...LARGE, amount: LIMIT }],
    ["of a currency without one", { ...LARGE, currency: "USD" }],
  ])("and one %s needs nobody", async (_, body) => {
    expect((await deposit(body)).pending).toBeUndefined();
    expect(world.ledger.journals.size).toBe(1);
  });

  it("is the same request under its key, whoever sends it and whatever the limit is by now", async () => {
    const first = await deposit();
    world.policy = POLICY;
    world.clock.advance(1_000);
    expect(await deposit()).toEqual({ ...first, replayed: true });
    expect(await deposit(LARGE, "noa")).toEqual({ ...first, replayed: true });
    expect([world.ledger.journals.size, operations().length]).toEqual([0, 1]);
  });

  it.each([
    ["amount", { ...LARGE, amount: LIMIT + 2 }, "acc_a"],
    ["currency", { ...LARGE, currency: "USD" }, "acc_a"],
    ["account", LARGE, "acc_b"],
  ])("cannot be changed in its %s under its key", async (_, body, account) => {
    const id = await asked();
    await expect(deposit(body, "mia", "key-1", account)).rejects.toMatchObject({
      name: "IdempotencyKeyReused",
      status: 422,
    });
    const { deposit: booked } = await approve(id);
    expect(booked).toMatchObject({ amount: LIMIT + 1, currency: "EUR", account_id: "acc_a" });
  });

  it("that was booked before there was a limit is still the same deposit", async () => {
    world.policy = POLICY;
    const first = await deposit();
    world.policy = { ...POLICY, deposit_approval_above: { EUR: 0 } };
    expect(await deposit()).toEqual({ ...first, replayed: true });
  });
});

describe("an approval", () => {
  it("of another operator books what was asked for, and both are written down", async () => {
    const id = await asked();
    world.clock.advance(DAY - 1);
    const taken = await approve(id, "noa", { reason: "seen on the statement" });
    expect(taken).toMatchObject({ replayed: false, deposit: { deposit_id: id, amount: LIMIT + 1 } });
    expect(await balances()).toMatchObject([{ currency: "EUR", available: BigInt(LIMIT + 1) }]);
    expect(operations().at(-1)).toMatchObject({
      operation_id: id,
      kind: "deposit",
      by: "noa",
      reason: "seen on the statement",
      details: { requested_by: "mia", approval_id: id },
    });
    expect(await world.approvals.find(id)).toMatchObject({ approved: { by: "noa" } });
  });

  it("of the operator who asked is refused, and nothing is booked", async () => {
    const id = await asked();
    await expect(approve(id, "mia")).rejects.toMatchObject({ name: "SecondOperatorNeeded", status: 403 });
    expect(world.ledger.journals.size).toBe(0);
  });

  it("twice, and of two at once, is one deposit and the same answer", async () => {
    const id = await asked();
    const [one, two] = await Promise.all([approve(id, "noa"), approve(id, "ben")]);
    const third = await approve(id, "eve");
    expect([one?.deposit, two?.deposit]).toEqual([third.deposit, third.deposit]);
    expect([one, two, third].filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await balances()).toMatchObject([{ available: BigInt(LIMIT + 1) }]);
    expect(operations().filter(({ kind }) => kind === "deposit")).toHaveLength(1);
    expect(await deposit()).toEqual({ ...third, replayed: true });
  });

  it("after a day comes too late, and the deposit needs another key", async () => {
    const id = await asked();
    world.clock.advance(DAY);
    const late = { name: "ApprovalExpired", status: 410 };
    await expect(approve(id)).rejects.toMatchObject(late);
    await expect(deposit()).rejects.toMatchObject(late);
    expect(world.ledger.journals.size).toBe(0);
    const again = await asked("mia", "key-2");
    expect((await approve(again)).replayed).toBe(false);
    await expect(approve(id)).rejects.toMatchObject(late);
  });

  it("that was given in time is answered for ever", async () => {
    const id = await asked();
    const first = await approve(id);
    world.clock.advance(10 * DAY);
    expect(await approve(id, "ben")).toEqual({ ...first, replayed: true });
  });

  it("knows its id in capitals as well", async () => {
    const id = await asked();
    expect((await approve(id.toUpperCase())).deposit.deposit_id).toBe(id);
  });

  it.each([
    ["of nothing that was asked for", "00000000-0000-8000-8000-000000000000", {}, "NotFound"],
    ["of what is no id", "é".repeat(3_000), {}, "NotFound"],
    ["with another amount", undefined, { amount: 5 }, "InvalidRequest"],
    ["with a card number", undefined, { reason: "4111111111111111" }, "InvalidRequest"],
  ])("%s is refused", async (_, id, body, name) => {
    const known = await asked();
    await expect(approve(id ?? known, "noa", body)).rejects.toMatchObject({ name });
    expect(world.ledger.journals.size).toBe(0);
  });

  it("into an account whose merchant lives elsewhere by now, or that was closed, is refused", async () => {
    const id = await asked();
    world.ledger.closeAccount(merchantKey("m1", "acc_a"));
    await expect(approve(id)).rejects.toMatchObject({ name: "InvalidRequest" });
    world.elsewhere.add("m1");
    await expect(approve(id)).rejects.toMatchObject({ name: "MerchantElsewhere" });
    expect(world.ledger.journals.size).toBe(0);
  });
});

describe("over HTTP", () => {
  const send = (route: string, path: Record<string, string>, client_id: string, body?: unknown) => {
    jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf(world));
    const handler = coldStart<Handler>("manage-accounts/handler.ts");
    const claims = { client_id, scope: "ops" };
    const headers = { "idempotency-key": "key-1" };
    return call(handler, request(route, { path, claims, headers, ...(body ? { body } : {}) }));
  };

  it("a request is 202 with where it is approved, and an approval 201 like the deposit that it is", async () => {
    const asks = () => send("POST /accounts/{account_id}/deposits", { account_id: "acc_a" }, "mia", LARGE);
    const first = await asks();
    const approval_id = String(first.body.approval_id);
    expect([first.status, first.body.status]).toEqual([202, "pending"]);
    expect(first.headers).toHaveProperty("location", `/approvals/${approval_id}`);
    const again = await asks();
    expect(again.headers).toHaveProperty("idempotent-replayed", "true");
    expect(again.text).toBe(first.text);
    const approves = (client: string) => send("POST /approvals/{approval_id}", { approval_id }, client, {});
    expect((await approves("mia")).status).toBe(403);
    const second = await approves("noa");
    expect([second.status, second.body.deposit_id]).toEqual([201, approval_id]);
    expect([(await asks()).status, (await asks()).body]).toEqual([201, second.body]);
  });
});
