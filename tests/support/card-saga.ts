// One card payment in memory and the steps of its saga, run by name:
// `CardSaga.after("post-ledger")` is a payment that stands right before its capture. Only ports are
// replaced; the steps are the real ones.
import { acceptPayment } from "../../functions/accept-payment/accept-payment.ts";
import { authorizePayment } from "../../functions/authorize-payment/authorize-payment.ts";
import { capturePayment } from "../../functions/capture-payment/capture-payment.ts";
import { failPayment } from "../../functions/fail-payment/fail-payment.ts";
import type { SagaInput } from "../../functions/lib/contracts/types.ts";
import { STEPS_OF } from "../../functions/lib/domain/saga-definition.ts";
import { notifyPayment } from "../../functions/notify-payment/notify-payment.ts";
import { postLedger } from "../../functions/post-ledger/post-ledger.ts";
import { resolveCapture } from "../../functions/resolve-capture/resolve-capture.ts";
import { reverseLedger } from "../../functions/reverse-ledger/reverse-ledger.ts";
import { validatePayment } from "../../functions/validate-payment/validate-payment.ts";
import { voidAuthorization } from "../../functions/void-authorization/void-authorization.ts";
import { MemoryLedgerStore } from "./memory/memory-ledger-store.ts";
import { MemoryProvider } from "./memory/memory-provider.ts";
import { MemorySaga, OWNER } from "./memory-saga.ts";

export { OWNER };

export const USER = "7f0c0d9e-5b52-4d8e-9a53-0d1f4b1c2a3b";

/** The steps of the card saga by the names of their functions. */
export const STEPS = {
  "validate-payment": validatePayment,
  "authorize-payment": authorizePayment,
  "post-ledger": postLedger,
  "capture-payment": capturePayment,
  "resolve-capture": resolveCapture,
  "notify-payment": notifyPayment,
  "reverse-ledger": reverseLedger,
  "void-authorization": voidAuthorization,
  "fail-payment": failPayment,
};
export type Task = keyof typeof STEPS;

export class CardSaga extends MemorySaga<Task> {
  readonly ledger = new MemoryLedgerStore(this.payments.journals, undefined, this.clock, this.operations);
  readonly approvals = this.ledger.approvals;
  readonly provider = new MemoryProvider();
  /** Merchants of other cells. */
  readonly elsewhere = new Set<string>();
  readonly admissions = { admits: async (merchantId: string) => !this.elsewhere.has(merchantId) };

  /** Those of the ledger that a test has put in. */
  get accounts() {
    return this.ledger;
  }

  /** Accepts a payment of 10.00 EUR and goes on with it; `body` adds to the request. */
  async accept(body: Record<string, unknown> = {}, key = "key-1"): Promise<string> {
    const accepted = await acceptPayment(this)({
      merchantId: "m1",
      requestId: `request of ${key}`,
      idempotencyKey: key,
      body: { amount: 1000, currency: "EUR", user_id: USER, ...body },
    });
    this.payment_id = accepted.payment_id;
    return accepted.payment_id;
  }

  static async accepted(body: Record<string, unknown> = {}): Promise<CardSaga> {
    const saga = new CardSaga();
    await saga.accept(body);
    return saga;
  }

  /** A payment whose saga has gone well up to and including the step. */
  static async after(
    last: (typeof STEPS_OF.card)[number],
    body: Record<string, unknown> = {},
  ): Promise<CardSaga> {
    const saga = await CardSaga.accepted(body);
    for (const step of STEPS_OF.card) {
      await saga.run(step);
      if (step === last) break;
    }
    return saga;
  }

  async perform(task: Task, input: SagaInput): Promise<void> {
    await STEPS[task](this)(input);
  }

  asked(): string[] {
    return [...this.provider.calls];
  }

  /** How often the provider was asked to do, or about, that. */
  calls(operation: "authorize" | "capture" | "void" | "find" | "tombstone"): number {
    return this.provider.calls.filter((call) => call.startsWith(`${operation} `)).length;
  }
}
