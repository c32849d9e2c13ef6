// Reads balances. A merchant sees its own accounts. A caller with the scope `ops` also sees the
// house's.
import { houseKey, isAccountId, isHouseAccount, merchantKey } from "../lib/domain/accounts.ts";
import { type Account, shownLimits } from "../lib/domain/overdraft.ts";
import { NotFound, ScopeMissing } from "../lib/errors/registry.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";

type Ports = { ledger: LedgerStore };
type Caller = { merchantId: string; scopes: Set<string> };
type Terms = Pick<Account, "account_id" | "status" | "overdraft" | "overdraft_limits">;

/** The account's terms as they are shown. Limits only where there are any to show. */
export const shownTerms = ({ account_id, status, overdraft, overdraft_limits }: Terms) => ({
  account_id,
  status,
  overdraft,
  ...(overdraft_limits ? { overdraft_limits: shownLimits(overdraft_limits) } : {}),
});

/** Balances as decimal strings of minor units. */
export const readBalance =
  ({ ledger }: Ports) =>
  async ({ merchantId, scopes }: Caller, accountId: string) => {
    const house = isHouseAccount(accountId);
    if (house && !scopes.has("ops")) throw new ScopeMissing("the house's accounts need the scope ops");
    const key = house ? houseKey(accountId) : merchantKey(merchantId, accountId);
    const account: Terms | false | undefined = house
      ? { account_id: accountId, status: "open", overdraft: "allow" }
      : isAccountId(accountId) && (await ledger.account(key));
    if (!account) throw new NotFound("there is no such account");
    const balances = (await ledger.balances(key)).map(({ currency, pending, available }) => ({
      currency,
      pending: String(pending),
      available: String(available),
    }));
    return { ...shownTerms(account), balances };
  };
