// One line per ended payment for the terminal, from the events on their way over the bus: the product
// announces them anyway. A parked payment counts, because a person has to look.
import { digitsOf } from "../../../functions/lib/domain/money.ts";
import { timeOfDay } from "../common/terminal.ts";

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
/** Payments on their way at once; of one more, the oldest is told without its rail and its time. */
const MOST_OPEN = 10_000;
/** Events come at least once; a second time they come soon. */
const MOST_HEARD = 1_000;

export class PaymentLines {
  private readonly open = new Map<string, Accepted>();
  private readonly heard = new Set<string>();

  /** The line of an event that ends a payment; undefined for every other event, and the second time. */
  lineOf(detail: unknown, now: Date): string | undefined {
    const event = detail as PaymentEvent;
    if (event?.type === "payment.accepted") this.remember(event);
    if (!ENDS.includes(event?.type) || this.heard.has(event.event_id)) return undefined;
    this.heard.add(event.event_id);
    forgetOldest(this.heard, MOST_HEARD);
    const accepted = this.open.get(event.payment_id);
    // A parked payment will end yet.
    if (event.type !== "payment.parked") this.open.delete(event.payment_id);
    return `${timeOfDay(now)}  => ${wordsOf(event, accepted)}`;
  }

  private remember({ payment_id, occurred_at, data }: PaymentEvent): void {
    const { rail = "", amount = 0, currency = "" } = data;
    this.open.set(payment_id, { rail, amount, currency, at: Date.parse(occurred_at) });
    forgetOldest(this.open, MOST_OPEN);
  }
}

/** Both keep what they hold in the order in which it came. */
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

/** Minor units as people write them. */
function moneyOf(amount: number, currency: string): string {
  const digits = digitsOf(currency);
  return `${(amount / 10 ** digits).toFixed(digits)} ${currency}`;
}
