// Accounts from before limits get their guard while payments run: from the folded balance, what is
// held and not yet folded included, and whatever moves meanwhile.
import "../../support/function-environment.ts";
import { AsyncLocalStorage } from "node:async_hooks";
import { PutItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { AccountMigration } from "../../../functions/lib/adapters/dynamodb/account-migration.ts";
import { toItem } from "../../../functions/lib/adapters/dynamodb/item.ts";
import { merchantKey } from "../../../functions/lib/domain/accounts.ts";
import { depositJournal } from "../../../functions/lib/domain/journal.ts";
import type { Account } from "../../../functions/lib/domain/overdraft.ts";
import { migrateAccounts } from "../../../scripts/migrate-accounts/migrate.ts";
import { byHand, failureOf, type Stores } from "../../support/conformance/fixtures.ts";
import { ConversionSaga } from "../../support/conversion-saga.ts";
import { dynamoStores } from "../../support/dynamo-stores.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";

let database: Database;
let saga: ConversionSaga;
let stores: Stores;
let migration: AccountMigration;
beforeAll(async () => {
  database = await openDatabase();
  saga = new ConversionSaga();
  stores = dynamoStores(database.client, saga.clock);
  Object.assign(saga, stores);
  migration = new AccountMigration(database.client, saga.clock, TABLES);
});
afterAll(() => database?.close());

/** As 0.1.0 opened it, and with a balance that nobody's guard knows of, if with any. */
async function old(account_id: string, balance?: bigint): Promise<Account> {
  const account_key = merchantKey("m1", account_id);
  const opened_at = "2026-01-01T00:00:00.000Z";
  const account: Account = { account_key, account_id, status: "open", overdraft: "allow", opened_at };
  await stores.ledger.open(account);
  if (balance === undefined) return account;
  const Item = toItem({ pk: `ACCOUNT#${account_key}`, sk: "BALANCE#EUR", pending: 0n, available: balance });
  await database.client.send(new PutItemCommand({ TableName: TABLES.ledger, Item }));
  return account;
}

const NONE = {};
const by = (account: Account) => ({
  ...byHand({ journal_id: account.account_key }),
  kind: "account-migration" as const,
  at: "2026-05-01T00:00:00.000Z",
});
/** The steps of a migration, with what happens in between. */
async function migrate(
  account: Account,
  between: { read?: () => unknown; folded?: () => unknown } = {},
  limits = NONE,
) {
  const moves = await migration.moves(account);
  await between.read?.();
  await migration.foldHolds(new Set([account.account_key]));
  await between.folded?.();
  return migration.guard(account, moves, limits, by(account));
}

let keys = 0;
/** A conversion of 10.00 EUR up to its hold, whose journal nobody folded. */
async function hold(account: Account, amount = 1_000): Promise<string> {
  const payment_id = await saga.accept({ source_account: account.account_id, amount }, `key-${keys++}`);
  const one = Object.assign(Object.create(saga) as ConversionSaga, { payment_id });
  await one.run("validate-payment", payment_id);
  return failureOf(one.run("authorize-conversion", payment_id));
}
const deposit = async (account: Account, amount: bigint): Promise<void> => {
  const journal = depositJournal(`deposit-${keys++}`, "m1", account.account_id, amount, "EUR");
  await stores.ledger.post(journal, byHand(journal));
  await stores.ledger.fold([journal]);
};
const funds = async ({ account_key }: Account) =>
  (await database.item("ledger", `ACCOUNT#${account_key}`, "GUARD#EUR"))?.funds?.N;

describe("an account from before limits", () => {
  it("keeps its rule until it is migrated, and then spends what it has and nothing more", async () => {
    const account = await old("plain", 1_500n);
    expect(await hold(account)).toBe("nothing");
    expect(await hold(account)).toBe("nothing");
    await deposit(account, 1_700n);
    expect(await migrate(account)).toEqual({ outcome: "guarded", funds: { EUR: "1200" } });
    expect(await stores.ledger.account(account.account_key)).toEqual({ ...account, overdraft_limits: {} });
    expect(await hold(account)).toBe("nothing");
    expect(await hold(account, 201)).toBe("InsufficientFunds");
    expect(await hold(account, 200)).toBe("nothing");
    expect(await funds(account)).toBe("0");
  });

  it("that was overdrawn pays nothing until it is paid for", async () => {
    const account = await old("overdrawn", -5_000n);
    expect(await migrate(account)).toEqual({ outcome: "guarded", funds: { EUR: "-5000" } });
    await deposit(account, 5_999n);
    expect(await hold(account)).toBe("InsufficientFunds");
    await deposit(account, 1n);
    expect(await hold(account)).toBe("nothing");
  });

  it("may overdraw what the operator says", async () => {
    const account = await old("limited", 0n);
    await migrate(account, {}, { EUR: 1_500n });
    expect(await hold(account)).toBe("nothing");
    expect(await hold(account, 501)).toBe("InsufficientFunds");
    expect(await hold(account, 500)).toBe("nothing");
  });

  it("counts a hold that is in no balance yet", async () => {
    const account = await old("unfolded", 1_500n);
    await hold(account);
    expect(await stores.ledger.balances(account.account_key)).toMatchObject([{ available: 1_500n }]);
    expect(await migrate(account)).toMatchObject({ funds: { EUR: "500" } });
  });

  it("is migrated once, and stands once in the operator's journal", async () => {
    const account = await old("once", 700n);
    const before = (await stores.operations.ofDay("2026-05-01", 100)).length;
    const first = await migrate(account);
    await hold(account, 100);
    expect([first.outcome, (await migrate(account)).outcome]).toEqual(["guarded", "not ours"]);
    expect(await funds(account)).toBe("600");
    const operations = await stores.operations.ofDay("2026-05-01", 100);
    expect(operations).toHaveLength(before + 1);
    expect(operations).toContainEqual({ ...by(account), details: { funds: { EUR: "700" } } });
  });

  it.each([
    ["that opened by itself", { overdraft: "allow", unguarded: true }],
    ["that forbids an overdraft", { overdraft: "forbid" }],
    ["that has limits", { overdraft: "allow", overdraft_limits: { EUR: 5n } }],
  ] as const)("is none %s: it is not listed, and nothing of it is changed", async (what, terms) => {
    const account_id = what.replaceAll(" ", "-");
    const account = { ...(await old(`${account_id}-old`, 0n)), ...terms, account_id };
    account.account_key = merchantKey("m1", account_id);
    await stores.ledger.open(account);
    const listed: string[] = [];
    for await (const one of migration.unlimited()) listed.push(one.account_id);
    expect([listed.includes(`${account_id}-old`), listed.includes(account_id)]).toEqual([true, false]);
    await migration.close(account, "2027-01-01T00:00:00.000Z");
    expect(await migrate(account)).toEqual({ outcome: "not ours" });
    expect(await stores.ledger.account(account.account_key)).toEqual(account);
  });
});

describe("what runs while an account gets its guard", () => {
  it.each([
    ["a debit between reading the funds and folding the holds", "read", (account: Account) => hold(account)],
    [
      "a debit between folding the holds and writing the guard",
      "folded",
      (account: Account) => hold(account),
    ],
    [
      "a credit between folding the holds and writing the guard",
      "folded",
      (account: Account) => deposit(account, 5n),
    ],
  ] as const)("%s fails the write, and the next try counts it", async (what, when, move) => {
    const account = await old(what.replaceAll(" ", "-").slice(0, 60), 5_000n);
    await hold(account);
    expect(await migrate(account, { [when]: () => move(account) })).toEqual({ outcome: "moved" });
    expect(await stores.ledger.account(account.account_key)).toEqual(account);
    expect((await migrate(account)).outcome).toBe("guarded");
    expect(await funds(account)).toBe(when === "folded" && what.startsWith("a credit") ? "4005" : "3000");
  });

  /** Before its transaction goes out, the account's holds are folded by another one. */
  function overtaken({ account_key }: Account): AccountMigration {
    // What another one does belongs to no write of this one.
    const byAnother = AsyncLocalStorage.snapshot();
    let isOvertaken = false;
    const send = async (command: object) => {
      if (command instanceof TransactWriteItemsCommand && !isOvertaken) {
        isOvertaken = true;
        expect(await byAnother(() => migration.foldHolds(new Set([account_key])))).toBe(1);
      }
      return database.client.send(command as never);
    };
    return new AccountMigration({ send } as never, saga.clock, TABLES);
  }

  it.each([
    ["a hold", 5_000n, "4000"],
    ["an account's first hold", undefined, "-1000"],
  ])(
    "%s that is folded between reading the balance and writing the guard fails the write",
    async (what, balance, left) => {
      const account = await old(what.replaceAll(/\W/g, "-"), balance);
      await hold(account);
      const moves = await migration.moves(account);
      // The balance is read by then, and the hold is not in it.
      const guarded = await overtaken(account).guard(account, moves, NONE, by(account));
      expect([guarded, await funds(account)]).toEqual([{ outcome: "moved" }, "-1000"]);
      expect(await migrate(account)).toMatchObject({ funds: { EUR: left } });
    },
  );

  it("a hold that another one folds at the same time is in the balance once", async () => {
    const account = await old("folded-by-two", 5_000n);
    await hold(account);
    await overtaken(account).foldHolds(new Set([account.account_key]));
    expect(await stores.ledger.balances(account.account_key)).toMatchObject([{ available: 4_000n }]);
  });

  it("an account's first debit fails the write, and the next try counts it", async () => {
    const account = await old("first-debit", 5_000n);
    expect(await migrate(account, { folded: () => hold(account) })).toEqual({ outcome: "moved" });
    expect(await migrate(account)).toMatchObject({ funds: { EUR: "4000" } });
  });

  it("an entry that stands already is written over by nobody, and no guard comes without its own", async () => {
    const account = await old("entry-stands", 5_000n);
    await stores.operations.record(by(account));
    expect(await migrate(account)).toEqual({ outcome: "moved" });
    expect(await stores.ledger.account(account.account_key)).toEqual(account);
  });

  it("fifty conversions at once lose nothing and gain nothing, and none goes below zero after it", async () => {
    const account = await old("raced", 23_000n);
    for (const _ of [1, 2, 3]) expect(await hold(account)).toBe("nothing");
    const tried = async (): Promise<string> => {
      for (let attempt = 0; attempt < 200; attempt++) {
        const outcome = await hold(account, 1_000);
        if (outcome !== "StoreContention") return outcome;
      }
      return "StoreContention";
    };
    const wish = { by: "mia", reason: "a test", limits: {}, tell: () => undefined };
    const meant = (one: Account) => one.account_key === account.account_key;
    const [done, ...outcomes] = await Promise.all([
      migrateAccounts({ migration, clock: saga.clock }, { ...wish, isMeant: meant }),
      ...Array.from({ length: 50 }, tried),
    ]);
    expect(done).toEqual({ guarded: 1, left: [] });
    const held = outcomes.filter((outcome) => outcome === "nothing").length;
    expect(held).toBeGreaterThanOrEqual(20);
    await migration.foldHolds(new Set([account.account_key]));
    const [balance] = await stores.ledger.balances(account.account_key);
    expect(String(balance?.available)).toBe(await funds(account));
    expect(balance?.available).toBe(20_000n - BigInt(held) * 1_000n);
    expect(await hold(account, 1_000)).toBe("InsufficientFunds");
  });

  it.each([
    ["and nothing else moves", false],
    ["and a deposit makes it try again", true],
  ])("a conversion that goes in because a slow try let the door open is counted, %s", async (what, moves) => {
    const account = await old(`slow-${moves}`, 1_000n);
    const { clock } = saga;
    const payment_id = await saga.accept({ source_account: account.account_id, amount: 900 }, what);
    await saga.run("validate-payment", payment_id);
    let goOn = (): void => undefined;
    const mayGoOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const inside: Promise<string>[] = [];
    /** It has read the account, and has not written yet. */
    const goIn = (): void => {
      const ledger = Object.create(stores.ledger, {
        account: {
          value: async (key: string) => {
            const read = await stores.ledger.account(key);
            await mayGoOn;
            return read;
          },
        },
      });
      const one = Object.assign(Object.create(saga) as ConversionSaga, { payment_id, ledger });
      inside.push(failureOf(one.run("authorize-conversion", payment_id)));
    };
    const slow = Object.create(migration, {
      foldHolds: {
        value: async (accounts: ReadonlySet<string>) => {
          if (inside.length === 0) {
            clock.advance(130_000);
            if (moves) await deposit(account, 100n);
            goIn();
          }
          return migration.foldHolds(accounts);
        },
      },
    }) as AccountMigration;
    const patient = Object.create(clock, {
      sleep: {
        value: async (milliseconds: number) => {
          clock.advance(milliseconds);
          // A function lives 20 s at most: whoever was inside is out.
          if (inside.length > 0) goOn();
          await Promise.all(inside);
        },
      },
    }) as typeof clock;
    const meant = (one: Account) => one.account_key === account.account_key;
    const wish = { by: "mia", reason: "a test", limits: {}, tell: () => undefined, isMeant: meant };
    expect(await migrateAccounts({ migration: slow, clock: patient }, wish)).toEqual({
      guarded: 1,
      left: [],
    });
    const before = await funds(account);
    goOn();
    expect([before, await funds(account)]).toEqual(moves ? ["200", "200"] : ["100", "100"]);
    expect(await Promise.all(inside)).toEqual(["nothing"]);
  });
});
