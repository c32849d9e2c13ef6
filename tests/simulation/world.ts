// One payment in one world: the real steps over simulated ports, and everybody who touches the
// payment meanwhile.
import type { Policy } from "../../functions/lib/contracts/types.ts";
import { merchantKey } from "../../functions/lib/domain/accounts.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { ProviderUnavailable } from "../../functions/lib/errors/registry.ts";
import type { FindingStore } from "../../functions/lib/ports/finding-store.ts";
import type { PolicySource } from "../../functions/lib/ports/policy-source.ts";
import type { Provider } from "../../functions/lib/ports/provider.ts";
import type { QuoteStore } from "../../functions/lib/ports/quote-store.ts";
import type { RateSource } from "../../functions/lib/ports/rate-source.ts";
import { MemoryBreaker } from "../support/memory/memory-circuit-breaker.ts";
import { MemoryExposure } from "../support/memory/memory-exposure.ts";
import { MemoryFindingStore } from "../support/memory/memory-finding-store.ts";
import { MemoryLedgerStore } from "../support/memory/memory-ledger-store.ts";
import { type Carry, MemoryPaymentStore } from "../support/memory/memory-payment-store.ts";
import { MemoryQuoteStore } from "../support/memory/memory-quote-store.ts";
import { MemorySwitches } from "../support/memory/memory-switches.ts";
import { POLICY } from "../support/policy.ts";
import { Announcements } from "./announcements.ts";
import { Engine } from "./engine.ts";
import { faultOf } from "./fault-plan.ts";
import { Invocation, isCalm, type Run } from "./invocation.ts";
import { impatient, lifeOf } from "./machine.ts";
import { Merchant } from "./merchant.ts";
import type { Mutant, Ports } from "./mutants.ts";
import { Operator } from "./operator.ts";
import type { Books, Scenario } from "./scenario.ts";
import { Starts } from "./starts.ts";

/** USDC per major unit. */
const PRICES: Record<string, number> = { EUR: 1.1, JPY: 0.0066 };

export class World {
  readonly run: Run;
  readonly store: MemoryPaymentStore;
  readonly ledger: MemoryLedgerStore;
  readonly scenario: Scenario;
  readonly books: Books;
  readonly engine: Engine;
  /**
   * Nobody turns a switch here, and the breaker takes no round trips: what they hold back is shown
   * elsewhere.
   */
  readonly gate: { breaker: MemoryBreaker; switches: MemorySwitches; exposure: MemoryExposure };
  readonly findings = new MemoryFindingStore();
  readonly merchant: Merchant;
  readonly starts: Starts;
  /** Writes by an execution that was not the owner at that instant. */
  readonly stale: string[] = [];
  private readonly mutant: Mutant | undefined;
  private readonly announcements: Announcements;
  private readonly operator: Operator;
  private functionsRun = 0;
  private outage: Required<Policy>["off_ramp_outage"];

  constructor(run: Run, scenario: Scenario, mutant?: Mutant) {
    this.run = run;
    this.scenario = scenario;
    this.outage = run.plan.outage;
    this.mutant = mutant;
    this.store = new MemoryPaymentStore(run.schedule.clock(run.random), mutant?.judgement);
    this.ledger = new MemoryLedgerStore(this.store.journals, this.store.guards);
    this.books = scenario.booksOf(run);
    this.gate = {
      breaker: new MemoryBreaker(run.schedule.clock(run.random)),
      switches: new MemorySwitches(),
      exposure: new MemoryExposure(),
    };
    this.announcements = new Announcements(this);
    this.operator = new Operator(this);
    this.starts = new Starts(this);
    this.merchant = new Merchant(this, mutant?.cancelIgnoresPivot === true);
    const patient = mutant?.machine?.(structuredClone(scenario.machine)) ?? scenario.machine;
    this.engine = new Engine(
      run,
      impatient(patient, scenario.forward, run.plan.patience),
      (fn, execution, by) => {
        const step = scenario.tasks[fn];
        if (!step) throw new Error(`the scenario has no task ${fn}`);
        const [payment_id = ""] = this.store.ids();
        const ports = this.portsOf(by, fn, execution);
        return step(ports)({ payment_id, execution });
      },
      (execution) => this.operator.hear(execution),
    );
  }

  /** True in the mutant that takes an operator's word for everything. */
  get believesOperators(): boolean {
    return this.mutant?.believesOperators === true;
  }

  /** Whoever is about, until nothing is left to happen; false when that never comes. */
  async live(mostEvents: number): Promise<boolean> {
    this.merchant.start();
    this.fund();
    this.operator.start();
    return this.run.schedule.drain(mostEvents);
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

  /**
   * The store as an invocation sees it; every write of a saga's task is checked against the owner
   * of that instant.
   */
  storeOf(by: Invocation, execution?: string): MemoryPaymentStore {
    const carry: Carry = (operation, effect) =>
      by.store(operation, () => {
        const isWrite = /^(mark|record|commit|accept)/.test(operation);
        const owner = isWrite && execution ? this.payment()?.owner_execution : undefined;
        const value = effect();
        if (owner !== undefined && owner !== execution && value !== false)
          this.stale.push(`${by.name}: ${operation}`);
        if (isWrite) this.announcements.poll();
        return value;
      });
    return this.store.through(carry);
  }

  private portsOf(by: Invocation, fn: string, execution: string): Ports {
    const { schedule, random } = this.run;
    const ports: Ports = {
      payments: this.storeOf(by, execution),
      quotes: this.quotesOf(by),
      rates: this.ratesOf(by),
      provider: this.books.providerFor(fn, by) as Provider,
      clock: schedule.clock(random),
      ledger: this.ledgerOf(by),
      policies: this.policiesOf(by),
      ...this.gate,
      opensAccounts: true,
    };
    return this.mutant?.ports?.(ports, fn) ?? ports;
  }

  policiesOf(by: Invocation): PolicySource {
    return {
      deployment: this.policy(),
      policyOf: () => by.store("get policy", () => this.policy()),
    };
  }

  private policy(): Required<Policy> {
    const { disabled } = this.run.plan;
    const { now } = this.run.schedule;
    const isDisabled = disabled && now >= disabled.from_ms && now < disabled.to_ms;
    return { ...POLICY, off_ramp_outage: this.outage, enabled: !isDisabled };
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
    const { schedule, plan } = this.run;
    const { source_account, amount, currency } = this.scenario.body;
    if (plan.funded_at_ms === undefined || source_account === undefined) return;
    const account_id = String(source_account);
    const account_key = merchantKey("m1", account_id);
    const opened_at = new Date(this.clock().now()).toISOString();
    void this.ledger.open({ account_key, account_id, status: "open", overdraft: "forbid", opened_at });
    schedule.in(plan.funded_at_ms, () => {
      this.store.guards.set(`${account_key} ${currency}`, BigInt(Number(amount)));
      this.run.trace.add(schedule.now, "merchant", `funds ${account_id}`);
    });
  }

  private quotesOf(by: Invocation): QuoteStore {
    const quotes = new MemoryQuoteStore(this.store.quotes);
    return {
      keep: async (quote) => await by.store("keep quote", () => quotes.keep(quote)),
      find: async (quoteId) => await by.store("find quote", () => quotes.find(quoteId)),
    };
  }

  /** The market moves, and it is out with its provider. */
  private ratesOf(by: Invocation): RateSource {
    const { run } = this;
    return {
      ratesOf: (currency) =>
        by.request((answer) => {
          const fault = isCalm(run) ? undefined : faultOf(run.plan.provider, run.random, run.schedule.now);
          const isDown = fault === "unavailable" || fault === "lost";
          const price = (PRICES[currency] ?? 0) * run.random.between(0.99, 1.01);
          const rates = {
            currency,
            mid: price.toFixed(6),
            on_ramp: price.toFixed(6),
            off_ramp: price.toFixed(6),
          };
          answer(by.pace(), (resolve, reject) =>
            isDown ? reject(new ProviderUnavailable("there are no rates")) : resolve(rates),
          );
        }),
    };
  }

  /** The ledger's single items, each round trip on its way like any other. */
  private ledgerOf(by: Invocation): MemoryLedgerStore {
    const { ledger } = this;
    const view = Object.create(ledger) as MemoryLedgerStore;
    view.account = async (key) => await by.store("get account", () => ledger.account(key));
    view.open = async (account) => await by.store("open account", () => ledger.open(account));
    return view;
  }

  findingsOf(by: Invocation): FindingStore {
    return this.findings.through(by.store);
  }

  clock() {
    return this.run.schedule.clock(this.run.random);
  }

  /** The one payment, at this instant. */
  payment(): PaymentRecord | undefined {
    return this.store.read(this.store.ids()[0] ?? "");
  }
}
