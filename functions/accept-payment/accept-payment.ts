// Records a payment once per idempotency key, and starts its saga. Acceptance is one conditional
// transaction without a lookup before it. A repeated request gets the first answer from the write
// that was refused.
import { DEFAULT_ACCOUNT } from "../lib/domain/accounts.ts";
import { eventOf } from "../lib/domain/events.ts";
import { type Fingerprint, fingerprintOf, idFor, type KeptFingerprint } from "../lib/domain/idempotency.ts";
import { type PaymentRecord, toApi, unmarked } from "../lib/domain/payment.ts";
import { differencesFrom, isSameBody } from "../lib/domain/personal-data.ts";
import { canonicalUuid } from "../lib/domain/uuid.ts";
import { pointerTo } from "../lib/errors/json-pointer.ts";
import {
  IdempotencyKeyReused,
  InvalidRequest,
  NotFound,
  QuoteNotUsable,
  ReferenceTaken,
  ServiceUnavailable,
} from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { Exposure } from "../lib/ports/exposure.ts";
import type { Acceptance, Accepted, PaymentStore } from "../lib/ports/payment-store.ts";
import type { SagaStarter } from "../lib/ports/saga-starter.ts";
import type { Switches } from "../lib/ports/switches.ts";
import type { WriteThrottle } from "../lib/ports/write-throttle.ts";
import { holdOnStart } from "../lib/saga/start-gate.ts";
import { type PaymentRequest, readRequest } from "./payment-request.ts";

export type Ports = {
  payments: PaymentStore;
  sagas: SagaStarter;
  breaker: Breaker;
  switches: Switches;
  exposure: Exposure;
  throttle: WriteThrottle;
  clock: Clock;
  /** True where a payment's metadata may order the sandbox to fail: never in production. */
  takesOrders: boolean;
};

export type Request = {
  merchantId: string;
  requestId: string;
  idempotencyKey: string | undefined;
  body: Record<string, unknown>;
  /** The rail that the path demands; undefined where the body decides. */
  rail?: "card";
};

/** `response` is the exact text of the 202 answer. */
export type Outcome = { payment_id: string; response: string; replayed: boolean };

/**
 * Throws InvalidRequest, NotFound (of a quote), IdempotencyKeyReused, ReferenceTaken,
 * QuoteNotUsable, RateLimited or ServiceUnavailable. A start that fails or is held does not fail
 * the request.
 */
export const acceptPayment =
  ({ payments, sagas, switches, throttle, clock, takesOrders, ...gate }: Ports) =>
  async (request: Request): Promise<Outcome> => {
    const now = clock.now();
    const reading = { demanded: request.rail, takesOrders, now };
    const { key, untimely, ...read } = readRequest(request.body, request.idempotencyKey, reading);
    const payment = newPayment(request.merchantId, key, read, now);
    if (await switches.isOn("stop-intake", payment.rail)) {
      throw new ServiceUnavailable(
        "payments are not taken for the moment: send the same request again later",
      );
    }
    const { payment_id } = payment;
    // A currency's end, or a bound that came later, is no reason to answer a repeated request
    // otherwise than the first.
    if (untimely.length > 0 && !(await payments.load(payment_id)))
      throw new InvalidRequest("the request has errors", untimely);
    // A replay takes a token as well: that it is one shows only when the write was refused.
    await throttle.take(request.merchantId);
    const acceptance = acceptanceOf(payment, request);
    const accepted = await payments.accept(acceptance);
    if (accepted.outcome === "known") {
      refuseOtherBody(accepted.fingerprint, acceptance.fingerprint);
      return { payment_id, response: accepted.response, replayed: true };
    }
    if (accepted.outcome !== "created") throw refusalOf(accepted);
    // The answer is the same whether the start worked, failed or got no answer. The sweep finds a
    // payment that was neither started nor queued.
    const started = await startNow({ sagas, switches, ...gate }, payment).catch(() => false);
    if (!started) await sagas.enqueue(payment_id);
    return { payment_id, response: acceptance.response, replayed: false };
  };

/** Everything that the acceptance writes. */
function acceptanceOf(payment: PaymentRecord, { body, requestId }: Request): Acceptance {
  const { rail, amount, currency, merchant_id, destination_currency = currency, quote_id } = payment;
  const data = { rail, amount: Number(amount), currency };
  const claim = { merchant_id, amount, currency, destination_currency, at: payment.created_at };
  return {
    payment,
    event: eventOf(payment, { type: "payment.accepted", data }),
    fingerprint: fingerprintOf(body),
    response: JSON.stringify(toApi(payment)),
    requestId,
    ...(quote_id === undefined ? {} : { quote: { quote_id, claim } }),
  };
}

type Refused = Exclude<Accepted, { outcome: "created" | "known" }>;

function refusalOf(accepted: Refused): Error {
  if (accepted.outcome === "reference-taken") {
    const { payment_id } = accepted;
    return new ReferenceTaken("an open or completed payment carries this reference", [], { payment_id });
  }
  switch (accepted.quote) {
    case "unknown":
      return new NotFound("there is no such quote");
    case "used":
      return new QuoteNotUsable("another payment has used the quote");
    case "expired":
      return new QuoteNotUsable("the quote has expired");
    case "differs": {
      const errors = accepted.members.map((name) => ({
        pointer: `/${name}`,
        detail: "differs from the quote",
      }));
      return new InvalidRequest("the quote is of another conversion", errors);
    }
  }
}

const startNow = async (
  { sagas, ...gate }: Omit<Ports, "payments" | "clock" | "throttle" | "takesOrders">,
  payment: PaymentRecord,
): Promise<boolean> =>
  (await holdOnStart(gate, payment)) === undefined && (await sagas.start(payment.rail, payment.payment_id));

function newPayment(merchantId: string, key: string, read: PaymentRequest, now: number): PaymentRecord {
  const at = new Date(now).toISOString();
  const { amount, rail: _, ...given } = read.body;
  const defaults =
    read.rail === "card"
      ? { destination_account: DEFAULT_ACCOUNT }
      : { destination_currency: read.body.currency };
  return {
    payment_id: idFor("create-payment", merchantId, key),
    idempotency_key: key,
    merchant_id: merchantId,
    rail: read.rail,
    amount: BigInt(amount),
    ...defaults,
    ...given,
    ...("quote_id" in given && given.quote_id ? { quote_id: canonicalUuid(given.quote_id) } : {}),
    status: "PENDING",
    created_at: at,
    updated_at: at,
    version: 1,
    marks: unmarked(),
  };
}

function refuseOtherBody(first: KeptFingerprint, now: Fingerprint): void {
  if (isSameBody(first, now)) return;
  const errors = differencesFrom(first, now).map((name) => ({
    pointer: pointerTo([name]),
    detail: "differs from the first request with this key",
  }));
  throw new IdempotencyKeyReused("the first request with this key had another body", errors);
}
