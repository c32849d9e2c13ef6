// What the provider has to answer for in a payment's end: what it told beside the truth, and what
// it did or said otherwise than it was asked. An excuse never excuses silence: there is a finding.
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { paymentOf } from "./key-books.ts";
import type { Order } from "./order.ts";
import type { Books } from "./scenario.ts";
import type { Told } from "./webhooks.ts";
import type { World } from "./world.ts";

export type Excuses = {
  /** It told two ends of one operation, so that one of them was not so. */
  lied: boolean;
  /**
   * A lie may have decided: a success only where the provider was asked since, a denial only where
   * we did not know better.
   */
  mayDecide: boolean;
  /** It told what decides nothing, or was wrong about what it was asked. */
  wasWrong: boolean;
};

export function excusesOf({ webhooks, run, books }: World, { plan }: Order, payment: PaymentRecord): Excuses {
  const told = webhooks.told.filter(({ key }) => paymentOf(key) === payment.payment_id);
  const hasTwo = hasTwoEnds(told, books);
  const lies = told.filter(({ kind }) => kind === "lie");
  const lied = hasTwo || lies.length > 0;
  const mayDecide = hasTwo || lies.some((lie) => isDecisive(lie, books));
  const { nature, webhooks: way } = run.plan;
  // A clock that is ahead makes it as late: it may weaken a proof.
  const spareMs = nature.key_ttl_seconds * 1000 - Math.max(0, way?.skew_ms ?? 0);
  const isLate = ({ state, at_ms }: Told): boolean => state === "tombstoned" && at_ms - plan.at_ms > spareMs;
  const doubtful = told.some((word) => word.kind !== "true" || word.isWrong || isLate(word));
  return { lied, mayDecide, wasWrong: lied || doubtful || plan.wrong !== undefined };
}

/** We are not to be talked out of what we know, nor into what we did not ask about. */
const isDecisive = ({ key, state, at_ms, isKnownOtherwise }: Told, books: Books): boolean =>
  state === "succeeded" ? books.wasAskedSince(key, at_ms) : !isKnownOtherwise;

/** A provider that decides a refused key anew tells both, or one of the two, and both were so. */
const hasTwoEnds = (told: Told[], books: Books): boolean =>
  told.some(
    ({ key, state, kind }) =>
      kind === "true" && state === "refused" && books.truthOf(key).state === "succeeded",
  );
