// One payment in one world: the real steps over simulated ports, and everybody who touches the payment meanwhile.
import type { Policy } from "../../functions/lib/contracts/types.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import type { Finding, FindingStore } from "../../functions/lib/ports/finding-store.ts";
import type { Definition } from "../../scripts/local/engine/definition.ts";
import { STEPS } from "../support/card-saga.ts";
import { MemoryBreaker } from "../support/memory/memory-breaker.ts";
import { MemoryLedgerStore } from "../support/memory/memory-ledger-store.ts";
import { type Carry, MemoryPaymentStore } from "../support/memory/memory-payment-store.ts";
import { MemorySwitches } from "../support/memory/memory-switches.ts";
import { Announcements } from "./announcements.ts";
import { Engine } from "./engine.ts";
import { Invocation, type Run } from "./invocation.ts";
import { impatient, lifeOf } from "./machine.ts";
import { Merchant } from "./merchant.ts";
import type { Mutant, Ports } from "./mutants.ts";
import { Operator } from "./operator.ts";
import { ProviderBooks, providerOf } from "./provider.ts";
import { Starts } from "./starts.ts";

const POLICY: Required<Policy> = { enabled: true, rails: {}, max_amount: {}, card_fee_bps: 150 };

export class World {
  readonly run: Run;
  readonly store: MemoryPaymentStore;
  readonly ledger: MemoryLedgerStore;
  readonly books: ProviderBooks;
  readonly engine: Engine;
  /** Nobody turns a switch here, and the breaker takes no round trips: what they hold back is shown elsewhere. */
  readonly gate: { breaker: MemoryBreaker; switches: MemorySwitches };
  readonly findings: Finding[] = [];
  readonly merchant: Merchant;
  readonly starts: Starts;
  /** Writes by an execution that was not the owner at that instant. */
  readonly stale: string[] = [];
  private readonly mutant: Mutant | undefined;
  private readonly announcements: Announcements;
  private readonly operator: Operator;
  private functionsRun = 0;

  constructor(run: Run, definition: Definition, mutant?: Mutant) {
    this.run = run;
    this.mutant = mutant;
    this.store = new MemoryPaymentStore(run.schedule.clock(run.random), mutant?.judgement);
    this.ledger = new MemoryLedgerStore(this.store.journals);
    this.books = new ProviderBooks(run);
    this.gate = {
      breaker: new MemoryBreaker(run.schedule.clock(run.random)),
      switches: new MemorySwitches(),
    };
    this.announcements = new Announcements(this);
    this.operator = new Operator(this);
    this.starts = new Starts(this);
    this.merchant = new Merchant(this, mutant?.cancelIgnoresPivot === true);
    const patient = mutant?.machine?.(structuredClone(definition)) ?? definition;
    this.engine = new Engine(
      run,
      impatient(patient, run.weather.patience),
      (fn, execution, by) => {
        const step = STEPS[fn as keyof typeof STEPS];
        const [payment_id = ""] = this.store.ids();
        const ports = this.portsOf(by, fn, execution);
        return step(ports)({ payment_id, execution });
      },
      (execution) => this.operator.hear(execution),
    );
  }

  /** Whoever is about, until nothing is left to happen; false when that never comes. */
  async live(mostEvents: number): Promise<boolean> {
    this.merchant.start();
    this.operator.start();
    return this.run.schedule.drain(mostEvents);
  }

  /** A function of ours that is no task of the machine. `failed` hears of its death and of its errors. */
  invoke(fn: string, code: (by: Invocation) => Promise<unknown>, failed: (error: Error) => void): void {
    const { schedule, story } = this.run;
    const name = `${fn}@${++this.functionsRun}`;
    const by = new Invocation(this.run, name, lifeOf(fn), (error) => failed(new Error(error)));
    code(by).then(
      (value) => {
        by.end();
        if (value !== undefined)
          story.tell(schedule.now, name, `returns ${JSON.stringify(value).slice(0, 60)}`);
      },
      (error: Error) => {
        by.end();
        story.tell(schedule.now, name, `throws ${error.name}: ${error.message}`);
        failed(error);
      },
    );
  }

  /** The store as an invocation sees it; every write of a saga's task is checked against the owner of that instant. */
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
      provider: providerOf(this.run, this.books, by),
      clock: schedule.clock(random),
      ledger: this.ledgerOf(by),
      policies: { policyOf: () => by.store("get policy", () => this.policy()) },
      ...this.gate,
      opensAccounts: true,
    };
    return this.mutant?.ports?.(ports, fn) ?? ports;
  }

  private policy(): Required<Policy> {
    const { disabled } = this.run.weather;
    const { now } = this.run.schedule;
    return disabled && now >= disabled.from_ms && now < disabled.to_ms
      ? { ...POLICY, enabled: false }
      : POLICY;
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
    return {
      open: (finding) => by.store(`open finding ${finding.kind}`, () => void this.findings.push(finding)),
    };
  }

  clock() {
    return this.run.schedule.clock(this.run.random);
  }

  /** The one payment, at this instant. */
  payment(): PaymentRecord | undefined {
    return this.store.read(this.store.ids()[0] ?? "");
  }
}
