// What a function of ours may ask for, as one invocation reaches it: every round trip is on its
// way, and may meet a fault.
import type { Policy } from "../../functions/lib/contracts/types.ts";
import { ProviderUnavailable } from "../../functions/lib/errors/registry.ts";
import type { Posted } from "../../functions/lib/ports/ledger-store.ts";
import type { OperatorJournal } from "../../functions/lib/ports/operator-journal.ts";
import type { PolicySource } from "../../functions/lib/ports/policy-source.ts";
import type { Provider } from "../../functions/lib/ports/provider.ts";
import type { QuoteStore } from "../../functions/lib/ports/quote-store.ts";
import type { RateSource } from "../../functions/lib/ports/rate-source.ts";
import type { MemoryLedgerStore } from "../support/memory/memory-ledger-store.ts";
import { MemoryQuoteStore } from "../support/memory/memory-quote-store.ts";
import { POLICY } from "../support/policy.ts";
import { executionsOf } from "./executions.ts";
import { faultOf, isWithin } from "./fault-plan.ts";
import { type Invocation, isCalm, type Run } from "./invocation.ts";
import type { Ports } from "./mutants.ts";
import { booksOf } from "./verifications.ts";
import type { World } from "./world.ts";

/** USDC per major unit. */
const PRICES: Record<string, number> = { EUR: 1.1, JPY: 0.0066 };

/** The ports of a task; `execution` is the one that it writes for. */
export const portsOf = (world: World, by: Invocation, fn: string, execution: string): Ports => ({
  payments: world.storeOf(by, execution),
  quotes: quotesOf(world, by),
  rates: ratesOf(world.run, by),
  provider: world.books.providerFor(fn, by) as Provider,
  clock: by.clock,
  accounts: ledgerOf(world, by),
  policies: policiesOf(world, by),
  ...world.gate,
  opensAccounts: true,
});

/** What a function that is no task asks for: whatever looks after sagas, or hears of them. */
export const carePortsOf = (world: World, by: Invocation, fn: string) => ({
  ...world.gate,
  payments: world.altered(world.storeOf(by), fn),
  quotes: quotesOf(world, by),
  sagas: world.starts.starterOf(by),
  executions: executionsOf(world, by),
  findings: world.findings.through(by.store),
  operations: operationsOf(world, by),
  ...booksOf(world, { ledger: ledgerOf(world, by), verifications: world.announcements.queueOf(by) }),
  policies: policiesOf(world, by),
  clock: by.clock,
});

function operationsOf({ ledger: { operations } }: World, { store }: Invocation): OperatorJournal {
  return {
    record: async (operation) => await store("record operation", () => operations.record(operation)),
    ofDay: async (...asked) => await store("list operations", () => operations.ofDay(...asked)),
  };
}

const policiesOf = (world: World, by: Invocation): PolicySource => ({
  deployment: policyNow(world),
  policyOf: () => by.store("get policy", () => policyNow(world)),
});

function policyNow({ run: { plan, schedule }, outage }: World): Required<Policy> {
  return { ...POLICY, off_ramp_outage: outage, enabled: !isWithin(plan.disabled, schedule.now) };
}

function quotesOf({ store }: World, by: Invocation): QuoteStore {
  const quotes = new MemoryQuoteStore(store.quotes);
  return {
    keep: async (quote) => await by.store("keep quote", () => quotes.keep(quote)),
    find: async (quoteId) => await by.store("find quote", () => quotes.find(quoteId)),
    count: async (...given) => await by.store("count quote", () => quotes.count(...given)),
  };
}

/** The market moves, and it is out with its provider. */
const ratesOf = (run: Run, by: Invocation): RateSource => ({
  ratesOf: (currency) =>
    by.request((answer) => {
      const fault = isCalm(run) ? undefined : faultOf(run.plan.provider, run.random, run.schedule.now);
      const isDown = fault === "unavailable" || fault === "lost";
      const price = ((PRICES[currency] ?? 0) * run.random.between(0.99, 1.01)).toFixed(6);
      const rates = { currency, mid: price, on_ramp: price, off_ramp: price };
      answer(by.pace(), (resolve, reject) =>
        isDown ? reject(new ProviderUnavailable("there are no rates")) : resolve(rates),
      );
    }),
});

/** The ledger's items, each round trip on its way like any other. */
export function ledgerOf({ ledger }: World, by: Invocation): MemoryLedgerStore {
  const view = Object.create(ledger) as MemoryLedgerStore;
  view.account = async (key) => await by.store("get account", () => ledger.account(key));
  view.open = async (account) => await by.store("open account", () => ledger.open(account));
  // One after the other: what many are read with is no snapshot of them.
  view.posted = async (ids) => {
    const posted = new Map<string, Posted>();
    for (const id of ids) {
      const journal = await view.journal(id);
      if (journal) posted.set(id, journal);
    }
    return posted;
  };
  view.journal = async (id) => await by.store("get journal", () => ledger.journal(id));
  view.fold = async (journals) => await by.store("fold", () => ledger.fold(journals));
  return view;
}
