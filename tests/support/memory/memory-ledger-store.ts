// Accounts and balances in memory.

import type { Approved } from "../../../functions/lib/domain/approval.ts";
import type { Journal } from "../../../functions/lib/domain/journal.ts";
import type { Operation } from "../../../functions/lib/domain/operation.ts";
import { limitOf } from "../../../functions/lib/domain/overdraft.ts";
import { InvariantBroken, MerchantLimitExceeded } from "../../../functions/lib/errors/registry.ts";
import type { Clock } from "../../../functions/lib/ports/clock.ts";
import type {
  Account,
  AccountBound,
  Balance,
  LedgerStore,
  Opened,
  OverdraftGrant,
  Posted,
  TrialBalance,
} from "../../../functions/lib/ports/ledger-store.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryApprovals } from "./memory-approvals.ts";
import { MemoryOperatorJournal } from "./memory-operator-journal.ts";

/** A journal that a test puts in by itself may lack its time: then it is as old as can be. */
export type Kept = Journal & { posted_at?: string };
const LONG_AGO = "1970-01-01T00:00:00.000Z";

export class MemoryLedgerStore implements LedgerStore {
  /** Shared with the payment store where a test wants journals of payments to be found. */
  readonly journals: Map<string, Kept>;
  private readonly guards: Map<string, bigint>;
  private readonly accounts = new Map<string, Account>();
  private readonly sums = new Map<string, Balance & { account: string }>();
  private readonly folded = new Set<string>();
  /** By merchant, those within a bound. */
  private readonly opened = new Map<string, number>();
  private readonly grants = new Map<string, bigint>();
  private readonly clock: Pick<Clock, "now">;
  readonly operations: MemoryOperatorJournal;
  readonly approvals: MemoryApprovals;

  /** `guards` is the payment store's, where a test wants deposits to be spendable. */
  constructor(
    journals = new Map<string, Kept>(),
    guards = new Map<string, bigint>(),
    clock: Pick<Clock, "now"> = new ManualClock(),
    operations = new MemoryOperatorJournal(),
    approvals = new MemoryApprovals(operations),
  ) {
    this.journals = journals;
    this.guards = guards;
    this.clock = clock;
    this.operations = operations;
    this.approvals = approvals;
  }

  async open(account: Account, bound?: AccountBound): Promise<{ account: Account; created: boolean }> {
    const existing = this.accounts.get(account.account_key);
    if (existing) return { account: existing, created: false };
    this.assertRoom(account, bound);
    this.count(bound);
    this.accounts.set(account.account_key, account);
    return { account, created: true };
  }

  private openedOf = ({ merchant_id }: AccountBound): number => this.opened.get(merchant_id) ?? 0;

  private assertRoom({ account_id }: Account, bound: AccountBound | undefined): void {
    if (bound && this.openedOf(bound) >= bound.most)
      throw new MerchantLimitExceeded(
        `account \`${account_id}\` cannot be opened: ${this.openedOf(bound)} of ${bound.most} accounts`,
      );
  }

  private count(bound: AccountBound | undefined): void {
    if (bound) this.opened.set(bound.merchant_id, this.openedOf(bound) + 1);
  }

  async openWithOverdraft(
    account: Account,
    by: Operation | OverdraftGrant,
    bound?: AccountBound,
  ): Promise<Opened> {
    const existing = this.accounts.get(account.account_key);
    if (existing) return { account: existing, created: false };
    this.assertRoom(account, bound);
    const grant = "allowance" in by ? by : undefined;
    if (!("allowance" in by)) this.operations.writeDown(by);
    const taken = grant ? Object.entries(account.overdraft_limits ?? {}) : [];
    const keyOf = (currency: string): string => `${grant?.merchant_id} ${currency}`;
    const given = (currency: string): bigint => this.grants.get(keyOf(currency)) ?? 0n;
    if (
      grant &&
      taken.some(([currency, limit]) => given(currency) + limit > limitOf(grant.allowance, currency))
    )
      return {
        exceeded: Object.fromEntries(
          Object.entries(grant.allowance).map(([currency, all]) => [currency, all - given(currency)]),
        ),
      };
    this.count(bound);
    for (const [currency, limit] of taken) this.grants.set(keyOf(currency), given(currency) + limit);
    this.accounts.set(account.account_key, account);
    return { account, created: true };
  }

  /** For tests: the API cannot close accounts yet. */
  closeAccount(key: string): void {
    const account = this.accounts.get(key);
    if (account) this.accounts.set(key, { ...account, status: "closed" });
  }

  async account(key: string): Promise<Account | undefined> {
    return this.accounts.get(key);
  }

  async balances(key: string): Promise<Balance[]> {
    return [...this.sums.values()]
      .filter(({ account }) => account === key)
      .map(({ currency, pending, available }) => ({ currency, pending, available }));
  }

  async post(journal: Journal, operation: Operation, approved?: Approved): Promise<boolean> {
    if (this.journals.has(journal.journal_id)) return false;
    if (approved && this.approvals.approved.has(approved.approval_id))
      throw new InvariantBroken("the approval has another act");
    this.operations.writeDown(operation);
    if (approved) this.approvals.approved.set(approved.approval_id, approved);
    this.journals.set(journal.journal_id, {
      ...journal,
      posted_at: new Date(this.clock.now()).toISOString(),
    });
    return true;
  }

  async journal(journalId: string): Promise<Posted | undefined> {
    const kept = this.journals.get(journalId);
    return kept && { posted_at: LONG_AGO, ...kept, folded: this.folded.has(journalId) };
  }

  async posted(journalIds: string[]): Promise<Map<string, Posted>> {
    const posted = await Promise.all(journalIds.map((id) => this.journal(id)));
    return new Map(posted.flatMap((one) => (one ? [[one.journal_id, one] as const] : [])));
  }

  /** For tests: what the stream would bring, all of it. */
  async foldAll(): Promise<number> {
    return this.fold([...this.journals.values()]);
  }

  async fold(journals: Journal[]): Promise<number> {
    const fresh = journals.filter(({ journal_id }, index) => {
      const first = journals.findIndex((other) => other.journal_id === journal_id) === index;
      return first && !this.folded.has(journal_id);
    });
    for (const { journal_id, postings } of fresh) {
      this.folded.add(journal_id);
      for (const { account, bucket, currency, amount } of postings) {
        const key = `${account} ${currency}`;
        const sum = this.sums.get(key) ?? { account, currency, pending: 0n, available: 0n };
        this.sums.set(key, { ...sum, [bucket]: sum[bucket] + amount });
        const opened = this.accounts.get(account);
        const guarded = opened !== undefined && !opened.unguarded;
        if (guarded && bucket === "available" && amount > 0n) {
          this.guards.set(key, (this.guards.get(key) ?? 0n) + amount);
        }
      }
    }
    return fresh.length;
  }

  /** For tests: every balance, by `account currency bucket`. */
  everyBalance(): Map<string, bigint> {
    const balances = [...this.sums.values()].flatMap(({ account, currency, pending, available }) => [
      [`${account} ${currency} pending`, pending] as const,
      [`${account} ${currency} available`, available] as const,
    ]);
    return new Map(balances);
  }

  async trialBalance(): Promise<TrialBalance> {
    const totals = new Map<string, bigint>();
    for (const { currency, pending, available } of this.sums.values()) {
      totals.set(currency, (totals.get(currency) ?? 0n) + pending + available);
    }
    return {
      journals: this.folded.size,
      settled: true,
      totals: [...totals].sort().map(([currency, total]) => ({ currency, total })),
    };
  }
}
