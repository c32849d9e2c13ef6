// Migrates accounts in groups: closes their doors, waits until whoever went in before is out, and
// gives each its guard. A run that dies leaves doors that open by themselves, and no half a guard.
import type {
  AccountMigration,
  Guarded,
  Moves,
} from "../../functions/lib/adapters/dynamodb/account-migration.ts";
import { idFor } from "../../functions/lib/domain/idempotency.ts";
import type { Account, OverdraftLimits } from "../../functions/lib/domain/overdraft.ts";
import type { Clock } from "../../functions/lib/ports/clock.ts";

type Ports = { migration: AccountMigration; clock: Clock };
export type Wish = {
  by: string;
  reason: string;
  /** Of the accounts that are meant; the others are left as they are. */
  isMeant: (account: Account) => boolean;
  /** What the accounts may overdraw from now on. */
  limits: OverdraftLimits;
  tell: (line: string) => void;
};

/** A function that read an account before its door closed lives 20 s at most. */
const OTHERS_ARE_OUT_MS = 25_000;
/** Longer than a group takes; a door that nobody opened is open again afterwards. */
const CLOSED_MS = 120_000;
/** Nothing is written so shortly before: a clock may be ahead, and a write takes its time. */
const MARGIN_MS = 20_000;
const GROUP = 50;
const TRIES = 10;

/** Answers how many accounts got their guard, and which did not. */
export async function migrateAccounts(
  ports: Ports,
  wish: Wish,
): Promise<{ guarded: number; left: string[] }> {
  let guarded = 0;
  const left: string[] = [];
  const take = async (group: Account[]): Promise<void> => {
    const done = await migrateGroup(ports, wish, group);
    guarded += done.guarded;
    left.push(...done.left);
  };
  let group: Account[] = [];
  for await (const account of ports.migration.unlimited()) {
    if (wish.isMeant(account)) group.push(account);
    if (group.length < GROUP) continue;
    await take(group);
    group = [];
  }
  if (group.length > 0) await take(group);
  return { guarded, left };
}

async function migrateGroup(ports: Ports, wish: Wish, group: Account[]) {
  const { migration, clock } = ports;
  let guarded = 0;
  let left = group;
  let until = clock.now();
  for (let attempt = 0; attempt < TRIES && left.length > 0; attempt++) {
    // A try may be slow. Whoever went in while the door was open again takes without a limit.
    const wasOpen = clock.now() >= until - MARGIN_MS;
    until = clock.ahead(CLOSED_MS);
    const closed = new Date(until).toISOString();
    await Promise.all(left.map((account) => migration.close(account, closed)));
    if (wasOpen) await clock.sleep(OTHERS_ARE_OUT_MS);
    const moved: Account[] = [];
    for (const [account, outcome] of await guardAll(ports, wish, left, until - MARGIN_MS)) {
      if (outcome.outcome === "moved") moved.push(account);
      if (outcome.outcome === "guarded") {
        guarded += 1;
        wish.tell(`${account.account_key} may spend ${JSON.stringify(outcome.funds)}`);
      }
    }
    left = moved;
  }
  return { guarded, left: left.map(({ account_key }) => account_key) };
}

/**
 * In this order: what moves between the first read and the write fails the write. After `latest`,
 * in milliseconds since the epoch, nothing is written: the door may open.
 */
async function guardAll(
  { migration, clock }: Ports,
  { by, reason, limits }: Wish,
  accounts: Account[],
  latest: number,
): Promise<[Account, Guarded][]> {
  const read: [Account, Moves][] = [];
  for (const account of accounts) read.push([account, await migration.moves(account)]);
  await migration.foldHolds(new Set(accounts.map(({ account_key }) => account_key)));
  const outcomes: [Account, Guarded][] = [];
  for (const [account, moves] of read) {
    const { account_key, account_id } = account;
    if (clock.now() >= latest) {
      outcomes.push([account, { outcome: "moved" }]);
      continue;
    }
    const outcome = await migration.guard(account, moves, limits, {
      operation_id: idFor("operation account-migration", account_key, ""),
      kind: "account-migration",
      at: new Date(clock.now()).toISOString(),
      by,
      reason,
      merchant_id: account_key.split("/")[1] ?? "",
      account_id,
      details: {
        overdraft_limits: Object.fromEntries(Object.entries(limits).map(([c, l]) => [c, String(l)])),
      },
    });
    outcomes.push([account, outcome]);
  }
  return outcomes;
}
