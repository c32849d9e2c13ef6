// An account that is named for a migration and cannot have one is called so.
import { describe, expect, it } from "@jest/globals";
import { merchantKey } from "../../../../functions/lib/domain/accounts.ts";
import type { Account } from "../../../../functions/lib/domain/overdraft.ts";
import { assertMigrates } from "../../../../scripts/migrate-accounts/named-account.ts";

const account = (rule: Partial<Account>): Account => ({
  account_key: merchantKey("m1", "acc_a"),
  account_id: "acc_a",
  status: "open",
  overdraft: "allow",
  opened_at: "2026-01-01T00:00:00.000Z",
  ...rule,
});

const named = { merchant_id: "m1", account_id: "acc_a", limits: { EUR: 600n } };

describe("an account that is named for a migration", () => {
  it.each([
    ["is unknown", undefined, "m1 has no account acc_a"],
    ["opened by itself", account({ unguarded: true }), "acc_a opened by itself"],
    ["forbids an overdraft", account({ overdraft: "forbid" }), "acc_a allows no overdraft"],
    ["has other limits", account({ overdraft_limits: { EUR: 7n } }), 'has its limits already: {"EUR":7}'],
  ])("is refused where it %s", (_, found, sentence) => {
    expect(() => assertMigrates(named, found)).toThrow(sentence);
  });

  it.each([
    ["from before limits", account({})],
    ["that an earlier run gave the same limits", account({ overdraft_limits: { EUR: 600n } })],
  ])("is taken where it is one %s", (_, found) => {
    expect(() => assertMigrates(named, found)).not.toThrow();
  });

  it("is taken again without limits, whatever an earlier run gave it", () => {
    const limited = account({ overdraft_limits: { EUR: 7n } });
    expect(() => assertMigrates({ ...named, limits: {} }, limited)).not.toThrow();
  });
});
