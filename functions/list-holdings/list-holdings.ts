// Lists all value in transit: for which payment, since when, and what happens next. The sum beside
// it is the ledger's, which may be a moment behind the list.
import { houseKey } from "../lib/domain/accounts.ts";
import { TRANSIT_CURRENCY } from "../lib/domain/quote.ts";
import { OFF_RAMP_PROVIDER } from "../lib/domain/saga-definition.ts";
import {
  type Holder,
  hasLeftTransit,
  holderOrder,
  type NextAction,
  nextAction,
} from "../lib/domain/value-in-transit.ts";
import { InvalidRequest } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";

export type Ports = {
  payments: PaymentStore;
  quotes: QuoteStore;
  ledger: LedgerStore;
  breaker: Pick<Breaker, "isOpen">;
  policies: PolicySource;
  clock: Clock;
  /** The number of keys of the index that lists holders. */
  shards: number;
};
export type Page = { limit?: string | undefined; cursor?: string | undefined };

export type Holding = {
  payment_id: string;
  merchant_id: string;
  /** Minor units as a decimal string. */
  amount: string;
  currency: string;
  destination_currency: string;
  since: string;
  status: string;
  next: NextAction;
};
export type Holdings = {
  account_id: "in_transit";
  balances: { currency: string; available: string }[];
  /** The longest held first. */
  holdings: Holding[];
  next_cursor?: string;
};

const MOST = 100;
const USUAL = 50;

/** Throws InvalidRequest for a malformed limit or cursor. */
export const listHoldings =
  (ports: Ports) =>
  async (page: Page): Promise<Holdings> => {
    const limit = limitOf(page.limit);
    const after = page.cursor === undefined ? undefined : cursorOf(page.cursor);
    const holders = await oldest(ports, after, limit + 1);
    const shown = holders.slice(0, limit);
    const isDown = await ports.breaker.isOpen(OFF_RAMP_PROVIDER);
    const holdings = await Promise.all(shown.map((holder) => holdingOf(ports, holder, isDown)));
    const balances = await ports.ledger.balances(houseKey("in_transit"));
    const last = holders.length > limit ? shown.at(-1) : undefined;
    return {
      account_id: "in_transit",
      balances: balances.map(({ currency, available }) => ({ currency, available: String(available) })),
      holdings: holdings.filter((holding) => holding !== undefined),
      ...(last ? { next_cursor: holderOrder(last) } : {}),
    };
  };

function limitOf(text = String(USUAL)): number {
  const limit = Number(text);
  if (/^\d{1,3}$/.test(text) && limit >= 1 && limit <= MOST) return limit;
  throw new InvalidRequest(`limit must be a whole number from 1 to ${MOST}`);
}

const CURSOR = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)_([0-9a-f-]{36})$/;

/** The last holder of the page before. */
function cursorOf(text: string): Holder {
  const [, since, payment_id] = CURSOR.exec(text) ?? [];
  if (since === undefined || payment_id === undefined)
    throw new InvalidRequest("the cursor is not one that we gave");
  return { since, payment_id };
}

/** The longest held of all shards, from behind the cursor on. */
async function oldest(
  { payments, shards }: Ports,
  after: Holder | undefined,
  count: number,
): Promise<Holder[]> {
  const pages = await Promise.all(
    Array.from({ length: shards }, (_, shard) => payments.inTransit(shard, count, after)),
  );
  return pages
    .flat()
    .sort((a, b) => (holderOrder(a) < holderOrder(b) ? -1 : 1))
    .slice(0, count);
}

/** Undefined for a payment that left transit while the list was read. */
async function holdingOf(ports: Ports, holder: Holder, isDown: boolean): Promise<Holding | undefined> {
  const payment = await ports.payments.load(holder.payment_id);
  if (!payment || hasLeftTransit(payment)) return undefined;
  const quote = await quoteOf(ports.quotes, payment);
  const { off_ramp_outage } = ports.policies.deployment;
  return {
    payment_id: payment.payment_id,
    merchant_id: payment.merchant_id,
    amount: String(quote.transit_amount),
    currency: TRANSIT_CURRENCY,
    destination_currency: quote.destination_currency,
    since: holder.since,
    status: payment.status,
    next: nextAction(payment, isDown, off_ramp_outage, ports.clock),
  };
}
