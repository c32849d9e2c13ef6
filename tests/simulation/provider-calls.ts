// A call of a provider on its way: it arrives when it arrives, or late, or twice, and its answer
// may get lost.
import type { ProviderAnswer } from "../../functions/lib/ports/provider.ts";
import { type FaultPlan, type ProviderFault, providerFaultOf } from "./fault-plan.ts";
import { type Invocation, isCalm, type Run } from "./invocation.ts";
import { type KeyBooks, operationOf, paymentOf, UNKNOWN } from "./key-books.ts";
import { saidInstead } from "./wrong-words.ts";

const UNAVAILABLE: ProviderAnswer = { outcome: "unknown", message: "no usable answer", unavailable: true };
/** The adapter's deadline. */
const PATIENCE_MS = 8_000;

type Call = { what: string; key: string; effect: () => ProviderAnswer; movesMoney: boolean };

/** The provider as one invocation reaches it: its two questions, and a way to call what it does. */
export function callsOf(run: Run, books: KeyBooks, by: Invocation, name: string) {
  const call = (what: string, key: string, effect: () => ProviderAnswer, movesMoney = true) =>
    send(run, books, by, { what, key, effect, movesMoney });
  return {
    call,
    questions: {
      nature: { ...run.plan.nature, name },
      find: (key: string) => call("find", key, () => books.find(key), false),
      tombstone: (key: string) => call("tombstone", key, () => books.tombstone(key), false),
    },
  };
}

function send(run: Run, books: KeyBooks, by: Invocation, { what, key, effect, movesMoney }: Call) {
  const { schedule, random, trace, plan } = run;
  // What was sent takes effect, and shows, within the time that the nature declares.
  const inFlightMs = plan.nature.in_flight_seconds * 1000 - plan.habits.read_lag_ms;
  const drawn = isCalm(run)
    ? undefined
    : providerFaultOf(plan, { what, about: operationOf(key) }, random, schedule.now);
  const fault = meets(drawn, movesMoney, plan.nature.replays_errors);
  const request = schedule.events;
  books.noteAsked(key);
  const arrive = (): ProviderAnswer => {
    const done = books.decide(request, effect);
    const answer = saidInstead(wrongOf(plan, key), operationOf(key), done, random);
    const wrongly = answer === done ? "" : ", said wrong";
    trace.add(schedule.now, by.name, `provider: ${what} → ${answer.outcome}${wrongly}`);
    return answer;
  };
  return by.request<ProviderAnswer>((answer) => {
    const say = (said: ProviderAnswer, after = by.pace()) => answer(after, (resolve) => resolve(said));
    if (fault) trace.fault(schedule.now, by.name, `provider: ${what} meets ${fault}`, `provider: ${fault}`);
    switch (fault) {
      case "unavailable":
        return say(UNAVAILABLE);
      case "late":
        schedule.in(random.between(0, inFlightMs), arrive);
        return say(UNKNOWN, random.between(0, PATIENCE_MS));
      case "sticky":
        books.stick(key);
        return say(UNKNOWN);
      case "pending":
        return schedule.in(by.pace(), () => {
          if (!books.take(key)) return say(arrive());
          schedule.in(random.between(0, inFlightMs / 2), () => books.settle(key, arrive));
          return say({ outcome: "pending" });
        });
      case "duplicate":
        schedule.in(random.between(0, inFlightMs), arrive);
    }
    return schedule.in(by.pace(), () => {
      const answered = arrive();
      say(fault === "lost" ? UNKNOWN : answered);
    });
  });
}

const wrongOf = ({ payments }: FaultPlan, key: string) =>
  payments.find(({ payment_id }) => payment_id === paymentOf(key))?.wrong;

/** A question cannot be half done; and only some providers store an error. */
function meets(fault: ProviderFault | undefined, movesMoney: boolean, replaysErrors: boolean) {
  if (fault === "pending" && !movesMoney) return undefined;
  if (fault === "sticky" && !(movesMoney && replaysErrors)) return undefined;
  return fault;
}
