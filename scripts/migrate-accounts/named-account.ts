// Whether the one account that a person named can be migrated, before anything is read or closed.
import {
  type Account,
  isSameLimits,
  type OverdraftLimits,
  shownLimits,
} from "../../functions/lib/domain/overdraft.ts";

type Named = { merchant_id: string; account_id: string; limits: OverdraftLimits };

/**
 * Throws as a sentence why the account gets no guard or not these limits. One that an earlier run
 * migrated is fine, so that a command may be repeated.
 */
export function assertMigrates(named: Named, account: Account | undefined): void {
  const { merchant_id, account_id, limits } = named;
  if (!account) throw new Error(`${merchant_id} has no account ${account_id}`);
  if (account.unguarded)
    throw new Error(`${account_id} opened by itself, with play money: it gets neither a guard nor limits`);
  if (account.overdraft === "forbid")
    throw new Error(`${account_id} allows no overdraft: it has a guard and gets no limits`);
  const { overdraft_limits: present } = account;
  if (present && Object.keys(limits).length > 0 && !isSameLimits(present, limits))
    throw new Error(`${account_id} has its limits already: ${JSON.stringify(shownLimits(present))}`);
}
