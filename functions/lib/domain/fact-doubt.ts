// Why what a provider told of its own accord decides nothing. It is judged when it comes, by our
// own record and our own clock: a fact needs a question.
import { firstAskedAt, type Times, wasForbiddenInTime } from "./key-expiry.ts";
import type { PaymentRecord } from "./payment.ts";
import type { Question } from "./provider-answer.ts";
import { compareWith } from "./provider-answer.ts";
import { type Fact, saidIn } from "./provider-fact.ts";
import { isUndo, stepOf } from "./saga-definition.ts";

/** A provider's clock may be wrong by so much. */
const CLOCK_SKEW_MS = 3_600_000;

type Asked = { payment: PaymentRecord; question: Question | undefined };
/** For how long the provider remembers a key. */
type Memory = { key_ttl_seconds: number };

/**
 * What makes the word doubtful; nothing for a word that counts. `question` is undefined where
 * nothing was fixed that could have been asked.
 */
export function doubtOf(
  { payment, question }: Asked,
  fact: Fact,
  memory: Memory,
  clock: Times,
): Pick<Fact, "doubt" | "differs"> {
  const step = stepOf(fact.operation);
  const asked = (isUndo(fact.operation) ? payment.marks.tombstone : payment.marks.intent)[step];
  if (asked === undefined || question === undefined) return { doubt: "it was never asked for" };
  const doubt = impossibility(payment, fact, clock) ?? weakness(payment, fact, memory, clock);
  if (doubt !== undefined) return { doubt };
  return fact.state === "succeeded" ? differenceFrom(question, fact) : {};
}

function impossibility(payment: PaymentRecord, { operation, at }: Fact, clock: Times): string | undefined {
  const time = Date.parse(at);
  const isPossible =
    time >= firstAskedAt(payment, operation) - CLOCK_SKEW_MS && time <= clock.now() + CLOCK_SKEW_MS;
  return isPossible ? undefined : `it cannot have happened at ${at}`;
}

/** A tombstone proves something if we asked for it, while the provider remembered the key. */
function weakness(
  payment: PaymentRecord,
  { operation, state, at }: Fact,
  memory: Memory,
  clock: Times,
): string | undefined {
  if (state !== "tombstoned") return undefined;
  if (payment.marks.tombstone[stepOf(operation)] === undefined) return "nobody asked to forbid it";
  return wasForbiddenInTime(payment, operation, at, memory, clock)
    ? undefined
    : "it was forbidden when the key may have been forgotten";
}

/** A word that states less is not in doubt: it is worth a question, and decides nothing alone. */
function differenceFrom(question: Question, fact: Fact): Pick<Fact, "doubt" | "differs"> {
  const { different, details } = compareWith(question, saidIn(fact));
  return different.length > 0 ? { doubt: `it says ${details}`, differs: true } : {};
}
