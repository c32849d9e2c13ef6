// Value in transit by the ledger's balance, read at most once a second per environment. The balance
// is a moment behind, and a payment that has started may not have bought yet. So the cap is where
// new payments begin to wait, and not an exact limit.
import type { Rail } from "../contracts/types.ts";
import { houseKey } from "../domain/accounts.ts";
import { TRANSIT_CURRENCY } from "../domain/quote.ts";
import type { Clock } from "../ports/clock.ts";
import type { Exposure } from "../ports/exposure.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";

/** Currencies in which a rail holds value in transit. */
const HELD_IN: Record<Rail, readonly string[]> = { card: [], stablecoin: [TRANSIT_CURRENCY] };
const FRESH_MS = 1_000;

/** Minor units by currency. A currency without an entry has no cap. */
export type Caps = Readonly<Record<string, number>>;

export class LedgerExposure implements Exposure {
  private readonly ledger: Pick<LedgerStore, "balances">;
  private readonly clock: Clock;
  private readonly caps: Caps;
  private known: { held: Map<string, bigint>; readAt: number } | undefined;

  constructor(ledger: Pick<LedgerStore, "balances">, clock: Clock, caps: Caps) {
    this.ledger = ledger;
    this.clock = clock;
    this.caps = caps;
  }

  async isFull(rail: Rail): Promise<boolean> {
    const capped = HELD_IN[rail].filter((currency) => this.caps[currency] !== undefined);
    if (capped.length === 0) return false;
    const held = await this.held();
    return capped.some((currency) => (held.get(currency) ?? 0n) >= BigInt(this.caps[currency] ?? 0));
  }

  private async held(): Promise<Map<string, bigint>> {
    const now = this.clock.now();
    if (this.known && now - this.known.readAt < FRESH_MS) return this.known.held;
    const balances = await this.ledger.balances(houseKey("in_transit"));
    const held = new Map(balances.map(({ currency, available }) => [currency, available]));
    this.known = { held, readAt: now };
    return held;
  }
}
