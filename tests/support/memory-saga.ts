// One payment in memory whose saga runs task by task: what the sagas of both rails have in common.
// Only ports are replaced.
import type { Policy, SagaInput } from "../../functions/lib/contracts/types.ts";
import { changeOf } from "../../functions/lib/domain/change.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import type { Fact } from "../../functions/lib/domain/provider-fact.ts";
import type { Step } from "../../functions/lib/domain/saga-definition.ts";
import type { PolicySource } from "../../functions/lib/ports/policy-source.ts";
import { ManualClock } from "./memory/manual-clock.ts";
import { MemoryBreaker } from "./memory/memory-circuit-breaker.ts";
import { MemoryExposure } from "./memory/memory-exposure.ts";
import { MemoryPaymentStore } from "./memory/memory-payment-store.ts";
import { MemoryQuoteStore } from "./memory/memory-quote-store.ts";
import { MemorySagas } from "./memory/memory-sagas.ts";
import { MemorySweepCursor } from "./memory/memory-sweep-cursor.ts";
import { MemorySwitches } from "./memory/memory-switches.ts";
import { MemoryThrottle } from "./memory/memory-throttle.ts";
import { MemoryVerifications } from "./memory/memory-verifications.ts";
import { POLICY, policiesBy } from "./policy.ts";

/** The execution that owns the payment; any other name is a stale owner. */
export const OWNER = "attempt-1";

export abstract class MemorySaga<Task extends string> {
  readonly clock = new ManualClock();
  readonly payments = new MemoryPaymentStore(this.clock);
  readonly quotes = new MemoryQuoteStore(this.payments.quotes);
  readonly sagas = new MemorySagas();
  readonly starts = this.sagas;
  readonly cursor = new MemorySweepCursor();
  readonly verifications = new MemoryVerifications();
  readonly breaker = new MemoryBreaker(this.clock);
  readonly switches = new MemorySwitches();
  readonly exposure = new MemoryExposure();
  readonly throttle = new MemoryThrottle();
  readonly operations = this.payments.operations;
  policy: Required<Policy> = POLICY;
  readonly policies: PolicySource = policiesBy(() => this.policy);
  opensAccounts = true;
  takesOrders = true;
  payment_id = "";

  abstract perform(task: Task, input: SagaInput): Promise<void>;
  /** Everything that providers were asked, in their order. */
  abstract asked(): string[];

  /** Runs one task as the machine would; a millisecond passes. */
  async run(task: Task, execution = OWNER): Promise<void> {
    this.clock.advance(1);
    await this.perform(task, { payment_id: this.payment_id, execution });
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

  /** The merchant changes what it says of the payment: an event that is not the saga's. */
  async change(): Promise<void> {
    const payment = await this.payment();
    const to = { description: `changed at ${this.clock.now()}` };
    await this.payments.change(payment, changeOf(payment, to, this.clock.now()));
  }

  /** The merchant cancels the payment. */
  async requestCancel(): Promise<void> {
    await this.payments.requestCancel(this.payment_id, "m1");
  }

  /** An undo of the step has begun elsewhere. */
  async tombstone(step: Step): Promise<void> {
    await this.payments.mark(this.payment_id, "tombstone", step, { execution: OWNER });
  }

  /** A provider, or an operator for one, tells what became of an operation, now. */
  async hears(fact: Omit<Fact, "at">): Promise<Fact> {
    const told = { ...fact, at: new Date(this.clock.now()).toISOString() };
    await this.payments.recordFact(this.payment_id, told);
    return told;
  }

  /** Its execution gave up at that state with that error. */
  async park(at: { state: string; error: string }): Promise<void> {
    await this.payments.commit(await this.payment(), {
      guard: { execution: OWNER, evenDisputed: true },
      status: "IN_REVIEW",
      changes: {},
      event: { type: "payment.parked", data: { execution: OWNER, ...at } },
      journals: [],
      achieves: { onlyIfUnchanged: true },
    });
  }

  /** Everything that a task could have written or asked for. */
  async everything() {
    return {
      payment: await this.payment(),
      told: await this.told(),
      journals: [...this.payments.journals.keys()],
      calls: this.asked(),
    };
  }
}
