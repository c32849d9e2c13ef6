// How a payment lies in the table: one item for what changes, one for what does not, one per event, one per provider key.
//   MERCHANT#id / POLICY (a merchant's own rules) ·
//   PAYMENT#id / PAYMENT · PAYMENT#id / METADATA · PAYMENT#id / EVENT#000007 · PAYMENT#id / FACT#capture
//   REFERENCE#merchant#reference / REFERENCE
import type { PaymentEvent } from "../domain/events.ts";
import type { Fact, Facts } from "../domain/fact.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import { CARD_STEPS, type MarkKind, markAttribute, type ProviderOperation } from "../domain/steps.ts";
import { fromItem, type Item, toItem } from "./item.ts";

/** Open payments are spread over this many keys of the open index: one hot key would throttle the table. */
export const OPEN_SHARDS = 16;

export const paymentKey = (paymentId: string): string => `PAYMENT#${paymentId}`;
export const eventKey = (sequence: number): string => `EVENT#${String(sequence).padStart(6, "0")}`;
/** Facts sort after the events and before METADATA and PAYMENT, so that one query reads a payment whole. */
export const FACTS = "FACT#";
export const factKey = (operation: ProviderOperation): string => `${FACTS}${operation}`;
export const referenceKey = (merchantId: string, reference: string): string =>
  `REFERENCE#${merchantId}#${reference}`;
export const openShardKey = (shard: number): string => `OPEN#${shard}`;

/** The payment's shard, by the first byte of its id: ids are hashes, so shards fill evenly. */
const shardOf = (paymentId: string): number => Number.parseInt(paymentId.slice(0, 2), 16) % OPEN_SHARDS;

/** The PAYMENT item of a payment nobody has claimed yet. */
export function newPaymentItem(payment: PaymentRecord): Item {
  const { payment_id, metadata, marks, ...attributes } = payment;
  return toItem({
    pk: paymentKey(payment_id),
    sk: "PAYMENT",
    ...attributes,
    open_shard: openShardKey(shardOf(payment_id)),
    open_since: payment.created_at,
  });
}

const KINDS: MarkKind[] = ["intent", "tombstone", "undone"];

function marksIn(raw: Record<string, unknown>, kind: MarkKind): PaymentRecord["marks"]["intent"] {
  const set = CARD_STEPS.filter((step) => raw[markAttribute(kind, step)] !== undefined);
  return Object.fromEntries(set.map((step) => [step, Number(raw[markAttribute(kind, step)])]));
}

/** Reads a PAYMENT item, with the METADATA item's map if there is one. */
export function paymentOf(item: Item, metadata?: Item): PaymentRecord {
  const raw = fromItem(item);
  const { pk, sk, open_shard, open_since, version, attempts, cancel_requested_at, ...attributes } = raw;
  for (const kind of KINDS) for (const step of CARD_STEPS) delete attributes[markAttribute(kind, step)];
  return {
    ...(attributes as unknown as PaymentRecord),
    payment_id: String(pk).slice("PAYMENT#".length),
    version: Number(version),
    ...(attempts === undefined ? {} : { attempts: Number(attempts) }),
    ...(cancel_requested_at === undefined ? {} : { cancel_requested_at: Number(cancel_requested_at) }),
    ...(metadata ? { metadata: fromItem(metadata).metadata as Record<string, string> } : {}),
    marks: {
      intent: marksIn(raw, "intent"),
      tombstone: marksIn(raw, "tombstone"),
      undone: marksIn(raw, "undone"),
    },
  };
}

/** The EVENT item; `extra` stays outside the event's body and is never relayed. */
export function eventItem(event: PaymentEvent, extra: Record<string, unknown> = {}): Item {
  return toItem({
    pk: paymentKey(event.payment_id),
    sk: eventKey(event.sequence),
    event: JSON.stringify(event),
    ...extra,
  });
}

/** The event in an EVENT item, exactly as it was written. */
export const eventIn = (item: Item): PaymentEvent => JSON.parse(item.event?.S ?? "null") as PaymentEvent;

/** The payment in the items of its partition from the facts on; undefined when there is none. */
export function wholePayment(items: Item[]): PaymentRecord | undefined {
  const at = (sk: string): Item | undefined => items.find((item) => item.sk?.S === sk);
  const payment = at("PAYMENT");
  if (!payment) return undefined;
  const facts = items.filter((item) => item.sk?.S?.startsWith(FACTS)).map(factOf);
  const byOperation: Facts = Object.fromEntries(facts.map((fact) => [fact.operation, fact]));
  return { ...paymentOf(payment, at("METADATA")), ...(facts.length > 0 ? { facts: byOperation } : {}) };
}

export const factItem = (paymentId: string, fact: Fact): Item =>
  toItem({ pk: paymentKey(paymentId), sk: factKey(fact.operation), ...fact });

/** Reads a FACT item. */
export function factOf(item: Item): Fact {
  const { pk, sk, ...fact } = fromItem(item);
  return fact as Fact;
}
