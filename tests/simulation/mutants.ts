// The same system with one guard taken out. Each must be found: that is how we know that the simulation can fail. Nothing in
// the system knows of this; a mutant replaces a judgement of the store, an edge of the machine, or wraps a port.

import { type Guard, objectionTo } from "../../functions/lib/domain/payment.ts";
import type { Breaker } from "../../functions/lib/ports/breaker.ts";
import type { CardProvider } from "../../functions/lib/ports/card-provider.ts";
import type { Clock } from "../../functions/lib/ports/clock.ts";
import type { LedgerStore } from "../../functions/lib/ports/ledger-store.ts";
import type { PaymentStore } from "../../functions/lib/ports/payment-store.ts";
import type { PolicySource } from "../../functions/lib/ports/policy-source.ts";
import type { Switches } from "../../functions/lib/ports/switches.ts";
import type { Definition } from "../../scripts/local/engine/definition.ts";
import type { Judgement } from "../support/memory/memory-payment-store.ts";

export type Ports = {
  payments: PaymentStore;
  provider: CardProvider;
  clock: Clock;
  ledger: LedgerStore;
  policies: PolicySource;
  breaker: Breaker;
  switches: Switches;
  opensAccounts: boolean;
};

export type Mutant = {
  name: string;
  judgement?: Partial<Judgement>;
  machine?: (copy: Definition) => Definition;
  ports?: (ports: Ports, fn: string) => Ports;
  cancelIgnoresPivot?: true;
};

const judging = (weaken: (guard: Guard) => Guard): Partial<Judgement> => ({
  objectionTo: (guard, payment) => objectionTo(weaken(guard), payment),
});

/** The port with some of its methods replaced. */
const over = <Port extends object>(port: Port, methods: Partial<Port>): Port =>
  Object.assign(Object.create(port) as Port, methods);

function redirect(machine: Definition, state: string, from: string, to: string): Definition {
  for (const catcher of machine.States[state]?.Catch ?? []) if (catcher.Next === from) catcher.Next = to;
  return machine;
}

/** A tombstone only judged, and written together with the undo's result: the order of the two turned around. */
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

export const MUTANTS: readonly Mutant[] = [
  { name: "no tombstone check", judgement: judging(({ step: _, ...guard }) => guard) },
  { name: "no cancel check", judgement: judging(({ heedsCancel: _, ...guard }) => guard) },
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
    name: "capture's Catch straight to the undo",
    machine: (copy) => redirect(copy, "CapturePayment", "ResolveCapture", "ReverseLedger"),
  },
  {
    name: "authorize's Catch past its undo, and nobody asserts that nothing stands",
    machine: (copy) => redirect(copy, "AuthorizePayment", "ResolveCapture", "FailPayment"),
    ports: (ports, fn) =>
      fn !== "fail-payment"
        ? ports
        : {
            ...ports,
            payments: over(ports.payments, {
              load: async (paymentId) => {
                const payment = await ports.payments.load(paymentId);
                return payment && { ...payment, marks: { ...payment.marks, intent: {} } };
              },
            }),
          },
  },
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
    name: "another provider key for every try",
    ports: (ports) => {
      const { provider } = ports;
      const fresh = (key: string) => `${key}#${ports.clock.random()}`;
      return {
        ...ports,
        provider: over(provider, {
          authorize: (request) => provider.authorize({ ...request, key: fresh(request.key) }),
          capture: (request) => provider.capture({ ...request, key: fresh(request.key) }),
        }),
      };
    },
  },
  {
    name: "absent said while the request may still be in flight",
    ports: (ports, fn) =>
      fn === "resolve-capture"
        ? { ...ports, clock: over(ports.clock, { ago: () => Number.POSITIVE_INFINITY }) }
        : ports,
  },
  {
    name: "an undo calls before it writes its tombstone",
    ports: (ports, fn) =>
      ["reverse-ledger", "void-authorization"].includes(fn)
        ? { ...ports, payments: tombstoneLast(ports.payments) }
        : ports,
  },
  { name: "a cancel taken after the pivot was intended", cancelIgnoresPivot: true },
];
