// What a merchant says anew of its payment after the fact. No step reads it. So a change has an
// item, a number and an event of its own, and never meets a saga: the payment's item, its version
// and the sequence of its trail stay as they are.
import canonicalize from "canonicalize";
import type { ChangeEvent } from "../contracts/event-types.ts";
import type { PaymentChange } from "../contracts/types.ts";
import { EVENT_VERSION } from "./events.ts";
import { type Changeable, type Changed, changeableOf, changesOf, type PaymentRecord } from "./payment.ts";

/** So many bound what is stored, read and verified of one payment. */
export const MOST_CHANGES = 50;

/** A change as it is written: what holds from then on, and the event that tells of it. */
export type Change = { changed: Changed; event: ChangeEvent };

/** What holds once the merge patch is applied (RFC 7396). */
export const patched = (payment: PaymentRecord, patch: PaymentChange): Changeable =>
  merged(changeableOf(payment), patch);

/** By pairs, since a name may be one that every object has: `__proto__`. */
function merged(target: object, patch: object): object {
  const members = new Map<string, unknown>(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else if (typeof value === "object") members.set(name, merged(objectOf(members.get(name)), value));
    else members.set(name, value);
  }
  return Object.fromEntries(members);
}

const objectOf = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

const MEMBERS = ["description", "metadata", "reference"] as const satisfies (keyof Changeable)[];

/** The members that are other than they were, in one order. */
export function membersChanged(payment: PaymentRecord, to: Changeable): ChangeEvent["data"]["changed"] {
  const from = changeableOf(payment);
  return MEMBERS.filter((member) => canonicalize(from[member]) !== canonicalize(to[member]));
}

/** The payment's next change. Its event names what changed and no value: it is kept for ever. */
export function changeOf(payment: PaymentRecord, to: Changeable, now: number): Change {
  const changed = { changes: changesOf(payment) + 1, at: new Date(now).toISOString(), to };
  const { payment_id, merchant_id, status, version } = payment;
  return {
    changed,
    event: {
      event_id: `${payment_id}:change-${changed.changes}`,
      type: "payment.updated",
      version: EVENT_VERSION,
      payment_id,
      merchant_id,
      change: changed.changes,
      after_sequence: version,
      occurred_at: changed.at,
      status,
      data: { changed: membersChanged(payment, to) },
    },
  };
}
