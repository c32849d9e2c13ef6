// How a payment lies in the payments table: one item for what changes, one for what does not, one
// per event, one per provider key.
//   PAYMENT#id / PAYMENT · PAYMENT#id / METADATA · PAYMENT#id / METADATA#CHANGED
//   PAYMENT#id / EVENT#000007 · PAYMENT#id / EVENT#000007#02 · PAYMENT#id / FACT#capture
//   REFERENCE#merchant#reference / REFERENCE
// Quotes, policies, admissions and breakers lie there too: docs/architecture.md lists every item of
// both tables.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { isSagaEvent, type PaymentEvent } from "../../contracts/event-types.ts";
import type { Metadata } from "../../contracts/types.ts";
import {
  type Annotations,
  type Changed,
  FIRST_OF,
  MARK_KINDS,
  type MarkKind,
  type Marks,
  markAttribute,
  markAttributesOf,
  type PaymentRecord,
} from "../../domain/payment.ts";
import type { Fact, Facts, Word } from "../../domain/provider-fact.ts";
import { type ProviderOperation, STEPS, type Step } from "../../domain/saga-definition.ts";
import { type Holder, holderOrder, PURCHASE_STEP } from "../../domain/value-in-transit.ts";
import type { Open } from "../../ports/payment-store.ts";
import { headerOf, packTrace } from "../../runtime/tracing.ts";
import { newId } from "../system-clock.ts";
import { fromItem, type Item, toItem } from "./item.ts";

/** Over so many keys of the sparse indexes payments are spread: one hot key would throttle all. */
export const INDEX_SHARDS = 16;

export const paymentKey = (paymentId: string): string => `PAYMENT#${paymentId}`;
export const EVENTS = "EVENT#";
export const eventKey = (sequence: number): string => `${EVENTS}${String(sequence).padStart(6, "0")}`;
/** A change stands behind the event that it came after, by its own number. */
const placeOf = (event: PaymentEvent): string =>
  isSagaEvent(event)
    ? eventKey(event.sequence)
    : `${eventKey(event.after_sequence)}#${String(event.change).padStart(2, "0")}`;
/** Facts sort between the events and METADATA, so that one query reads a payment whole. */
export const FACTS = "FACT#";
export const factKey = (operation: ProviderOperation): string => `${FACTS}${operation}`;
export const referenceKey = (merchantId: string, reference: string): string =>
  `REFERENCE#${merchantId}#${reference}`;
export const openShardKey = (shard: number): string => `OPEN#${shard}`;

/** The key of a payment in the open index. */
export const openKey = (shard: number, { payment_id, since }: Open): Item =>
  toItem({ pk: paymentKey(payment_id), sk: "PAYMENT", open_shard: openShardKey(shard), open_since: since });

/** Reads an item of the open index. */
export const openOf = (item: Item): Open => ({
  payment_id: paymentIdIn(item),
  since: String(item.open_since?.S),
});

export const transitShardKey = (shard: number): string => `TRANSIT#${shard}`;

/** Reads an item of the transit index. */
export function holderOf(item: Item): Holder {
  const payment_id = paymentIdIn(item);
  return { payment_id, since: String(item.transit_order?.S).slice(0, -payment_id.length - 1) };
}

/** The payment's shard, by the first byte of its id: ids are hashes, so shards fill evenly. */
export const shardOf = (paymentId: string): number =>
  Number.parseInt(paymentId.slice(0, 2), 16) % INDEX_SHARDS;

/**
 * What the PAYMENT item says of the items beside it, so that whoever has it alone knows whether it
 * is the whole payment. UNTOLD: there is no FACT. It goes before the first one comes, and an older
 * payment never had it.
 */
export const UNTOLD = "untold";
export const WITH_METADATA = "with_metadata";

/** True of a payment with a METADATA item. */
export const isAnnotated = ({ metadata, description }: Annotations): boolean =>
  metadata !== undefined || description !== undefined;

/** The PAYMENT item of a payment nobody has claimed yet. */
export function newPaymentItem(payment: PaymentRecord): Item {
  const { payment_id, metadata: _, description: __, marks, ...attributes } = payment;
  return toItem({
    pk: paymentKey(payment_id),
    sk: "PAYMENT",
    ...attributes,
    open_shard: openShardKey(shardOf(payment_id)),
    open_since: payment.created_at,
    [UNTOLD]: true,
    ...(isAnnotated(payment) ? { [WITH_METADATA]: true } : {}),
  });
}

/** True of an intent to buy value: from the first one on the payment may hold some. */
const begins = (kind: MarkKind, step: Step): boolean => kind === "intent" && step === PURCHASE_STEP;

/** What every try of a mark writes: its time, and where value is bought the index of holders. */
export const latest = (paymentId: string, kind: MarkKind, step: Step, now: number) => ({
  [markAttribute(kind, step)]: now,
  ...(begins(kind, step) ? { transit_shard: transitShardKey(shardOf(paymentId)) } : {}),
});

/** What the first of them writes for good: its time, and since when value is held (ISO 8601). */
export const firsts = (payment_id: string, kind: keyof typeof FIRST_OF, step: Step, now: number) => ({
  [markAttribute(FIRST_OF[kind], step)]: now,
  ...(begins(kind, step)
    ? { transit_order: holderOrder({ since: new Date(now).toISOString(), payment_id }) }
    : {}),
});

const MARKS = markAttributesOf(STEPS);

function marksIn(raw: Record<string, unknown>, kind: MarkKind): Marks {
  const set = MARKS.filter((mark) => mark.kind === kind && raw[mark.attribute] !== undefined);
  return Object.fromEntries(set.map(({ step, attribute }) => [step, Number(raw[attribute])]));
}

/** The payment's id, of any item of its partition. */
export const paymentIdIn = (item: Item): string => String(item.pk?.S).slice("PAYMENT#".length);

/** Reads a PAYMENT item, with what the METADATA item holds if there is one. */
export function paymentOf(item: Item, metadata?: Item): PaymentRecord {
  const raw = fromItem(item);
  const { pk, sk, open_shard, open_since, transit_shard, transit_order, ...own } = raw;
  const { version, attempts, cancel_requested_at, disputed, ...attributes } = own;
  for (const attribute of [UNTOLD, WITH_METADATA, ...MARKS.map((mark) => mark.attribute)])
    delete attributes[attribute];
  return {
    ...(attributes as unknown as PaymentRecord),
    payment_id: paymentIdIn(item),
    version: Number(version),
    ...(attempts === undefined ? {} : { attempts: Number(attempts) }),
    ...(cancel_requested_at === undefined ? {} : { cancel_requested_at: Number(cancel_requested_at) }),
    ...(disputed === undefined ? {} : { disputed: [...(disputed as Set<ProviderOperation>)] }),
    ...(metadata ? annotationsIn(metadata) : {}),
    marks: Object.fromEntries(MARK_KINDS.map((kind) => [kind, marksIn(raw, kind)])) as PaymentRecord["marks"],
  };
}

/**
 * Metadata as an attribute. Its text keeps the order of the keys, which are a merchant's own: a map
 * of DynamoDB has no order, and a name such as `__proto__` is none to whoever builds an object of
 * it.
 */
const annotationAttributes = ({ metadata, description }: Annotations) => ({
  metadata: metadata && JSON.stringify(metadata),
  description,
});

/** The METADATA item: what the acceptance said. */
export const metadataItem = (paymentId: string, annotations: Annotations): Item =>
  toItem({ pk: paymentKey(paymentId), sk: "METADATA", ...annotationAttributes(annotations) });

/** Reads a METADATA item. */
export const annotationsIn = ({ metadata, description }: Item): Annotations => ({
  ...(description?.S === undefined ? {} : { description: description.S }),
  ...(metadata ? { metadata: metadataIn(metadata) } : {}),
});

/** Before 0.3.0 it was a map. */
const metadataIn = (metadata: AttributeValue): Metadata =>
  metadata.S === undefined
    ? (fromItem({ metadata }).metadata as Metadata)
    : (JSON.parse(metadata.S) as Metadata);

/** Between METADATA and PAYMENT, so that one query reads a payment whole. */
export const CHANGED = "METADATA#CHANGED";

/** The item of what holds since the latest change. */
export function changedItem(paymentId: string, { changes, at, to }: Changed): Item {
  const { reference } = to;
  const latest = { changes, changed_at: at, reference, ...annotationAttributes(to) };
  return toItem({ pk: paymentKey(paymentId), sk: CHANGED, ...latest });
}

/** Reads that item; undefined where all that it says is that the payment was erased. */
export function changedIn(item: Item): Changed | undefined {
  if (!item.changes) return undefined;
  const reference = item.reference?.S;
  return {
    changes: Number(item.changes.N),
    at: String(item.changed_at?.S),
    to: { ...annotationsIn(item), ...(reference === undefined ? {} : { reference }) },
  };
}

/** The EVENT item. Only the event itself is ever listed; the trace goes to the bus with it. */
export function eventItem(event: PaymentEvent, extra: Record<string, unknown> = {}): Item {
  return toItem({
    pk: paymentKey(event.payment_id),
    sk: placeOf(event),
    event: JSON.stringify(event),
    trace: packTrace(),
    ...extra,
  });
}

/** The event in an EVENT item, exactly as it was written. */
export const eventIn = (item: Item): PaymentEvent => JSON.parse(item.event?.S ?? "null") as PaymentEvent;

/** The trace that the event came about in, as the bus takes it. */
export const traceIn = (item: Item): string | undefined => headerOf(item.trace?.S);

/** The payment in the items of its partition from the facts on; undefined when there is none. */
export function wholePayment(items: Item[]): PaymentRecord | undefined {
  const at = (sk: string): Item | undefined => items.find((item) => item.sk?.S === sk);
  const payment = at("PAYMENT");
  if (!payment) return undefined;
  const facts = items.filter((item) => item.sk?.S?.startsWith(FACTS)).map(factOf);
  const byOperation: Facts = Object.fromEntries(facts.map((fact) => [fact.operation, fact]));
  const changed = changedIn(at(CHANGED) ?? {});
  return {
    ...paymentOf(payment, at("METADATA")),
    ...(changed ? { changed } : {}),
    ...(facts.length > 0 ? { facts: byOperation } : {}),
    ...(payment.transit_order ? { in_transit_since: holderOf(payment).since } : {}),
  };
}

/** Every write of a fact gives it another edition, by which it is known unchanged. */
export const nextEdition = newId;

export const factItem = (paymentId: string, fact: Fact): Item =>
  toItem({ pk: paymentKey(paymentId), sk: factKey(fact.operation), edition: nextEdition(), ...fact });

/** Reads a FACT item. */
export function factOf(item: Item): Fact {
  const { pk, sk, edition, ...fact } = fromItem(item);
  return withNumbers(fact) as Fact;
}

const AMOUNTS: readonly string[] = ["amount", "received"] satisfies (keyof Word)[];
const WORDS: readonly string[] = ["contradicted", "overruled"] satisfies (keyof Fact)[];

/** Amounts are read as big integers, and words keep them as numbers. */
const withNumbers = (word: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(word).map(([member, value]) => {
      if (AMOUNTS.includes(member)) return [member, Number(value)];
      return [member, WORDS.includes(member) ? withNumbers(value as Record<string, unknown>) : value];
    }),
  );
