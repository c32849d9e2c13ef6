// The same system with one guard about a provider's word taken out: what is compared, what is
// doubted, what contradicts, and what a nature does not promise.
import type { Guard } from "../../functions/lib/domain/guard.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { classifyFact, type Fact, type Facts } from "../../functions/lib/domain/provider-fact.ts";
import { providerKey } from "../../functions/lib/domain/saga-definition.ts";
import type { PaymentStore } from "../../functions/lib/ports/payment-store.ts";
import type { Provider, ProviderAnswer, ProviderNature } from "../../functions/lib/ports/provider.ts";
import { type Deed, operationOf, UNKNOWN } from "./key-books.ts";
import { judging, type Mutant, over } from "./mutants.ts";

type Success = Extract<ProviderAnswer, { outcome: "succeeded" }>;
type Method = (request: string | { key: string }, ...others: unknown[]) => Promise<ProviderAnswer>;

const METHODS = ["find", "tombstone", "authorize", "capture", "void", "onRamp", "offRamp", "reverseOnRamp"];

/** The provider with its answers altered, whatever it is asked. */
function answering(
  provider: Provider,
  alter: (answer: ProviderAnswer, key: string, method: string) => ProviderAnswer,
): Provider {
  const methods = provider as unknown as Record<string, Method>;
  const altered = METHODS.flatMap((name) => {
    const method = methods[name];
    if (!method) return [];
    const ask: Method = async (request, ...others) => {
      const key = typeof request === "string" ? request : request.key;
      return alter(await method(request, ...others), key, name);
    };
    return [[name, ask] as const];
  });
  return over(provider, Object.fromEntries(altered) as Partial<Provider>);
}

/** A member of a success that is taken for what was asked, whatever the provider says. */
const uncompared = (name: string, fill: (success: Success, asked: Deed) => Partial<Success>): Mutant => ({
  name,
  ports: (ports, _, asked) => ({
    ...ports,
    provider: answering(ports.provider, (answer, key) =>
      answer.outcome === "succeeded" ? { ...answer, ...fill(answer, asked(key)) } : answer,
    ),
  }),
});

/** A sum that is stated is taken for the one that was asked for. */
const uncomparedSum = (member: "amount" | "currency" | "received" | "received_currency", what: string) =>
  uncompared(`${what} of a success that is not compared`, (success, asked) =>
    success[member] === undefined || asked[member] === undefined ? {} : { [member]: asked[member] },
  );

/** Of a ramp alone, or what no world of cards has shown. */
export const RAMP_WORD_MUTANTS: readonly Mutant[] = [
  uncomparedSum("received", "the amount that a ramp gave"),
  uncomparedSum("received_currency", "the currency that a ramp gave"),
  {
    name: "what was done instead, denied by a later word",
    judgement: {
      classifyFact: (kept, fact) =>
        kept?.doubt !== undefined && fact.doubt === undefined ? "recorded" : classifyFact(kept, fact),
    },
  },
  {
    name: "what is done may be refused as well",
    judgement: judging(({ does: _, refuses: __, firstIntentOf: ___, ...guard }) => guard),
  },
];

const withNature = (name: string, change: Partial<ProviderNature>): Mutant => ({
  name,
  ports: (ports) => ({
    ...ports,
    provider: over(ports.provider, { nature: { ...ports.provider.nature, ...change } }),
  }),
});

/** What is told is judged, and the judgement of that kind is forgotten. */
const undoubted = (name: string, doubt: RegExp): Mutant => ({
  name,
  store: (payments, fn) =>
    fn === "receive-provider-webhook"
      ? over(payments, {
          recordFact: (paymentId, fact) => payments.recordFact(paymentId, without(fact, doubt)),
        })
      : payments,
});

const without = ({ doubt, ...fact }: Fact, dropped: RegExp): Fact =>
  doubt === undefined || dropped.test(doubt) ? fact : { ...fact, doubt };

/** A told success that states anything is taken for what was asked. */
function asAsked(fact: Fact, { amount, currency, received, received_currency }: Deed): Fact {
  if (fact.state !== "succeeded") return fact;
  const { reference: _, ...said } = without(fact, /^it says/);
  return {
    ...said,
    amount: Number(amount),
    currency,
    ...(received === undefined ? {} : { received: Number(received), received_currency }),
  };
}

type Loads = Pick<PaymentStore, "load" | "loadWithEvents">;
const loading = (payments: Loads, show: (payment: PaymentRecord) => PaymentRecord): Loads => ({
  load: async (paymentId) => {
    const payment = await payments.load(paymentId);
    return payment && show(payment);
  },
  loadWithEvents: async (paymentId) => {
    const read = await payments.loadWithEvents(paymentId);
    return read && { ...read, payment: show(read.payment) };
  },
});

const undisputed = ({ disputed: _, facts = {}, ...payment }: PaymentRecord): PaymentRecord => ({
  ...payment,
  facts: Object.fromEntries(
    Object.entries(facts).map(([operation, { contradicted: __, ...fact }]) => [operation, fact]),
  ) as Facts,
});

/** These functions see no contradiction, and write over one. */
export const overContradictions = (what: string, fns: readonly string[]): Mutant => ({
  name: `a contradiction that ${what} does not see`,
  ports: (ports, fn) => (fns.includes(fn) ? { ...ports, payments: blind(ports.payments) } : ports),
});

function blind(payments: PaymentStore): PaymentStore {
  const even = (guard: Guard): Guard => ({ ...guard, evenDisputed: true });
  return over(payments, {
    ...loading(payments, undisputed),
    mark: (paymentId, kind, step, guard) => payments.mark(paymentId, kind, step, even(guard)),
    recordFailure: (paymentId, failure, guard, as) =>
      payments.recordFailure(paymentId, failure, even(guard), as),
    commit: (payment, transition) =>
      payments.commit(payment, { ...transition, guard: even(transition.guard) }),
  });
}

/** What a try of these steps recorded as refused is not read by the next one. */
export const refusalUnread = (steps: readonly string[]): Mutant => ({
  name: "a refusal that is not read before sending again",
  judgement: judging(({ firstIntentOf: _, does: __, ...guard }) => guard),
  ports: (ports, fn) =>
    steps.includes(fn)
      ? {
          ...ports,
          payments: over(ports.payments, {
            ...loading(ports.payments, ({ failure: _, doubted_refusal: __, ...payment }) => payment),
          }),
        }
      : ports,
});

/** Guards about a provider's word that every rail relies on. */
export const WORD_MUTANTS: readonly Mutant[] = [
  uncomparedSum("amount", "the amount"),
  uncomparedSum("currency", "the currency"),
  uncompared("the reference of a success that is not compared", (_, { reference }) => ({ reference })),
  uncompared("a success without an id that is believed", ({ id }) => ({ id: id || "none" })),
  uncompared("a success that does not say how much, and is believed", (success, asked) => ({
    ...asked,
    ...success,
  })),
  {
    name: "a told success that is not compared",
    store: (payments, fn, asked) =>
      fn === "receive-provider-webhook"
        ? over(payments, {
            recordFact: (paymentId, fact) =>
              payments.recordFact(paymentId, asAsked(fact, asked(providerKey(paymentId, fact.operation)))),
          })
        : payments,
  },
  undoubted("a told outcome of what nobody asked for that is believed", /never asked|nobody asked/),
  undoubted("a told outcome with an impossible date that is believed", /cannot have happened/),
  undoubted("a told tombstone that is believed though the key may be forgotten", /forgotten/),
  {
    name: "a told success that is booked without asking",
    ports: (ports) => {
      let told: Facts = {};
      const payments = over(ports.payments, {
        ...loading(ports.payments, (payment) => {
          told = payment.facts ?? {};
          return payment;
        }),
      });
      const find: Provider["find"] = async (key) =>
        told[operationOf(key)]?.state === "succeeded" ? UNKNOWN : ports.provider.find(key);
      return { ...ports, payments, provider: over(ports.provider, { find }) };
    },
  },
  {
    name: "a second word that contradicts, and is not kept",
    store: (payments, fn) =>
      fn === "receive-provider-webhook" ? over(payments, { dispute: async () => undefined }) : payments,
  },
  {
    name: "a contradiction that integrity does not see",
    store: (payments, fn) =>
      fn === "verify-integrity" ? over(payments, loading(payments, undisputed)) : payments,
  },
  withNature("a refusal taken for final that may be decided anew", { keeps_refusals: true }),
  withNature("a request that was not taken, though it may have been done", { validates_first: true }),
  {
    name: "a request that was not taken, taken for a refusal though an earlier one is unanswered",
    ports: (ports) => ({
      ...ports,
      provider: answering(ports.provider, (answer) =>
        answer.outcome === "rejected" ? { outcome: "refused", message: answer.code } : answer,
      ),
    }),
  },
  {
    name: "nothing found where a tombstone was to be set, taken for one",
    ports: (ports) => ({
      ...ports,
      provider: answering(ports.provider, (answer, _, method) =>
        answer.outcome === "absent" && ports.provider.nature.tombstones && method !== "find"
          ? { outcome: "tombstoned" }
          : answer,
      ),
    }),
  },
  { name: "the time of the first try forgotten by every later one", judgement: { keepsFirstMarks: false } },
];
