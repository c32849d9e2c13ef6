// One conversion in memory and the steps of its saga, run by name:
// `ConversionSaga.after("on-ramp")` is a payment whose USDC is in transit. Only ports are replaced;
// the steps are the real ones.
import { acceptPayment } from "../../functions/accept-payment/accept-payment.ts";
import { authorizeConversion } from "../../functions/authorize-conversion/authorize-conversion.ts";
import { failPayment } from "../../functions/fail-payment/fail-payment.ts";
import type { SagaInput } from "../../functions/lib/contracts/types.ts";
import { houseKey, merchantKey } from "../../functions/lib/domain/accounts.ts";
import { type Fact, keptOf } from "../../functions/lib/domain/provider-fact.ts";
import { payoutOf, purchaseOf } from "../../functions/lib/domain/question.ts";
import type { Quote } from "../../functions/lib/domain/quote.ts";
import { type ProviderOperation, providerKey, STEPS_OF } from "../../functions/lib/domain/saga-definition.ts";
import { notifyPayment } from "../../functions/notify-payment/notify-payment.ts";
import { offRamp } from "../../functions/off-ramp/off-ramp.ts";
import { onRamp } from "../../functions/on-ramp/on-ramp.ts";
import { postLedger } from "../../functions/post-ledger/post-ledger.ts";
import { releaseHold } from "../../functions/release-hold/release-hold.ts";
import { resolveOffRamp } from "../../functions/resolve-off-ramp/resolve-off-ramp.ts";
import { resolveOnRamp } from "../../functions/resolve-on-ramp/resolve-on-ramp.ts";
import { reverseOnRamp } from "../../functions/reverse-on-ramp/reverse-on-ramp.ts";
import { validatePayment } from "../../functions/validate-payment/validate-payment.ts";
import { MemoryLedgerStore } from "./memory/memory-ledger-store.ts";
import { MemoryOffRamp, MemoryOnRamp } from "./memory/memory-ramps.ts";
import { MemoryRates } from "./memory/memory-rates.ts";
import { MemorySaga, OWNER } from "./memory-saga.ts";

export { OWNER };

/** The tasks of the conversion saga by the names of their functions, each with its provider. */
const TASKS = {
  "validate-payment": (saga: ConversionSaga) => validatePayment(saga),
  "authorize-conversion": (saga: ConversionSaga) => authorizeConversion(saga),
  "on-ramp": (saga: ConversionSaga) => onRamp({ ...saga.ports(), provider: saga.seller }),
  "resolve-on-ramp": (saga: ConversionSaga) => resolveOnRamp({ ...saga.ports(), provider: saga.seller }),
  "off-ramp": (saga: ConversionSaga) => offRamp({ ...saga.ports(), provider: saga.payer }),
  "resolve-off-ramp": (saga: ConversionSaga) => resolveOffRamp({ ...saga.ports(), provider: saga.payer }),
  "post-ledger": (saga: ConversionSaga) => postLedger(saga),
  "notify-payment": (saga: ConversionSaga) => notifyPayment(saga),
  "reverse-on-ramp": (saga: ConversionSaga) => reverseOnRamp({ ...saga.ports(), provider: saga.seller }),
  "release-hold": (saga: ConversionSaga) => releaseHold(saga),
  "fail-payment": (saga: ConversionSaga) => failPayment(saga),
};
export type Task = keyof typeof TASKS;

export class ConversionSaga extends MemorySaga<Task> {
  readonly ledger = new MemoryLedgerStore(
    this.payments.journals,
    this.payments.guards,
    this.clock,
    this.operations,
  );
  readonly rates = new MemoryRates();
  /** The on-ramp and the off-ramp. */
  readonly seller = new MemoryOnRamp();
  readonly payer = new MemoryOffRamp();

  /** Those of the ledger that a test has put in. */
  get accounts() {
    return this.ledger;
  }

  ports() {
    const { payments, ledger, quotes, policies, breaker, switches, verifications, clock } = this;
    return { payments, ledger, quotes, policies, breaker, switches, verifications, clock };
  }

  /**
   * Accepts a payment of 10.00 EUR from acc_a to acc_b in yen and goes on with it; `body` adds to
   * the request.
   */
  async accept(body: Record<string, unknown> = {}, key = "key-1"): Promise<string> {
    const accounts = { source_account: "acc_a", destination_account: "acc_b" };
    const accepted = await acceptPayment(this)({
      merchantId: "m1",
      requestId: `request of ${key}`,
      idempotencyKey: key,
      body: { amount: 1000, currency: "EUR", destination_currency: "JPY", ...accounts, ...body },
    });
    this.payment_id = accepted.payment_id;
    return accepted.payment_id;
  }

  static async accepted(body: Record<string, unknown> = {}): Promise<ConversionSaga> {
    const saga = new ConversionSaga();
    await saga.accept(body);
    return saga;
  }

  /** A payment whose saga has gone well up to and including the step. */
  static async after(
    last: (typeof STEPS_OF.stablecoin)[number],
    body: Record<string, unknown> = {},
  ): Promise<ConversionSaga> {
    const saga = await ConversionSaga.accepted(body);
    for (const step of STEPS_OF.stablecoin) {
      await saga.run(step);
      if (step === last) break;
    }
    return saga;
  }

  async perform(task: Task, input: SagaInput): Promise<void> {
    await TASKS[task](this)(input);
  }

  asked(): string[] {
    return [...this.seller.calls, ...this.payer.calls];
  }

  /** The terms that the payment has come to. */
  async quote(): Promise<Quote> {
    const quote = await this.quotes.find((await this.payment()).quote_id ?? "");
    if (!quote) throw new Error("the payment has no quote");
    return quote;
  }

  /** What the ramp is asked for to the unit, and what its success says that it gave. */
  async asksOf(operation: "on_ramp" | "off_ramp"): Promise<bigint> {
    return (await this.saysOf(operation)).received;
  }

  /** What the ramp's success says: the question, to the unit. */
  async saysOf(operation: "on_ramp" | "off_ramp") {
    const ask = operation === "on_ramp" ? purchaseOf : payoutOf;
    const { amount, currency, receive_amount, receive_currency } = ask(await this.quote());
    return { amount, currency, received: receive_amount, received_currency: receive_currency };
  }

  /** What was pending at the ramp has happened. */
  async settles(operation: "on_ramp" | "off_ramp", id: string): Promise<void> {
    const ramp = operation === "on_ramp" ? this.seller : this.payer;
    ramp.settle(this.key(operation), { outcome: "succeeded", id, ...(await this.saysOf(operation)) });
  }

  /** The ramp tells of its success. */
  async hearsOf(operation: "on_ramp" | "off_ramp", id: string): Promise<Fact> {
    const said = await this.saysOf(operation);
    return this.hears({ operation, state: "succeeded", ...keptOf({ id, ...said }) });
  }

  /** What the payment's journals come to in an account, `acc_a` or `house/in_transit`. */
  sum(account: string, currency: string): bigint {
    const key = account.startsWith("house/") ? account : merchantKey("m1", account);
    return [...this.payments.journals.values()]
      .flatMap(({ postings }) => postings)
      .filter((posting) => posting.account === key && posting.currency === currency)
      .reduce((sum, { amount }) => sum + amount, 0n);
  }

  /** USDC held for the payment. */
  inTransit(): bigint {
    return this.sum(houseKey("in_transit"), "USDC");
  }

  key(operation: ProviderOperation): string {
    return providerKey(this.payment_id, operation);
  }

  /** How often a ramp was asked to do, or about, that. */
  calls(operation: ProviderOperation | "find" | "tombstone"): number {
    return this.asked().filter((call) => call.startsWith(`${operation} `)).length;
  }
}
