// `make migrate-accounts WORKSPACE=dev REASON="…"`: gives the accounts that allow an overdraft
// without a limit a guard from their folded balance, and from then on no overdraft. MERCHANT and
// ACCOUNT name one of them, and LIMITS='{"EUR":100000}' what it may overdraw. Done again, it does
// what is left.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { AccountMigration } from "../functions/lib/adapters/dynamodb/account-migration.ts";
import { systemClock } from "../functions/lib/adapters/system-clock.ts";
import { merchantKey } from "../functions/lib/domain/accounts.ts";
import { handOf } from "./lib/by-hand.ts";
import { reach } from "./lib/reach.ts";
import { assertWorkspace } from "./lib/workspace.ts";
import { readLimits } from "./migrate-accounts/limits.ts";
import { migrateAccounts } from "./migrate-accounts/migrate.ts";
import { assertMigrates } from "./migrate-accounts/named-account.ts";

const { WORKSPACE, REASON, MERCHANT, ACCOUNT, LIMITS } = process.env;

async function migrate(): Promise<void> {
  if (!WORKSPACE) throw new Error("name the workspace: WORKSPACE=dev, or local for the stack on this laptop");
  assertWorkspace(WORKSPACE);
  if ((LIMITS || ACCOUNT) && !(MERCHANT && ACCOUNT))
    throw new Error("LIMITS are one account's: name it by MERCHANT=m1 ACCOUNT=acc_a");
  const limits = readLimits(LIMITS);
  const client = new DynamoDBClient(reach(WORKSPACE, "dynamodb"));
  const clock = systemClock();
  const tables = {
    payments: `${WORKSPACE}-payments`,
    ledger: `${WORKSPACE}-ledger`,
    integrity: `${WORKSPACE}-integrity`,
  };
  const migration = new AccountMigration(client, clock, tables);
  if (MERCHANT && ACCOUNT) {
    const named = { merchant_id: MERCHANT, account_id: ACCOUNT, limits };
    assertMigrates(named, await migration.find(merchantKey(MERCHANT, ACCOUNT)));
  }
  const wish = {
    ...(await handOf(WORKSPACE, REASON)),
    isMeant: ({ account_key }: { account_key: string }) =>
      MERCHANT && ACCOUNT
        ? account_key === merchantKey(MERCHANT, ACCOUNT)
        : !MERCHANT || account_key.startsWith(merchantKey(MERCHANT, "")),
    limits,
    tell: console.log,
  };
  const { guarded, left } = await migrateAccounts({ migration, clock }, wish);
  console.log(`${guarded} got a guard, ${left.length} are left`);
  if (left.length > 0) throw new Error(`too much moved in ${left.join(", ")}: run it again`);
}

await migrate().catch((error: Error) => {
  const because = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  console.error(`${error.message}${because}`);
  process.exitCode = 1;
});
