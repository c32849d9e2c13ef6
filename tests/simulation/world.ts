// One world: a merchant's payments on one rail, the real steps over simulated ports, and everybody
// who touches the payments meanwhile. The payments share the merchant's accounts, the provider and
// its breaker, the switches and the clock.
import type { Policy } from "../../functions/lib/contracts/types.ts";
import { merchantKey } from "../../functions/lib/domain/accounts.ts";
import { depositJournal } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { paymentIdOf } from "../../functions/lib/domain/saga-executions.ts";
import type { PaymentStore } from "../../functions/lib/ports/payment-store.ts";
import { byHand } from "../support/conformance/fixtures.ts";
import { MemoryBreaker } from "../support/memory/memory-circuit-breaker.ts";
import { MemoryExposure } from "../support/memory/memory-exposure.ts";
import { MemoryFindingStore } from "../support/memory/memory-finding-store.ts";
import { MemoryLedgerStore } from "../support/memory/memory-ledger-store.ts";
import { type Carry, MemoryPaymentStore } from "../support/memory/memory-payment-store.ts";
import { MemorySwitches } from "../support/memory/memory-switches.ts";
import { Announcements } from "./announcements.ts";
import { askedUnder } from "./asked.ts";
import { Engine } from "./engine.ts";
import { Fold } from "./fold.ts";
import { isWritten, objectionsTo } from "./forbidden-writes.ts";
import { Invocation, type Run } from "./invocation.ts";
import { impatient, lifeOf } from "./machine.ts";
import type { Mutant, Neglect } from "./mutants.ts";
import { Operator } from "./operator.ts";
import { Order } from "./order.ts";
import { MERCHANT } from "./payment-plan.ts";
import { portsOf } from "./ports.ts";
import type { Books, Scenario } from "./scenario.ts";
import { Starts } from "./starts.ts";
import { Webhooks } from "./webhooks.ts";

export class World {
  readonly run: Run;
  readonly store: MemoryPaymentStore;
  readonly ledger: MemoryLedgerStore;
  readonly scenario: Scenario;
  readonly books: Books;
  readonly engine: Engine;
  /** The breaker takes no round trips: what that costs is shown elsewhere. */
  readonly gate: { breaker: MemoryBreaker; switches: MemorySwitches; exposure: MemoryExposure };
  readonly findings = new MemoryFindingStore();
  readonly orders: readonly Order[];
  readonly starts: Starts;
  readonly webhooks: Webhooks;
  /** Ids of what came in from outside. */
  readonly deposits: string[] = [];
  /** When a contradiction of the provider was first kept, by payment. */
  readonly disputedAt = new Map<string, number>();
  /** Writes that no task may make, in sentences. */
  readonly forbidden: string[] = [];
  /** What becomes of value in transit while the off-ramp stays down, as of now. */
  outage: Required<Policy>["off_ramp_outage"];
  private readonly mutant: Mutant | undefined;
  readonly announcements: Announcements;
  private readonly fold: Fold;
  private readonly operator: Operator;
  private functionsRun = 0;

  constructor(run: Run, scenario: Scenario, mutant?: Mutant) {
    this.run = run;
    this.scenario = scenario;
    this.outage = run.plan.outage;
    this.mutant = mutant;
    this.store = new MemoryPaymentStore(this.clock(), mutant?.judgement);
    this.ledger = new MemoryLedgerStore(this.store.journals, this.store.guards);
    this.webhooks = new Webhooks(this);
    this.books = scenario.booksOf(run, (row) => this.webhooks.hear(row));
    this.gate = {
      breaker: new MemoryBreaker(this.clock()),
      switches: new MemorySwitches(),
      exposure: new MemoryExposure(),
    };
    this.announcements = new Announcements(this);
    this.fold = new Fold(this);
    this.operator = new Operator(this);
    this.starts = new Starts(this);
    this.orders = run.plan.payments.map((plan) => new Order(this, plan));
    const patient = mutant?.machine?.(structuredClone(scenario.machine)) ?? scenario.machine;
    this.engine = new Engine(
      run,
      impatient(patient, scenario.forward, run.plan.patience),
      (fn, execution, by) => this.runTask(fn, execution, by),
      (execution) => this.operator.hear(execution),
    );
  }

  /** True in the mutant that takes an operator's word for everything. */
  get believesOperators(): boolean {
    return this.mutant?.believesOperators === true;
  }

  /** The store as a mutant shows it to a function that is no task. */
  altered(payments: MemoryPaymentStore, fn: string): PaymentStore {
    return this.mutant?.store?.(payments, fn, (key) => askedUnder(this.store, key)) ?? payments;
  }

  /** True in the mutant that does nothing about that. */
  neglects(what: Neglect): boolean {
    return this.mutant?.neglects === what;
  }

  /** Whoever is about, until nothing is left to happen; false when that never comes. */
  async live(mostEvents: number): Promise<boolean> {
    for (const order of this.orders) order.start();
    this.fund();
    this.throwSwitches();
    this.operator.start();
    this.webhooks.start();
    return this.run.schedule.drain(mostEvents);
  }

  private runTask(fn: string, execution: string, by: Invocation): Promise<void> {
    const task = this.scenario.tasks[fn];
    if (!task) throw new Error(`the scenario has no task ${fn}`);
    const ports = portsOf(this, by, fn, execution);
    const payment_id = paymentIdOf(execution) ?? "";
    const asked = (key: string) => askedUnder(this.store, key);
    return task(this.mutant?.ports?.(ports, fn, asked) ?? ports)({ payment_id, execution });
  }

  /**
   * A function of ours that is no task of the machine. `failed` hears of its death and of its
   * errors.
   */
  invoke(fn: string, code: (by: Invocation) => Promise<unknown>, failed: (error: Error) => void): void {
    const { schedule, trace } = this.run;
    const name = `${fn}@${++this.functionsRun}`;
    const by = new Invocation(this.run, name, lifeOf(fn), (error) => failed(new Error(error)));
    code(by).then(
      (value) => {
        by.end();
        if (value !== undefined)
          trace.add(schedule.now, name, `returns ${JSON.stringify(value).slice(0, 60)}`);
      },
      (error: Error) => {
        by.end();
        trace.add(schedule.now, name, `throws ${error.name}: ${error.message}`);
        failed(error);
      },
    );
  }

  /** The store as an invocation sees it; what a saga's task writes is judged at that instant. */
  storeOf(by: Invocation, execution?: string): MemoryPaymentStore {
    const carry: Carry = (operation, effect) =>
      by.store(operation, () => {
        if (!/^(begin|mark|record|commit|accept|dispute)/.test(operation)) return effect();
        const objections = execution ? objectionsTo(this, execution, operation) : [];
        const value = effect();
        if (isWritten(operation, value))
          this.forbidden.push(...objections.map((why) => `${why}: ${by.name}: ${operation}`));
        if (operation.startsWith("dispute")) this.noteDisputes();
        this.announcements.poll();
        this.fold.poll();
        return value;
      });
    return this.store.through(carry, by.clock);
  }

  private noteDisputes(): void {
    const { now } = this.clock();
    for (const { payment_id } of this.run.plan.payments)
      if (this.store.isDisputed(payment_id) && !this.disputedAt.has(payment_id))
        this.disputedAt.set(payment_id, now());
  }

  clock() {
    return this.run.schedule.clock(this.run.random);
  }

  /** Every payment that was accepted, at this instant. */
  payments(): PaymentRecord[] {
    return this.store.ids().flatMap((id) => this.store.read(id) ?? []);
  }

  /** A person decides what was held: it is sold back, or tried for as long as it takes. */
  decide(): void {
    const { action: held } = this.outage;
    if (held === "unwind") return;
    const isPatient = this.run.plan.patience === Number.POSITIVE_INFINITY;
    const action =
      held === "hold" && isPatient ? this.run.random.pick(["unwind", "resume"] as const) : "unwind";
    this.outage = { ...this.outage, action };
    this.run.trace.add(this.run.schedule.now, "operator", `decides to ${action}`);
  }

  /**
   * An account that forbids an overdraft is there from the beginning; its funds come when they
   * come.
   */
  private fund(): void {
    const { schedule, plan, trace } = this.run;
    const { source_account, currency } = this.scenario.body;
    if (plan.funds === undefined || source_account === undefined) return;
    const { at_ms, amount } = plan.funds;
    const account_id = String(source_account);
    const account_key = merchantKey(MERCHANT, account_id);
    const opened_at = new Date(this.clock().now()).toISOString();
    void this.ledger.open({ account_key, account_id, status: "open", overdraft: "forbid", opened_at });
    schedule.in(at_ms, () => {
      this.deposits.push("deposit-1");
      const deposit = depositJournal("deposit-1", MERCHANT, account_id, BigInt(amount), String(currency));
      // Whoever takes a deposit folds it at once.
      void this.ledger.post(deposit, byHand(deposit)).then(() => this.ledger.fold([deposit]));
      trace.add(schedule.now, "merchant", `funds ${account_id} with ${amount}`);
      this.fold.poll();
    });
  }

  private throwSwitches(): void {
    const { schedule, plan, trace } = this.run;
    const { on } = this.gate.switches;
    for (const { name, from_ms, to_ms } of plan.switches) {
      schedule.in(from_ms, () => {
        on.add(name);
        trace.fault(schedule.now, "operator", `throws ${name}`, `switch: ${name}`);
      });
      schedule.in(to_ms, () => {
        on.delete(name);
        trace.add(schedule.now, "operator", `takes ${name} back`);
      });
    }
  }
}
