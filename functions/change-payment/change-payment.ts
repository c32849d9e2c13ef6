// Changes what a merchant says of its payment, at any time and as often as MOST_CHANGES. A change
// that others overtake is merged anew into what they left. It never waits for a saga, and no saga
// waits for it.
import type { Payment } from "../lib/contracts/types.ts";
import { changeOf } from "../lib/domain/change.ts";
import { shownVersion, toApi } from "../lib/domain/payment.ts";
import { ChangedMeanwhile, ReferenceTaken, StoreContention, VersionDiffers } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { WriteThrottle } from "../lib/ports/write-throttle.ts";
import { visiblePayment } from "../lib/saga/visible-payment.ts";
import { readIfMatch } from "./if-match.ts";
import { changedBy, readChange } from "./payment-change.ts";

export type Ports = { payments: PaymentStore; throttle: WriteThrottle; clock: Clock };

export type Request = {
  merchantId: string;
  paymentId: string;
  /** The header. */
  ifMatch: string | undefined;
  body: Record<string, unknown>;
};

/** `change` is the number of the change; absent where everything was as it was asked for. */
export type Outcome = { payment: Payment; change?: number };

/** Whoever is overtaken so often meets more than a few others. */
const TRIES = 6;
/** Milliseconds at most before a change that was overtaken is merged anew. */
const PAUSE_MS = 100;

/**
 * Done again, it changes nothing more. Throws InvalidRequest, NotFound, VersionDiffers,
 * PaymentErased, ReferenceFixed, ReferenceTaken, TooManyChanges, RateLimited or ChangedMeanwhile.
 */
export const changePayment =
  (ports: Ports) =>
  async (request: Request): Promise<Outcome> => {
    const { merchantId, ifMatch, body } = request;
    const change = readChange(body);
    const isMeant = readIfMatch(ifMatch);
    await ports.throttle.take(merchantId);
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const outcome = await tryChange(ports, request, change, isMeant);
      if (outcome) return outcome;
      await ports.clock.sleep(ports.clock.random() * PAUSE_MS);
    }
    throw new ChangedMeanwhile("others change the payment at the same time: try again");
  };

/** Undefined where another change came first. */
async function tryChange(
  { payments, clock }: Ports,
  request: Request,
  change: ReturnType<typeof readChange>,
  isMeant: ReturnType<typeof readIfMatch>,
): Promise<Outcome | undefined> {
  const payment = await visiblePayment(payments, request);
  if (!isMeant(shownVersion(payment)))
    throw new VersionDiffers(`the payment is at version ${shownVersion(payment)}: read it again`);
  const to = changedBy(payment, change);
  if (!to) return { payment: toApi(payment) };
  const next = changeOf(payment, to, clock.now());
  const made = await payments.change(payment, next).catch(overtakenBy);
  if (made.outcome === "overtaken") return undefined;
  if (made.outcome === "reference-taken") {
    const { payment_id } = made;
    throw new ReferenceTaken("an open or completed payment carries this reference", [], { payment_id });
  }
  return { payment: toApi({ ...payment, changed: next.changed }), change: next.changed.changes };
}

/** A store that is busy with other changes has written nothing. */
function overtakenBy(error: unknown): { outcome: "overtaken" } {
  if (error instanceof StoreContention) return { outcome: "overtaken" };
  throw error;
}
