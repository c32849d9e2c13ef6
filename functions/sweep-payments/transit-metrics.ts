// Value in transit as metrics: how much the ledger holds, and how long the oldest holder has been
// listed.
import { houseKey } from "../lib/domain/accounts.ts";
import { TRANSIT_CURRENCY, TRANSIT_DIGITS } from "../lib/domain/quote.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";

type Ports = {
  payments: Pick<PaymentStore, "inTransit">;
  ledger: Pick<LedgerStore, "balances">;
  clock: Pick<Clock, "now">;
  shards: number;
};

/**
 * The value is in whole USDC, for a chart: the ledger has the exact amount. The age is in seconds,
 * and 0 when nothing is held.
 */
export async function transitFigures({ payments, ledger, clock, shards }: Ports) {
  const oldest = await Promise.all(
    Array.from({ length: shards }, (_, shard) => payments.inTransit(shard, 1)),
  );
  const since = oldest.flat().map((holder) => Date.parse(holder.since));
  const balances = await ledger.balances(houseKey("in_transit"));
  const held = balances.find(({ currency }) => currency === TRANSIT_CURRENCY)?.available ?? 0n;
  return {
    ValueInTransit: Number(held) / 10 ** TRANSIT_DIGITS,
    OldestInTransitSeconds: since.length === 0 ? 0 : (clock.now() - Math.min(...since)) / 1000,
  };
}
