// What every ledger store must do: accounts opened once, journals immutable, balances folded
// exactly once.
import { beforeAll, describe, expect, it } from "@jest/globals";
import { houseKey, merchantKey } from "../../../functions/lib/domain/accounts.ts";
import { depositJournal, type Journal } from "../../../functions/lib/domain/journal.ts";
import type { Operation } from "../../../functions/lib/domain/operation.ts";
import type { Account } from "../../../functions/lib/ports/ledger-store.ts";
import { byHand, claimed, failureOf, funded, type Stores, saleOf, transitions } from "./fixtures.ts";

const accountNamed = (account_id: string): Account => ({
  account_key: merchantKey("m1", account_id),
  account_id,
  status: "open",
  overdraft: "allow",
  opened_at: "2026-01-01T00:00:00.000Z",
});

/** `make` gives stores that may hold other tests' accounts: every test has ids of its own. */
export function describeLedgerStore(name: string, make: () => Promise<Stores>): void {
  describe(`a ledger store in ${name}`, () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await make();
    });
    const given = () => stores;
    describe("keeps accounts and journals", () => describeBooks(given));
    describe("folds", () => describeFold(given));
    describe("balances", () => describeTrialBalance(given));
  });
}

function describeBooks(given: () => Stores): void {
  it("and opens an account once, whatever the second wants", async () => {
    const { ledger } = given();
    const account = accountNamed("opened");
    const other: Account = { ...account, overdraft: "forbid", opened_at: "2026-02-02T00:00:00.000Z" };
    expect(await ledger.open(account)).toEqual({ account, created: true });
    expect(await ledger.open(other)).toEqual({ account, created: false });
    expect(await ledger.account(account.account_key)).toEqual(account);
  });

  it("and opens one of ten at once", async () => {
    const account = accountNamed("opened-by-ten");
    const opened = await Promise.all(Array.from({ length: 10 }, () => given().ledger.open(account)));
    expect(opened.filter(({ created }) => created)).toHaveLength(1);
  });

  it("and opens as many within a bound as it says, one that stands again, and none beyond at once", async () => {
    const { ledger } = given();
    const bound = { merchant_id: "bounded", most: 3 };
    const open = (name: string, within = bound) => ledger.open(accountNamed(`bounded-${name}`), within);
    expect(await open("1")).toMatchObject({ created: true });
    const others = ["2", "3", "4", "5", "6"].map((name) => failureOf(open(name)));
    expect((await Promise.all(others)).sort()).toEqual([
      ...Array(3).fill("MerchantLimitExceeded"),
      ...Array(2).fill("nothing"),
    ]);
    expect(await open("1")).toMatchObject({ created: false });
    await expect(open("7")).rejects.toThrow("cannot be opened: 3 of 3 accounts");
    expect(await ledger.account(accountNamed("bounded-7").account_key)).toBeUndefined();
    expect(await open("7", { merchant_id: "another", most: 1 })).toMatchObject({ created: true });
    expect(await open("8", { ...bound, most: 4 })).toMatchObject({ created: true });
  });

  it("and opens none with an overdraft beyond the bound, whose hand it was neither", async () => {
    const { ledger, operations } = given();
    const bound = { merchant_id: "bounded-overdraft", most: 2 };
    const grant = { merchant_id: "bounded-overdraft", allowance: { EUR: 10n } };
    const account = (name: string): Account => ({
      ...accountNamed(`bounded-overdraft-${name}`),
      overdraft_limits: { EUR: 1n },
    });
    for (const name of ["0", "1"])
      expect(await ledger.openWithOverdraft(account(name), grant, bound)).toMatchObject({ created: true });
    expect(await failureOf(ledger.openWithOverdraft(account("2"), grant, bound))).toBe(
      "MerchantLimitExceeded",
    );
    expect(await ledger.account(account("2").account_key)).toBeUndefined();
    expect(await ledger.openWithOverdraft(account("1"), grant, bound)).toMatchObject({ created: false });
    const all = { ...account("3"), overdraft_limits: { EUR: 8n } };
    expect(await ledger.openWithOverdraft(all, grant)).toMatchObject({ created: true });
    const by: Operation = { ...byHand({ journal_id: "bounded" }), at: "2026-07-22T00:00:00.000Z" };
    expect(await failureOf(ledger.openWithOverdraft(account("4"), by, bound))).toBe("MerchantLimitExceeded");
    expect(await operations.ofDay("2026-07-22", 10)).toEqual([]);
  });

  it("and opens one with an overdraft, by an operator's hand that stands exactly when it does", async () => {
    const { ledger, operations } = given();
    const account: Account = { ...accountNamed("given"), overdraft_limits: { EUR: 5n, JPY: 7n } };
    const by: Operation = {
      ...byHand({ journal_id: "given" }),
      kind: "overdraft",
      at: "2026-07-21T00:00:00.000Z",
    };
    expect(await ledger.openWithOverdraft(account, by)).toEqual({ account, created: true });
    const again = { ...by, at: "2026-07-21T00:00:01.000Z" };
    expect(await ledger.openWithOverdraft({ ...account, overdraft_limits: {} }, again)).toEqual({
      account,
      created: false,
    });
    expect(await operations.ofDay("2026-07-21", 10)).toEqual([by]);
    const other = accountNamed("given-by-an-old-hand");
    expect(await failureOf(ledger.openWithOverdraft(other, by))).toBe("InvariantBroken");
    expect(await ledger.account(other.account_key)).toBeUndefined();
  });

  it("and opens no more with an overdraft than a merchant's allowance covers, in any currency, at once", async () => {
    const { ledger } = given();
    const grant = { merchant_id: "allowance-of-many", allowance: { EUR: 1_000n, JPY: 10n } };
    const open = (id: string, overdraft_limits: Record<string, bigint>) =>
      ledger.openWithOverdraft({ ...accountNamed(`allowance-${id}`), overdraft_limits }, grant);
    expect(await open("alone", { EUR: 1_001n })).toEqual({ exceeded: { EUR: 1_000n, JPY: 10n } });
    const opened = await Promise.all(Array.from({ length: 10 }, (_, n) => open(String(n), { EUR: 300n })));
    expect(opened.filter((one) => !one.exceeded)).toHaveLength(3);
    expect(await open("both", { EUR: 1n, JPY: 10n })).toMatchObject({ created: true });
    expect(await open("none", { EUR: 1n, JPY: 1n })).toEqual({ exceeded: { EUR: 99n, JPY: 0n } });
    expect(await ledger.account(merchantKey("m1", "allowance-none"))).toBeUndefined();
    expect(await open("rest", { EUR: 99n })).toMatchObject({ created: true });
    expect(await open("rest", { EUR: 99n })).toMatchObject({ created: false });
  });

  it("and knows nothing of what was never opened or posted", async () => {
    expect(await given().ledger.account(merchantKey("m1", "nobody"))).toBeUndefined();
    expect(await given().ledger.balances(merchantKey("m1", "nobody"))).toEqual([]);
    expect(await given().ledger.journal("nothing:post-ledger")).toBeUndefined();
    expect((await given().ledger.posted(["nothing:post-ledger"])).size).toBe(0);
  });

  it("and never changes a journal", async () => {
    const { ledger } = given();
    const journal = depositJournal("first", "m1", "journals", 2n ** 60n + 1n, "EUR");
    const other = depositJournal("first", "m1", "journals", 5n, "EUR");
    expect(await ledger.post(journal, byHand(journal))).toBe(true);
    expect(await ledger.post(journal, byHand(journal))).toBe(false);
    expect(await ledger.post(other, byHand(other))).toBe(false);
    expect(await ledger.journal(journal.journal_id)).toEqual({
      ...journal,
      posted_at: "2026-01-01T00:00:00.000Z",
      folded: false,
    });
  });

  it("and shows of a journal whether it is in the balances, and of no other by it", async () => {
    const { ledger } = given();
    const [marked, unmarked] = ["marked", "unmarked"].map((id) => depositJournal(id, "m1", id, 5n, "EUR"));
    for (const journal of [marked, unmarked]) if (journal) await ledger.post(journal, byHand(journal));
    await ledger.fold(marked ? [marked] : []);
    expect(await ledger.journal("marked:deposit")).toMatchObject({ ...marked, folded: true });
    expect(await ledger.journal("unmarked:deposit")).toMatchObject({ ...unmarked, folded: false });
  });

  it("and shows the same of many journals at once, without those that were never posted", async () => {
    const { ledger } = given();
    // More than one call takes: a journal and its mark are two of its hundred keys.
    const journals = Array.from({ length: 53 }, (_, n) =>
      depositJournal(`many-${n}`, "m1", "many", 5n, "EUR"),
    );
    await Promise.all(journals.map((journal) => ledger.post(journal, byHand(journal))));
    await ledger.fold(journals.slice(0, 52));
    const ids = journals.map(({ journal_id }) => journal_id);
    const posted = await ledger.posted([...ids, "never:deposit", ids[0] ?? ""]);
    expect([...posted.keys()].sort()).toEqual([...ids].sort());
    for (const id of ids) expect(posted.get(id)).toEqual(await ledger.journal(id));
    expect([...posted.values()].filter(({ folded }) => !folded)).toMatchObject([journals[52]]);
  });

  it("and tells when the transaction of a payment posted its journal", async () => {
    const { ledger, payments } = given();
    const payment = await claimed(given(), { key: "posted with a payment" });
    const after = await payments.commit(payment, transitions.posting(payment));
    expect(await ledger.journal(`${payment.payment_id}:post-ledger`)).toMatchObject({
      posted_at: after.updated_at,
      folded: false,
    });
  });

  it("and counts no journal before it is folded", async () => {
    const unfolded = depositJournal("unfolded", "m1", "unfolded", 5n, "EUR");
    await given().ledger.post(unfolded, byHand(unfolded));
    expect(await given().ledger.balances(merchantKey("m1", "unfolded"))).toEqual([]);
  });
}

const sales = (prefix: string, count: number, account = prefix): Journal[] =>
  Array.from({ length: count }, (_, n) => saleOf(`${prefix}-${n}`, account, 1_000n));

function describeFold(given: () => Stores): void {
  it("each journal once, however often it comes, alone, among others or twice in a batch", async () => {
    const { ledger } = given();
    const journals = sales("repeated", 5);
    expect(await ledger.fold([])).toBe(0);
    expect(await ledger.fold(journals.slice(0, 2))).toBe(2);
    expect(await ledger.fold(journals.slice(0, 2))).toBe(0);
    expect(await ledger.fold([...journals, ...journals])).toBe(3);
    expect(await ledger.fold(journals.slice(4))).toBe(0);
    expect(await ledger.balances(merchantKey("m1", "repeated"))).toEqual([
      { currency: "EUR", pending: 4_950n, available: 0n },
    ]);
  });

  it("each journal once when ten fold overlapping batches at once", async () => {
    const { ledger } = given();
    const journals = sales("concurrent", 20);
    const batches = Array.from({ length: 10 }, (_, n) =>
      [...journals.slice(n), ...journals.slice(0, n)].slice(0, 15),
    );
    const folded = await Promise.all(batches.map((batch) => ledger.fold(batch)));
    const distinct = new Set(batches.flat().map(({ journal_id }) => journal_id)).size;
    expect(folded.reduce((sum, one) => sum + one, 0)).toBe(distinct);
    expect(await ledger.balances(merchantKey("m1", "concurrent"))).toEqual([
      { currency: "EUR", pending: 990n * BigInt(distinct), available: 0n },
    ]);
  });

  it("amounts beyond 2^53 to the last unit, in both directions and per currency", async () => {
    const { ledger } = given();
    const huge = 2n ** 53n + 1n;
    const key = merchantKey("m1", "huge");
    await ledger.fold([
      depositJournal("huge-1", "m1", "huge", huge, "EUR"),
      depositJournal("huge-2", "m1", "huge", huge, "EUR"),
      depositJournal("huge-3", "m1", "huge", 1n, "JPY"),
    ]);
    await ledger.fold([depositJournal("huge-4", "m1", "huge", 1n, "EUR")]);
    const balances = await ledger.balances(key);
    expect(balances.sort((a, b) => (a.currency < b.currency ? -1 : 1))).toEqual([
      { currency: "EUR", pending: 0n, available: 2n ** 54n + 3n },
      { currency: "JPY", pending: 0n, available: 1n },
    ]);
  });

  it("a batch that no single transaction could hold", async () => {
    const { ledger } = given();
    const batch = Array.from({ length: 70 }, (_, n) => saleOf(`wide-${n}`, `wide-${n}`, 1_000n));
    const journals = async () => (await ledger.trialBalance()).journals;
    const before = await journals();
    expect(await ledger.fold(batch)).toBe(70);
    expect(await ledger.fold(batch)).toBe(0);
    expect(await journals()).toBe(before + 70);
    for (const n of [0, 15, 16, 69]) {
      expect(await ledger.balances(merchantKey("m1", `wide-${n}`))).toEqual([
        { currency: "EUR", pending: 990n, available: 0n },
      ]);
    }
  });

  it("credits of many guarded accounts that no single transaction could hold", async () => {
    const { ledger } = given();
    const ids = Array.from({ length: 40 }, (_, n) => `guarded-wide-${n}`);
    await Promise.all(ids.map((id) => ledger.open({ ...accountNamed(id), overdraft: "forbid" })));
    const deposits = ids.map((id) => depositJournal(id, "m1", id, 100n, "EUR"));
    expect(await ledger.fold(deposits)).toBe(40);
  });

  it("credits into the funds of every account but one that opened by itself", async () => {
    const { ledger, payments } = given();
    const kinds: Record<string, Partial<Account>> = {
      "credited-forbid": { overdraft: "forbid" },
      "credited-limited": { overdraft: "allow", overdraft_limits: { EUR: 10n } },
      "credited-old": { overdraft: "allow" },
      "credited-itself": { overdraft: "allow", unguarded: true },
    };
    const funds: Record<string, bigint> = {};
    for (const [id, terms] of Object.entries(kinds)) {
      const account = { ...accountNamed(id), ...terms };
      await ledger.open(account);
      expect(await ledger.account(account.account_key)).toEqual(account);
      await ledger.fold([depositJournal(`deposit-to-${id}`, "m1", id, 100n, "EUR")]);
      funds[id] = 0n;
      for (const amount of [101n, 100n]) {
        const payment = await claimed(given(), { key: `${id} takes ${amount}` });
        const debit = { account: account.account_key, currency: "EUR", amount };
        const failed = await failureOf(payments.commit(payment, transitions.posting(payment, [debit])));
        if (failed === "nothing") funds[id] = amount;
      }
    }
    expect(funds).toEqual({
      "credited-forbid": 100n,
      "credited-limited": 100n,
      "credited-old": 100n,
      "credited-itself": 0n,
    });
  });

  it("no more out of an account than its overdraft allows, from funds and from none", async () => {
    const account = await funded(given(), "overdrawn", "allow", 1_000n);
    const empty = merchantKey("m1", "overdrawn-empty");
    const { payments } = given();
    const take = async (key: string, amount: bigint, overdraft: bigint | "unlimited", from = account) => {
      const payment = await claimed(given(), { key: `overdrawn ${key}` });
      const debit = { account: from, currency: "EUR", amount, overdraft };
      return failureOf(payments.commit(payment, transitions.posting(payment, [debit])));
    };
    expect(await take("one too many", 1_501n, 500n)).toBe("InsufficientFunds");
    expect(await take("to the limit", 1_500n, 500n)).toBe("nothing");
    expect(await take("beyond it", 1n, 500n)).toBe("InsufficientFunds");
    expect(await take("with a higher limit", 1n, 501n)).toBe("nothing");
    expect(await take("without a limit", 1_000_000n, "unlimited")).toBe("nothing");
    expect(await take("nothing was paid in, one too many", 501n, 500n, empty)).toBe("InsufficientFunds");
    expect(await take("nothing was paid in", 500n, 500n, empty)).toBe("nothing");
    expect(await take("nothing is left", 1n, 500n, empty)).toBe("InsufficientFunds");
    expect(await take("nothing was paid in, and it forbids", 1n, 0n, `${empty}-2`)).toBe("InsufficientFunds");
  });

  it("credits of an account that forbids an overdraft into funds that can be taken, and only once they are available", async () => {
    const account = await funded(given(), "guard-credited", "forbid", 1_000n);
    const { ledger, payments } = given();
    const deposit = depositJournal("deposit-to-guard-credited", "m1", "guard-credited", 1_000n, "EUR");
    await ledger.fold([deposit]);
    await ledger.fold([saleOf("guard-credited", "guard-credited", 1_000n)]);
    const take = async (key: string, amount: bigint) => {
      const payment = await claimed(given(), { key });
      const debit = { account, currency: "EUR", amount };
      return failureOf(payments.commit(payment, transitions.posting(payment, [debit])));
    };
    expect(await take("one too many", 1_001n)).toBe("InsufficientFunds");
    expect(await take("exactly", 1_000n)).toBe("nothing");
    expect(await take("nothing left", 1n)).toBe("InsufficientFunds");
  });

  it("no debit into a guard: it was taken when it was made", async () => {
    const account = await funded(given(), "guard-debited", "forbid", 1_000n);
    const { ledger, payments } = given();
    const payment = await claimed(given(), { key: "debit and fold" });
    const transition = transitions.posting(payment, [{ account, currency: "EUR", amount: 400n }]);
    await payments.commit(payment, transition);
    const withdrawn: Journal = {
      journal_id: "guard-debited:withdraw",
      postings: [
        { account, bucket: "available", currency: "EUR", amount: -400n },
        { account: houseKey("external_funding"), bucket: "available", currency: "EUR", amount: 400n },
      ],
    };
    await ledger.fold([withdrawn]);
    const rest = await claimed(given(), { key: "the rest" });
    const takeRest = transitions.posting(rest, [{ account, currency: "EUR", amount: 600n }]);
    expect(await failureOf(payments.commit(rest, takeRest))).toBe("nothing");
    expect(await ledger.balances(account)).toEqual([{ currency: "EUR", pending: 0n, available: 600n }]);
  });
}

function describeTrialBalance(given: () => Stores): void {
  it("to zero in every currency, and says how many journals that covers", async () => {
    const { ledger } = given();
    const before = await ledger.trialBalance();
    await ledger.fold([
      ...sales("trial", 3),
      depositJournal("trial-jpy", "m1", "trial", 2n ** 53n + 1n, "JPY"),
      saleOf("trial-kwd", "trial", 777n, "KWD"),
    ]);
    const { journals, settled, totals } = await ledger.trialBalance();
    expect({ journals, settled }).toEqual({ journals: before.journals + 5, settled: true });
    expect(totals.map(({ currency }) => currency)).toEqual(expect.arrayContaining(["EUR", "JPY", "KWD"]));
    expect(totals.filter(({ total }) => total !== 0n)).toEqual([]);
  });

  it("to what is wrong when a journal of one side was folded", async () => {
    const { ledger } = given();
    const oneSided: Journal = {
      journal_id: "one-sided:deposit",
      postings: [
        { account: merchantKey("m1", "one-sided"), bucket: "available", currency: "CHF", amount: 3n },
      ],
    };
    await ledger.fold([oneSided]);
    expect((await ledger.trialBalance()).totals).toContainEqual({ currency: "CHF", total: 3n });
    const contra = oneSided.postings.map((posting) => ({ ...posting, amount: -posting.amount }));
    await ledger.fold([{ ...oneSided, journal_id: "one-sided:contra", postings: contra }]);
    expect((await ledger.trialBalance()).totals).toContainEqual({ currency: "CHF", total: 0n });
  });
}
