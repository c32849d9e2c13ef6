// One card payment in memory and the steps of its saga, run by name: `CardSaga.after("post-ledger")` is a payment that
// stands right before its capture. Only ports are replaced; the steps are the real ones.
import { acceptPayment } from "../../functions/accept-payment/accept-payment.ts";
import { authorizePayment } from "../../functions/authorize-payment/authorize-payment.ts";
import { capturePayment } from "../../functions/capture-payment/capture-payment.ts";
import { failPayment } from "../../functions/fail-payment/fail-payment.ts";
import type { Policy, SagaInput } from "../../functions/lib/contracts/types.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { CARD_STEPS, type Step } from "../../functions/lib/domain/steps.ts";
import { notifyPayment } from "../../functions/notify-payment/notify-payment.ts";
import { postLedger } from "../../functions/post-ledger/post-ledger.ts";
import { resolveCapture } from "../../functions/resolve-capture/resolve-capture.ts";
import { reverseLedger } from "../../functions/reverse-ledger/reverse-ledger.ts";
import { validatePayment } from "../../functions/validate-payment/validate-payment.ts";
import { voidAuthorization } from "../../functions/void-authorization/void-authorization.ts";
import { ManualClock } from "./memory/manual-clock.ts";
import { MemoryBreaker } from "./memory/memory-breaker.ts";
import { MemoryLedgerStore } from "./memory/memory-ledger-store.ts";
import { MemoryPaymentStore } from "./memory/memory-payment-store.ts";
import { MemoryProvider } from "./memory/memory-provider.ts";
import { MemorySagas } from "./memory/memory-sagas.ts";
import { MemorySwitches } from "./memory/memory-switches.ts";

/** The execution that owns the payment; any other name is a stale owner. */
export const OWNER = "attempt-1";
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

export class CardSaga {
  readonly clock = new ManualClock();
  readonly payments = new MemoryPaymentStore(this.clock);
  readonly ledger = new MemoryLedgerStore(this.payments.journals);
  readonly provider = new MemoryProvider();
  readonly sagas = new MemorySagas();
  readonly breaker = new MemoryBreaker(this.clock);
  readonly switches = new MemorySwitches();
  policy: Required<Policy> = { enabled: true, rails: {}, max_amount: {}, card_fee_bps: 150 };
  readonly policies = { policyOf: async () => this.policy };
  opensAccounts = true;
  payment_id = "";

  /** An accepted payment of 10.00 EUR; `body` adds to the request. */
  static async accepted(body: Record<string, unknown> = {}): Promise<CardSaga> {
    const saga = new CardSaga();
    const accepted = await acceptPayment(saga)({
      merchantId: "m1",
      requestId: "request-1",
      idempotencyKey: "key-1",
      body: { amount: 1000, currency: "EUR", user_id: USER, ...body },
    });
    saga.payment_id = accepted.payment_id;
    return saga;
  }

  /** A payment whose saga has gone well up to and including the step. */
  static async after(last: Step, body: Record<string, unknown> = {}): Promise<CardSaga> {
    const saga = await CardSaga.accepted(body);
    for (const step of CARD_STEPS.slice(0, CARD_STEPS.indexOf(last) + 1)) await saga.run(step);
    return saga;
  }

  /** Runs one task as the machine would; a millisecond passes. */
  async run(task: Task, execution = OWNER): Promise<void> {
    this.clock.advance(1);
    const input: SagaInput = { payment_id: this.payment_id, execution };
    await STEPS[task](this)(input);
  }

  /** Runs a task that must fail, and gives the error's name. */
  async fail(task: Task, execution = OWNER): Promise<string> {
    try {
      await this.run(task, execution);
    } catch (error) {
      return error instanceof Error ? error.name : String(error);
    }
    throw new Error(`${task} did not fail`);
  }

  async payment(): Promise<PaymentRecord> {
    const payment = await this.payments.load(this.payment_id);
    if (!payment) throw new Error("the payment is gone");
    return payment;
  }

  /** The types of the payment's events, in order, without their common prefix. */
  async told(): Promise<string[]> {
    const events = await this.payments.events(this.payment_id);
    return events.map(({ type }) => type.replace("payment.", ""));
  }

  /** How often the provider was asked to do, or about, that. */
  calls(operation: "authorize" | "capture" | "void" | "find" | "tombstone"): number {
    return this.provider.calls.filter((call) => call.startsWith(`${operation} `)).length;
  }

  /** The merchant withdraws the payment. */
  requestCancel(): void {
    this.payments.alter(this.payment_id, { cancel_requested_at: this.clock.now() });
  }

  /** An undo of the step has begun elsewhere. */
  async tombstone(step: Step): Promise<void> {
    await this.payments.mark(this.payment_id, "tombstone", step, { execution: OWNER });
  }

  /** Everything that a task could have written or asked for. */
  async everything() {
    return {
      payment: await this.payment(),
      told: await this.told(),
      journals: [...this.payments.journals.keys()],
      calls: [...this.provider.calls],
    };
  }
}
