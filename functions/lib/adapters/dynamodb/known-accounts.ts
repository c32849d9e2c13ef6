// Accounts as the steps of a saga read them. One that stays as it is is remembered for half a
// minute. One that is not there never is: it may open at any moment.
import { type Account, staysAsItIs } from "../../domain/overdraft.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AccountBound, LedgerStore } from "../../ports/ledger-store.ts";
import { ShortMemory } from "../short-memory.ts";

/** Nothing of ours closes an account; whoever does it at the table waits so long. */
const REMEMBERED_MS = 30_000;

export class KnownAccounts implements Pick<LedgerStore, "account" | "open"> {
  private readonly ledger: Pick<LedgerStore, "account" | "open">;
  private readonly clock: Clock;
  private readonly known: ShortMemory<Account>;

  constructor(ledger: Pick<LedgerStore, "account" | "open">, clock: Clock) {
    this.ledger = ledger;
    this.clock = clock;
    this.known = new ShortMemory(clock, REMEMBERED_MS);
  }

  async account(key: string): Promise<Account | undefined> {
    const known = this.known.get(key);
    if (known) return known;
    const askedAt = this.clock.now();
    const account = await this.ledger.account(key);
    if (account && staysAsItIs(account)) this.known.keep(key, account, askedAt);
    return account;
  }

  open(account: Account, bound?: AccountBound): Promise<{ account: Account; created: boolean }> {
    return this.ledger.open(account, bound);
  }
}
