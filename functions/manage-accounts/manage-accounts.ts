// Opens accounts and reads balances. A merchant sees its own accounts. A caller with the scope
// `ops` also sees the house's.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import type { OpenAccountRequest } from "../lib/contracts/types.ts";
import {
  houseKey,
  isAccountId,
  isHouseAccount,
  merchantKey,
  reservedAccounts,
} from "../lib/domain/accounts.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import {
  AccountExists,
  type FieldError,
  InvalidRequest,
  NotFound,
  ScopeMissing,
} from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { Account, LedgerStore } from "../lib/ports/ledger-store.ts";

type Ports = { ledger: LedgerStore; clock: Clock };
type Caller = { merchantId: string; scopes: Set<string> };

const refuseIf = (errors: FieldError[]): void => {
  if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
};

const shown = ({ account_id, status, overdraft, opened_at }: Account) => ({
  account_id,
  status,
  overdraft,
  opened_at,
});

/**
 * Opens the account once. A repetition returns the same account, and is refused when its terms
 * differ.
 */
export const openAccount =
  ({ ledger, clock }: Ports) =>
  async ({ merchantId }: Caller, body: Record<string, unknown>) => {
    const broken = violations("OpenAccountRequest", body);
    const members = soundMembers(body, broken);
    refuseIf([...broken, ...suspectStrings(members), ...reservedAccounts(members, ["account_id"])]);
    const { account_id, overdraft = "allow" } = body as unknown as OpenAccountRequest;
    const account_key = merchantKey(merchantId, account_id);
    const opened_at = new Date(clock.now()).toISOString();
    const opened = await ledger.open({ account_key, account_id, status: "open", overdraft, opened_at });
    if (opened.account.overdraft !== overdraft)
      throw new AccountExists("the account exists with another overdraft rule");
    return { created: opened.created, account: shown(opened.account) };
  };

/** Balances as decimal strings of minor units. */
export const readBalance =
  ({ ledger }: Ports) =>
  async ({ merchantId, scopes }: Caller, accountId: string) => {
    const house = isHouseAccount(accountId);
    if (house && !scopes.has("ops")) throw new ScopeMissing("the house's accounts need the scope ops");
    const key = house ? houseKey(accountId) : merchantKey(merchantId, accountId);
    const account = house
      ? { account_id: accountId, status: "open", overdraft: "allow" }
      : isAccountId(accountId) && (await ledger.account(key));
    if (!account) throw new NotFound("there is no such account");
    const balances = (await ledger.balances(key)).map(({ currency, pending, available }) => ({
      currency,
      pending: String(pending),
      available: String(available),
    }));
    const { account_id, status, overdraft } = account;
    return { account_id, status, overdraft, balances };
  };
