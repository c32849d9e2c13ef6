// One line per ended payment for the terminal. It comes from the events on the bus, which the
// product announces anyway. A parked payment counts as ended, because a person has to look.
import { withoutCardNumbers } from "../../../functions/lib/domain/card-data.ts";
import { digitsOf } from "../../../functions/lib/domain/currencies.ts";
import { printable, timeOfDay } from "../common/terminal.ts";

type Accepted = { rail: string; amount: number; currency: string; at: number };
type PaymentEvent = {
  event_id: string;
  type: string;
  payment_id: string;
  occurred_at: string;
  status: string;
  data: {
    rail?: string;
    amount?: number;
    currency?: string;
    failure?: { code: string };
    state?: string;
    error?: string;
  };
};

const ENDS = ["payment.completed", "payment.failed", "payment.canceled", "payment.parked"];
/**
 * The most open payments that are kept. After that the oldest one's line lacks its rail
 * and its time.
 */
const MOST_OPEN = 10_000;
/** Events come at least once. A repeated one comes soon after the first. */
const MOST_HEARD = 1_000;

export class PaymentLines {
  private readonly open = new Map<string, Accepted>();
  private readonly heard = new Set<string>();

  /**
   * The line of an event that ends a payment; undefined for every other event, and for
   * a repeated one. Throws for an event that is not as the product announces it.
   */
  lineOf(detail: unknown, now: Date): string | undefined {
    const event = detail as PaymentEvent;
    if (event?.type === "payment.accepted") this.remember(event);
    if (!ENDS.includes(event?.type) || this.heard.has(event.event_id)) return undefined;
    this.heard.add(event.event_id);
    forgetOldest(this.heard, MOST_HEARD);
    const accepted = this.open.get(event.payment_id);
    // A parked payment will still end.
    if (event.type !== "payment.parked") this.open.delete(event.payment_id);
    return printable(withoutCardNumbers(`${timeOfDay(now)}  => ${wordsOf(event, accepted)}`));
  }

  private remember({ payment_id, occurred_at, data }: PaymentEvent): void {
    const { rail = "", amount = 0, currency = "" } = data;
    this.open.set(payment_id, { rail, amount, currency, at: Date.parse(occurred_at) });
    forgetOldest(this.open, MOST_OPEN);
  }
}

/**
 * Removes the oldest entries. A Map and a Set both keep their entries in the order in
 * which they came.
 */
function forgetOldest(
  held: { size: number; keys(): Iterator<string>; delete(key: string): boolean },
  most: number,
) {
  if (held.size > most) held.delete(String(held.keys().next().value));
}

function wordsOf({ payment_id, occurred_at, status, data }: PaymentEvent, accepted?: Accepted): string {
  const { amount = accepted?.amount, currency = accepted?.currency } = data;
  const rail = accepted ? `${accepted.rail} ` : "";
  const money = amount === undefined || !currency ? "" : ` ${moneyOf(amount, currency)}`;
  const seconds = accepted ? ` after ${((Date.parse(occurred_at) - accepted.at) / 1000).toFixed(1)} s` : "";
  const why = data.failure ? ` with ${data.failure.code}` : parkedAt(data);
  return `${rail}payment ${payment_id}${money} ${status}${why}${seconds}`;
}

const parkedAt = ({ state, error }: PaymentEvent["data"]): string =>
  state === undefined ? "" : ` (parked at ${state} by ${error}: a person must look)`;

/** An amount in minor units as people write it. */
function moneyOf(amount: number, currency: string): string {
  const digits = digitsOf(currency);
  return `${(amount / 10 ** digits).toFixed(digits)} ${currency}`;
}
