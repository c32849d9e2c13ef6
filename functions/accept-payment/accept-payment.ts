// Records a payment once per idempotency key and starts its saga. One conditional transaction and no lookup before it:
// whoever comes second reads the first one's answer from the refused write.
import { violations } from "../lib/contracts/contract.ts";
import type { CardPaymentRequest } from "../lib/contracts/types.ts";
import { DEFAULT_ACCOUNT, isHouseAccount } from "../lib/domain/accounts.ts";
import { eventOf } from "../lib/domain/events.ts";
import {
  differingMembers,
  type Fingerprint,
  fingerprintOf,
  idFor,
  parseKey,
} from "../lib/domain/idempotency.ts";
import { isCurrency } from "../lib/domain/money.ts";
import { type PaymentRecord, toApi } from "../lib/domain/payment.ts";
import { suspectStrings } from "../lib/domain/suspect-strings.ts";
import {
  type FieldError,
  IdempotencyKeyReused,
  InvalidRequest,
  ReferenceTaken,
  ServiceUnavailable,
} from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { SagaStarter } from "../lib/ports/saga-starter.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { mayStart } from "../lib/saga/start-gate.ts";

export type Ports = {
  payments: PaymentStore;
  sagas: SagaStarter;
  breaker: Breaker;
  switches: Switches;
  clock: Clock;
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

/** Throws InvalidRequest, IdempotencyKeyReused, ReferenceTaken or ServiceUnavailable; a failed or held start is no failure of the request. */
export const acceptPayment =
  ({ payments, sagas, breaker, switches, clock }: Ports) =>
  async (request: Request): Promise<Outcome> => {
    const { key, body } = validate(request);
    const payment = newPayment(request.merchantId, key, body, clock.now());
    if (await switches.isOn("stop-intake", payment.rail)) {
      throw new ServiceUnavailable(
        "payments are not taken for the moment: send the same request again later",
      );
    }
    const { payment_id } = payment;
    const fingerprint = fingerprintOf(request.body);
    const response = JSON.stringify(toApi(payment));
    const { rail, amount, currency } = body;
    const event = eventOf(payment, {
      type: "payment.accepted",
      data: { rail: rail ?? "card", amount, currency },
    });
    const accepted = await payments.accept({
      payment,
      event,
      fingerprint,
      response,
      requestId: request.requestId,
    });
    if (accepted.outcome === "reference-taken") {
      throw new ReferenceTaken("a living payment carries this reference", [], {
        payment_id: accepted.payment_id,
      });
    }
    if (accepted.outcome === "known") {
      refuseOtherBody(accepted.fingerprint, fingerprint);
      return { payment_id, response: accepted.response, replayed: true };
    }
    // No answer changes ours, nor does the lack of one: what was not started nor queued is found by the sweep.
    const started = await startNow({ sagas, breaker, switches }, payment).catch(() => false);
    if (!started) await sagas.enqueue(payment_id);
    return { payment_id, response, replayed: false };
  };

const startNow = async (
  { sagas, ...gate }: Pick<Ports, "sagas" | "breaker" | "switches">,
  { rail, payment_id }: PaymentRecord,
): Promise<boolean> => (await mayStart(gate, rail)) && (await sagas.start(rail, payment_id));

/** Everything that is wrong with the request, at once. */
function validate({ idempotencyKey, body, rail }: Request): { key: string; body: CardPaymentRequest } {
  const parsed = parseKey(idempotencyKey);
  const errors: FieldError[] = "wrong" in parsed ? [{ header: "Idempotency-Key", detail: parsed.wrong }] : [];
  if (!rail && isStablecoin(body))
    errors.push({ pointer: "/rail", detail: "the stablecoin rail is not open yet" });
  else errors.push(...violations("CardPaymentRequest", body), ...suspectStrings(body));
  if (typeof body.currency === "string" && /^[A-Z]{3}$/.test(body.currency) && !isCurrency(body.currency)) {
    errors.push({ pointer: "/currency", detail: "is not a currency of ISO 4217 that can be paid with" });
  }
  if (typeof body.destination_account === "string" && isHouseAccount(body.destination_account)) {
    errors.push({ pointer: "/destination_account", detail: "is a reserved name" });
  }
  if ("wrong" in parsed || errors.length > 0) throw new InvalidRequest("the request has errors", errors);
  return { key: parsed.key, body: body as unknown as CardPaymentRequest };
}

/** The seeds' other shape: two accounts instead of a user. */
const isStablecoin = (body: Record<string, unknown>): boolean =>
  body.rail === "stablecoin" || (body.rail === undefined && "source_account" in body && !("user_id" in body));

function newPayment(merchantId: string, key: string, body: CardPaymentRequest, now: number): PaymentRecord {
  const at = new Date(now).toISOString();
  const { amount, rail = "card", destination_account = DEFAULT_ACCOUNT, ...given } = body;
  return {
    payment_id: idFor("create-payment", merchantId, key),
    idempotency_key: key,
    merchant_id: merchantId,
    rail,
    amount: BigInt(amount),
    destination_account,
    ...given,
    status: "PENDING",
    created_at: at,
    updated_at: at,
    version: 1,
    marks: { intent: {}, tombstone: {}, undone: {} },
  };
}

function refuseOtherBody(first: Fingerprint, now: Fingerprint): void {
  if (first.body === now.body) return;
  const errors = differingMembers(first, now).map((name) => ({
    pointer: `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    detail: "differs from the first request with this key",
  }));
  throw new IdempotencyKeyReused("the first request with this key had another body", errors);
}
