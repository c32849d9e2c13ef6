// The same system with one guard taken out. Each must be found: that is how we know that the
// simulation can fail. Nothing in the system knows of this; a mutant replaces a judgement of the
// store, an edge of the machine, or wraps a port.

import { guardOfIntent, needsNoLook } from "../../functions/lib/domain/beginning.ts";
import { objectionToCancel } from "../../functions/lib/domain/cancel.ts";
import { type Guard, objectionTo } from "../../functions/lib/domain/guard.ts";
import type { Step } from "../../functions/lib/domain/saga-definition.ts";
import type { Breaker } from "../../functions/lib/ports/breaker.ts";
import type { Clock } from "../../functions/lib/ports/clock.ts";
import type { LedgerStore } from "../../functions/lib/ports/ledger-store.ts";
import type { PaymentStore } from "../../functions/lib/ports/payment-store.ts";
import type { PolicySource } from "../../functions/lib/ports/policy-source.ts";
import type { Provider, ProviderAnswer } from "../../functions/lib/ports/provider.ts";
import type { QuoteStore } from "../../functions/lib/ports/quote-store.ts";
import type { RateSource } from "../../functions/lib/ports/rate-source.ts";
import type { Switches } from "../../functions/lib/ports/switches.ts";
import type { Definition } from "../../scripts/local/step-functions/definition.ts";
import type { Judgement } from "../support/memory/memory-payment-store.ts";
import type { Deed } from "./key-books.ts";

/** Everything that a task of any rail may ask for; the provider is the one that the task calls. */
export type Ports = {
  payments: PaymentStore;
  quotes: QuoteStore;
  rates: RateSource;
  provider: Provider;
  clock: Clock;
  accounts: LedgerStore;
  policies: PolicySource;
  breaker: Breaker;
  switches: Switches;
  opensAccounts: boolean;
};

export type Mutant = {
  name: string;
  judgement?: Partial<Judgement>;
  machine?: (copy: Definition) => Definition;
  /** `asked` is what a task asks for under a key. */
  ports?: (ports: Ports, fn: string, asked: (key: string) => Deed) => Ports;
  /** The store of a function that is no task. */
  store?: (payments: PaymentStore, fn: string, asked: (key: string) => Deed) => PaymentStore;
  /** An operator is believed though the provider remembers. */
  believesOperators?: true;
  /** What nobody does about journals and last events that got lost. */
  neglects?: Neglect;
};
export type Neglect = "the mark at closing" | "the sweep's fold" | "the second verification";

export const judging = (weaken: (guard: Guard) => Guard): Partial<Judgement> => ({
  objectionTo: (guard, payment) => objectionTo(weaken(guard), payment),
});

/** The port with some of its methods replaced. */
export const over = <Port extends object>(port: Port, methods: Partial<Port>): Port =>
  Object.assign(Object.create(port) as Port, methods);

/** A cancel that is judged by what was read. */
const lookingFirst = (payments: PaymentStore): PaymentStore =>
  over(payments, {
    requestCancel: async (paymentId, merchantId) => {
      const read = await payments.load(paymentId);
      const objection = read?.cancel_requested_at === undefined && read && objectionToCancel(read);
      if (objection) throw objection;
      return payments.requestCancel(paymentId, merchantId);
    },
  });

type GuardOfIntent = ReturnType<typeof guardOfIntent>;

/** A step begins unseen by a guard without one of its parts. Whoever looks keeps the whole one. */
export const beginning = (
  over: string,
  weaken: (guard: GuardOfIntent) => Partial<GuardOfIntent>,
): Mutant => ({
  name: `a step that begins unseen over ${over}`,
  judgement: { guardOfIntent: (begins) => weaken(guardOfIntent(begins)) as GuardOfIntent },
});

export function redirect(machine: Definition, state: string, from: string, to: string): Definition {
  for (const catcher of machine.States[state]?.Catch ?? []) if (catcher.Next === from) catcher.Next = to;
  return machine;
}

/**
 * A tombstone only judged, and written together with the undo's result: the order of the two turned
 * around.
 */
function tombstoneLast(payments: PaymentStore): PaymentStore {
  return over(payments, {
    mark: async (paymentId, kind, step, guard) => {
      if (kind === "intent") return payments.mark(paymentId, kind, step, guard);
      const payment = await payments.load(paymentId);
      if (!payment) throw new Error("the payment is gone");
      const objection = objectionTo(guard, payment);
      if (objection) throw objection;
      return { payment };
    },
    commit: async (payment, transition) => {
      if ("undone" in transition.achieves)
        await payments.mark(payment.payment_id, "tombstone", transition.achieves.undone, transition.guard);
      return payments.commit(payment, transition);
    },
  });
}

/** To whoever ends the payment nothing was ever intended, so that it asserts nothing. */
export const nothingIntended = (ports: Ports, fn: string): Ports =>
  fn !== "fail-payment"
    ? ports
    : {
        ...ports,
        payments: over(ports.payments, {
          load: async (paymentId) => {
            const payment = await ports.payments.load(paymentId);
            if (!payment) return undefined;
            const { held_at: _, ...shown } = payment;
            return { ...shown, marks: { ...payment.marks, intent: {} } };
          },
        }),
      };

type Send = (request: { key: string }) => Promise<ProviderAnswer>;

export const freshKeys = (methods: readonly string[]): Mutant => ({
  name: "another provider key for every try",
  ports: (ports) => {
    const provider = ports.provider as unknown as Record<string, Send>;
    const fresh =
      (send: Send): Send =>
      (request) =>
        send({ ...request, key: `${request.key}#${ports.clock.random()}` });
    const replaced = methods.flatMap((method) => {
      const send = provider[method];
      return send ? [[method, fresh(send)] as const] : [];
    });
    return { ...ports, provider: over(ports.provider, Object.fromEntries(replaced)) };
  },
});

export const absentTooSoon = (resolve: string): Mutant => ({
  name: "absent said while the request may still be in flight",
  ports: (ports, fn) =>
    fn === resolve ? { ...ports, clock: over(ports.clock, { ago: sooner(ports.clock) }) } : ports,
});

/**
 * Every wait of less than a minute is over: a request's time in flight, and no time for which keys
 * are remembered.
 */
const sooner =
  ({ ago }: Clock): Clock["ago"] =>
  (milliseconds) =>
    milliseconds < 60_000 ? Number.POSITIVE_INFINITY : ago(milliseconds);

export const undoBeforeTombstone = (undos: readonly string[]): Mutant => ({
  name: "an undo calls before it writes its tombstone",
  ports: (ports, fn) => (undos.includes(fn) ? { ...ports, payments: tombstoneLast(ports.payments) } : ports),
});

/** A step that asks no provider, and begins though its payment was cancelled. */
export const unheeded = (what: string, step: Step): Mutant => ({
  name: `a cancel that ${what} does not heed`,
  judgement: judging(({ refusedIfCancelRequested, ...guard }) =>
    guard.step === step ? guard : { ...guard, ...(refusedIfCancelRequested && { refusedIfCancelRequested }) },
  ),
});

export const withoutJudging: Mutant = {
  name: "a refusal that looks at no other try",
  judgement: judging(({ decides: _, firstIntentOf: __, ...guard }) => guard),
};

/** Guards that every rail relies on. */
export const COMMON_MUTANTS: readonly Mutant[] = [
  { name: "no tombstone check", judgement: judging(({ step: _, ...guard }) => guard) },
  { name: "no cancel check", judgement: judging(({ refusedIfCancelRequested: _, ...guard }) => guard) },
  {
    name: "no owner fence",
    judgement: {
      objectionTo: (guard, payment) =>
        objectionTo({ ...guard, execution: payment.owner_execution ?? guard.execution }, payment),
    },
  },
  { name: "no version check", judgement: { checksVersion: false } },
  { name: "commit without looking whether it is done", judgement: { isAchieved: () => false } },
  {
    name: "a step that found its own intent sends without asking",
    ports: (ports) => ({
      ...ports,
      payments: over(ports.payments, {
        mark: async (...mark) => {
          const { earlier: _, ...marked } = await ports.payments.mark(...mark);
          return marked;
        },
      }),
    }),
  },
  {
    name: "a step that begins unseen over an earlier intent",
    judgement: {
      needsNoLook: ({ marks, ...payment }, begins) =>
        needsNoLook({ ...payment, marks: { ...marks, intent: {} } }, begins),
    },
  },
  beginning("a cancel", ({ refusedIfCancelRequested: _, ...guard }) => guard),
  {
    name: "a provider believed that may have forgotten its keys",
    ports: (ports) => {
      const ttl = ports.provider.nature.key_ttl_seconds * 1000;
      const ago = (milliseconds: number) =>
        milliseconds === ttl ? Number.NEGATIVE_INFINITY : ports.clock.ago(milliseconds);
      return { ...ports, clock: over(ports.clock, { ago }) };
    },
  },
  { name: "an operator believed while the provider remembers", believesOperators: true },
  {
    name: "a cancel taken after the pivot was intended",
    judgement: {
      objectionToCancel: ({ marks, ...payment }) =>
        objectionToCancel({ ...payment, marks: { ...marks, intent: {} } }),
    },
  },
  {
    name: "a cancel that looks first and then writes",
    store: (payments, fn) => (fn === "cancel-payment" ? lookingFirst(payments) : payments),
    judgement: { objectionToCancel: () => undefined },
  },
  unheeded("the claim", "validate-payment"),
  { name: "a payment closed before its journals are in the balances", neglects: "the mark at closing" },
  { name: "a journal that was given up, and that no sweep folds", neglects: "the sweep's fold" },
  { name: "a last event that was lost, and that nobody queues again", neglects: "the second verification" },
];
