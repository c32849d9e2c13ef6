// Opening accounts: once, on stated terms, and with an overdraft only by the hand of an operator or
// within the policy of the merchant.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { merchantKey } from "../../../functions/lib/domain/accounts.ts";
import { readBalance } from "../../../functions/manage-accounts/manage-accounts.ts";
import { openAccount } from "../../../functions/manage-accounts/open-account.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { CLAIMS, call, type Handler, request } from "../../support/http-event.ts";
import { POLICY } from "../../support/policy.ts";
import { wiringOf } from "../../support/wiring.ts";

const caller = (merchantId: string, ...scopes: string[]) => ({
  merchantId,
  subject: `client of ${merchantId}`,
  requestId: "request-1",
  scopes: new Set(scopes),
});
const M1 = caller("m1", "payments:write", "payments:read");
const M2 = caller("m2", "payments:write", "payments:read");
const OPS = caller("operator", "ops", "payments:read");

let world: CardSaga;
beforeEach(() => {
  world = new CardSaga();
});
const open = (body: Record<string, unknown>, by = M1) => openAccount(world)(by, body);
const allow = (overdraft_limits?: Record<string, number>, account_id = "acc_a") => ({
  account_id,
  overdraft: "allow",
  ...(overdraft_limits ? { overdraft_limits } : {}),
});
const standing = (account_id = "acc_a", merchant = "m1") =>
  world.ledger.account(merchantKey(merchant, account_id));
const operations = () => [...world.operations.kept.values()];
/** What m1 may give its accounts itself. */
const permit = (overdraft_limits: Record<string, number>) => {
  world.policy = { ...POLICY, overdraft_limits };
};

describe("opening an account", () => {
  it("forbids an overdraft unless the request is for one", async () => {
    const { created, account } = await open({ account_id: "acc_a" });
    expect(created).toBe(true);
    expect(account).toMatchObject({ account_id: "acc_a", status: "open", overdraft: "forbid" });
    expect(account).not.toHaveProperty("account_key");
    expect(await standing()).toMatchObject({ overdraft: "forbid" });
  });

  it("twice is the same account", async () => {
    const first = await open({ account_id: "acc_a", overdraft: "forbid" });
    world.clock.advance(1000);
    const second = await open({ account_id: "acc_a", overdraft: "forbid" });
    expect(second).toEqual({ created: false, account: first.account });
  });

  it("twice with other terms is refused, and without terms takes the account as it is", async () => {
    const standings = ["forbids", "allows", "opened-itself"];
    await open({ account_id: "forbids" });
    await open({ ...allow({ EUR: 5 }, "allows"), merchant_id: "m1" }, OPS);
    const account_key = merchantKey("m1", "opened-itself");
    const bare = { account_key, account_id: "opened-itself", status: "open" } as const;
    await world.ledger.open({
      ...bare,
      overdraft: "allow",
      unguarded: true,
      opened_at: "2026-01-01T00:00:00.000Z",
    });
    for (const account_id of standings) expect(await open({ account_id })).toMatchObject({ created: false });
    const refused = { name: "AccountExists", status: 409 };
    await expect(open(allow({ EUR: 5 }, "forbids"))).rejects.toMatchObject(refused);
    await expect(open({ account_id: "allows", overdraft: "forbid" })).rejects.toMatchObject(refused);
    await expect(open({ account_id: "opened-itself", overdraft: "forbid" })).rejects.toMatchObject(refused);
    await expect(open(allow({ EUR: 6 }, "allows"))).rejects.toMatchObject(refused);
    expect((await open(allow({ EUR: 5 }, "allows"))).created).toBe(false);
  });

  it("is apart for each merchant", async () => {
    await open({ account_id: "acc_a", overdraft: "forbid" });
    expect((await open({ account_id: "acc_a" }, M2)).created).toBe(true);
  });

  it("is refused for a merchant of another cell, also where an operator names it", async () => {
    world.elsewhere.add("m1");
    const elsewhere = { name: "MerchantElsewhere", status: 421 };
    await expect(open({ account_id: "acc_a" })).rejects.toMatchObject(elsewhere);
    await expect(open({ account_id: "acc_a", merchant_id: "m1" }, OPS)).rejects.toMatchObject(elsewhere);
    expect(await standing()).toBeUndefined();
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

  it.each([
    ["/overdraft_limits", { overdraft_limits: { EUR: 1 } }],
    ["/overdraft_limits", { overdraft: "forbid", overdraft_limits: { EUR: 1 } }],
    ["/overdraft_limits/XAU", { overdraft: "allow", overdraft_limits: { XAU: 1 } }],
    ["/overdraft_limits/EUR", { overdraft: "allow", overdraft_limits: { EUR: 0 } }],
    ["/overdraft_limits/EUR", { overdraft: "allow", overdraft_limits: { EUR: 1e15 } }],
    ["/reason", { reason: "a merchant has nobody to tell" }],
    ["/overdraft", { overdraft: "unlimited" }],
  ])("refuses %s of %p, and opens nothing", async (pointer, terms) => {
    const wrong = open({ account_id: "acc_a", ...terms });
    await expect(wrong).rejects.toMatchObject({ name: "InvalidRequest", errors: [{ pointer }] });
    expect(await standing()).toBeUndefined();
  });
});

describe("an overdraft", () => {
  const refused = { name: "OverdraftNotAllowed", status: 403 };

  it("is nobody's own choice: without a policy that allows it, it is refused and nothing is opened", async () => {
    for (const body of [allow(), allow({ EUR: 1 })])
      await expect(open(body)).rejects.toMatchObject({ ...refused, errors: [{ pointer: "/overdraft" }] });
    expect(await standing()).toBeUndefined();
  });

  it("is no operator's alone above what one operator may pay in", async () => {
    world.policy = { ...POLICY, deposit_approval_above: { EUR: 100 } };
    const lent = (EUR: number, account_id: string) =>
      open({ ...allow({ EUR }, account_id), merchant_id: "m1" }, OPS);
    const errors = [{ pointer: "/overdraft_limits/EUR" }];
    await expect(lent(101, "acc_a")).rejects.toMatchObject({ ...refused, errors });
    expect(await standing()).toBeUndefined();
    expect(operations()).toEqual([]);
    expect((await lent(100, "acc_b")).created).toBe(true);
  });

  it("is given by an operator for a merchant, with its limits, and who did it stands beside it", async () => {
    const reason = "settles weekly by contract 12";
    const given = await open({ ...allow({ EUR: 100_000 }), merchant_id: "m1", reason }, OPS);
    expect(given.account).toMatchObject({ overdraft: "allow", overdraft_limits: { EUR: 100_000 } });
    expect(await standing()).toMatchObject({ overdraft_limits: { EUR: 100_000n } });
    expect(operations()).toEqual([
      expect.objectContaining({
        kind: "overdraft",
        by: "client of operator",
        reason,
        merchant_id: "m1",
        account_id: "acc_a",
        details: { overdraft_limits: { EUR: 100_000 } },
      }),
    ]);
    expect(await readBalance(world)(M1, "acc_a")).toMatchObject({ overdraft_limits: { EUR: 100_000 } });
  });

  it("needs a reason where the deployment demands one", async () => {
    world.policy = { ...POLICY, reason_required: true };
    const given = { ...allow({ EUR: 1 }), merchant_id: "m1" };
    await expect(open(given, OPS)).rejects.toMatchObject({ errors: [{ pointer: "/reason" }] });
    expect((await open({ account_id: "acc_b", merchant_id: "m1" }, OPS)).created).toBe(true);
    expect((await open({ ...given, reason: "contract 12" }, OPS)).created).toBe(true);
  });

  it("of an operator needs its limits, because they are final", async () => {
    await expect(open({ ...allow(), merchant_id: "m1" }, OPS)).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ pointer: "/overdraft_limits", detail: "is required with `allow`" }],
    });
    expect(await standing()).toBeUndefined();
    expect((await open({ ...allow({ EUR: 1 }), merchant_id: "m1" }, OPS)).created).toBe(true);
    const other = open({ ...allow({ EUR: 2 }), merchant_id: "m1" }, OPS);
    await expect(other).rejects.toThrow(
      "the account exists with other overdraft limits: its terms are fixed, open another account",
    );
  });

  it("beyond what is left is refused at what the merchant sent, where it named no limit", async () => {
    permit({ EUR: 1_000 });
    await open(allow({ EUR: 700 }));
    await expect(open(allow(undefined, "acc_b"))).rejects.toMatchObject({
      ...refused,
      errors: [{ pointer: "/overdraft", detail: expect.stringMatching(/^at most 300 EUR: /) }],
    });
    expect(await standing("acc_b")).toBeUndefined();
  });

  it("is the merchant's own within its policy, and takes all of it where no limit is named", async () => {
    permit({ EUR: 1_000, JPY: 50 });
    expect((await open(allow())).account).toMatchObject({ overdraft_limits: { EUR: 1_000, JPY: 50 } });
    expect(operations()).toEqual([]);
  });

  it.each([
    ["beyond its policy", { EUR: 1_001 }, "EUR"],
    ["in another currency", { EUR: 1, USD: 1 }, "USD"],
  ])("%s is refused by what is left", async (_, limits, currency) => {
    permit({ EUR: 1_000 });
    await expect(open(allow(limits as Record<string, number>))).rejects.toMatchObject({
      ...refused,
      errors: [{ pointer: `/overdraft_limits/${currency}` }],
    });
    expect(await standing()).toBeUndefined();
  });

  it("of all accounts together stays within the policy, however many are opened at once", async () => {
    permit({ EUR: 1_000 });
    const opened = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => open(allow({ EUR: 300 }, `acc_${n}`))),
    );
    expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    await expect(open(allow({ EUR: 101 }, "one_more"))).rejects.toMatchObject({
      ...refused,
      errors: [{ detail: "at most 100: what the merchant's policy has left for its accounts" }],
    });
    expect((await open(allow({ EUR: 100 }, "the_rest"))).created).toBe(true);
  });

  it("that stands is the same account when it is asked for again, though nothing is left", async () => {
    permit({ EUR: 1_000 });
    await open(allow({ EUR: 1_000 }));
    expect((await open(allow({ EUR: 1_000 }))).created).toBe(false);
    permit({});
    expect((await open(allow())).created).toBe(false);
  });
});

describe("at the door", () => {
  const send = (body: unknown, claims: Record<string, string>) => {
    jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf(world));
    const handler = coldStart<Handler>("manage-accounts/handler.ts");
    return call(handler, request("POST /accounts", { body, claims }));
  };

  it.each([{ merchant_id: "m2" }, { merchant_id: "m1" }, { merchant_id: {} }])(
    "a merchant that names one is refused, whomever it names: %p",
    async (named) => {
      const { status, body } = await send({ account_id: "acc_a", ...named }, CLAIMS);
      expect([status, body.code]).toEqual([403, "ScopeMissing"]);
      expect(await standing("acc_a", "m2")).toBeUndefined();
    },
  );

  it.each(["null", "true", "7", "Undefined", "-3"])("nobody opens an account of %p", async (merchant_id) => {
    const claims = { client_id: "mia", scope: "ops" };
    const { status, body } = await send({ account_id: "acc_a", merchant_id }, claims);
    expect([status, body.errors]).toEqual([400, [{ pointer: "/merchant_id", detail: "is no merchant id" }]]);
    expect(await standing("acc_a", merchant_id)).toBeUndefined();
    expect((await send({ account_id: "acc_a", merchant_id: `${merchant_id}_x` }, claims)).status).toBe(201);
  });

  it("the scope ops is enough, and reading is not", async () => {
    const body = { account_id: "acc_a", merchant_id: "m1" };
    expect((await send(body, { client_id: "mia", scope: "ops" })).status).toBe(201);
    expect((await send(body, { client_id: "m1", scope: "payments:read" })).status).toBe(403);
  });
});

describe("a merchant that opens too many accounts at a time", () => {
  it("is refused before anything is opened, and what is malformed takes no token", async () => {
    await expect(open({ account_id: "" })).rejects.toMatchObject({ name: "InvalidRequest" });
    expect(world.throttle.taken).toEqual([]);
    world.throttle.refused.add("m1");
    await expect(open({ account_id: "acc_a" })).rejects.toMatchObject({ name: "RateLimited" });
    expect(await standing()).toBeUndefined();
    await open({ account_id: "acc_a", merchant_id: "m1" }, OPS);
    expect([await standing(), world.throttle.taken]).toEqual([expect.anything(), []]);
  });
});

describe("a merchant with a bound on its accounts", () => {
  beforeEach(() => {
    world.policy = { ...POLICY, overdraft_limits: { EUR: 10 }, limits: { accounts: 2 } };
  });

  it("opens no more than that, of either rule, and an operator may", async () => {
    await open({ account_id: "acc_a" });
    await open(allow({ EUR: 1 }, "acc_b"));
    for (const body of [{ account_id: "acc_c" }, allow({ EUR: 1 }, "acc_c")])
      await expect(open(body)).rejects.toMatchObject({
        name: "TooManyAccounts",
        status: 409,
        message: "account `acc_c` cannot be opened: 2 of 2 accounts",
      });
    expect(await standing("acc_c")).toBeUndefined();
    expect(await open({ account_id: "acc_a" })).toMatchObject({ created: false });
    expect(await open({ account_id: "acc_c", merchant_id: "m1" }, OPS)).toMatchObject({ created: true });
  });
});
