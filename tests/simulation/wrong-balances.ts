// Where the balances of a world and its journals part. The sums are made here, from the postings
// alone.
import { type Journal, sumsOf } from "../../functions/lib/domain/journal.ts";
import type { World } from "./world.ts";

/**
 * What the journals of all payments come to is what the balances show, and what may still be spent
 * of an account without overdraft.
 */
export function wrongBalances(world: World): string[] {
  const { store, ledger } = world;
  const journals = [...store.journals.values()];
  const sums = sumsByBucket(journals);
  const balances = ledger.everyBalance();
  const buckets = [...new Set([...sums.keys(), ...balances.keys()])];
  return [
    ...journals.filter(isUnbalanced).map(({ journal_id }) => `journal ${journal_id} is not zero-sum`),
    ...buckets
      .filter((bucket) => (balances.get(bucket) ?? 0n) !== (sums.get(bucket) ?? 0n))
      .map((bucket) => `${bucket} is ${balances.get(bucket)}, and its journals come to ${sums.get(bucket)}`),
    ...[...store.guards]
      .filter(([account, funds]) => funds < 0n || funds !== (sums.get(`${account} available`) ?? 0n))
      .map(
        ([account, funds]) => `${account} may spend ${funds}, and has ${sums.get(`${account} available`)}`,
      ),
    ...strangeJournals(world, journals),
  ];
}

/** By `account currency bucket`. */
function sumsByBucket(journals: Journal[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { account, currency, bucket, amount } of journals.flatMap(({ postings }) => postings)) {
    const key = `${account} ${currency} ${bucket}`;
    sums.set(key, (sums.get(key) ?? 0n) + amount);
  }
  return sums;
}

const isUnbalanced = ({ postings }: Journal): boolean =>
  [...sumsOf(postings).values()].some((sum) => sum !== 0n);

/** Every journal is one of the world's payments, or its one deposit. */
function strangeJournals({ orders, deposits }: World, journals: Journal[]): string[] {
  const owners = [...deposits, ...orders.map(({ plan }) => plan.payment_id)];
  return journals
    .filter(({ journal_id }) => !owners.some((owner) => journal_id.startsWith(`${owner}:`)))
    .map(({ journal_id }) => `journal ${journal_id} belongs to nobody`);
}
