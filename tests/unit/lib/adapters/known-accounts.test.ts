// Which accounts are remembered: those that nobody changes, for half a minute. What is not there is
// looked up each time.
import { describe, expect, it, jest } from "@jest/globals";
import { KnownAccounts } from "../../../../functions/lib/adapters/dynamodb/known-accounts.ts";
import type { Account } from "../../../../functions/lib/domain/overdraft.ts";
import { ManualClock } from "../../../support/memory/manual-clock.ts";

const KEY = "merchant/m1/acc";
const OPEN = { account_key: KEY, account_id: "acc", status: "open", opened_at: "2026-01-01T00:00:00.000Z" };
const account = (terms: Partial<Account>): Account => ({ ...OPEN, overdraft: "forbid", ...terms }) as Account;

/** An environment that reads this account, and how often it did. */
function reading(stored: Account | undefined) {
  const clock = new ManualClock();
  const read = jest.fn(async (_: string) => stored);
  const open = async (opened: Account) => ({ account: opened, created: true });
  return { clock, read, accounts: new KnownAccounts({ account: read, open }, clock) };
}

describe("an account that a step asks for", () => {
  it.each<[string, Partial<Account>]>([
    ["forbids an overdraft", {}],
    ["allows one with its limits", { overdraft: "allow", overdraft_limits: { EUR: 5n } }],
    ["opened by itself, and nothing guards it", { overdraft: "allow", unguarded: true }],
  ])("is read once in half a minute where it %s", async (_, terms) => {
    const { accounts, read, clock } = reading(account(terms));
    expect(await accounts.account(KEY)).toEqual(account(terms));
    clock.advance(29_999);
    expect(await accounts.account(KEY)).toEqual(account(terms));
    expect(read).toHaveBeenCalledTimes(1);
    clock.advance(1);
    await accounts.account(KEY);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it.each<[string, Account | undefined]>([
    ["is not there", undefined],
    ["is closed", account({ status: "closed" })],
    ["allows an overdraft without a limit, which a migration sets", account({ overdraft: "allow" })],
    ["is being migrated", account({ overdraft: "allow", migrating_until: "2026-01-01T00:00:30.000Z" })],
  ])("is read each time where it %s", async (_, stored) => {
    const { accounts, read } = reading(stored);
    expect(await accounts.account(KEY)).toEqual(stored);
    expect(await accounts.account(KEY)).toEqual(stored);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("is remembered from when it was asked for, however late the answer", async () => {
    const { accounts, read, clock } = reading(account({}));
    read.mockImplementationOnce(async () => {
      clock.advance(30_000);
      return account({});
    });
    await accounts.account(KEY);
    await accounts.account(KEY);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("is read again where the clock was set back", async () => {
    const { accounts, read, clock } = reading(account({}));
    await accounts.account(KEY);
    clock.advance(-1);
    await accounts.account(KEY);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("that was read again stays where older ones are forgotten", async () => {
    const { accounts, read, clock } = reading(account({}));
    for (let index = 0; index < 10_000; index++) await accounts.account(`merchant/m1/${index}`);
    clock.advance(30_000);
    for (const again of ["1", "another", "one more"]) await accounts.account(`merchant/m1/${again}`);
    read.mockClear();
    await accounts.account("merchant/m1/1");
    expect(read).not.toHaveBeenCalled();
  });

  it("is forgotten where ten thousand others came since", async () => {
    const { accounts, read } = reading(account({}));
    for (let index = 0; index <= 10_000; index++) await accounts.account(`merchant/m1/${index}`);
    read.mockClear();
    await accounts.account("merchant/m1/1");
    expect(read).not.toHaveBeenCalled();
    await accounts.account("merchant/m1/0");
    expect(read).toHaveBeenCalledTimes(1);
  });
});
