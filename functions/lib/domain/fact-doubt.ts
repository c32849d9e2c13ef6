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

/**
 * The reason in a sentence, or undefined for a word that counts. `question` is undefined where
 * nothing was fixed that could have been asked. `memory` is the provider's for its keys.
 */
export function doubtOf(
  payment: PaymentRecord,
  fact: Fact,
  question: Question | undefined,
  memory: { key_ttl_seconds: number },
  clock: Times,
): string | undefined {
  const { operation, state, at } = fact;
  const step = stepOf(operation);
  const asked = (isUndo(operation) ? payment.marks.tombstone : payment.marks.intent)[step];
  if (asked === undefined || question === undefined) return "it was never asked for";
  const time = Date.parse(at);
  const isPossible =
    time >= firstAskedAt(payment, operation) - CLOCK_SKEW_MS && time <= clock.now() + CLOCK_SKEW_MS;
  if (!isPossible) return `it cannot have happened at ${at}`;
  if (state === "tombstoned" && payment.marks.tombstone[step] === undefined)
    return "nobody asked to forbid it";
  if (state === "tombstoned" && !wasForbiddenInTime(payment, operation, at, memory, clock))
    return "it was forbidden when the key may have been forgotten";
  return state === "succeeded" ? differenceFrom(question, fact) : undefined;
}

/** A word that states less is not in doubt: it is worth a question, and decides nothing alone. */
function differenceFrom(question: Question, fact: Fact): string | undefined {
  const { different, details } = compareWith(question, saidIn(fact));
  return different.length > 0 ? `it says ${details}` : undefined;
}
