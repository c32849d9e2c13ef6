// An operator decides between two words of a provider that cannot both be true.
import type { Learned } from "../lib/contracts/types.ts";
import { isRuledOut } from "../lib/domain/open-effects.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { type Fact, type Word, wordOf } from "../lib/domain/provider-fact.ts";
import { isUndo, stepOf } from "../lib/domain/saga-definition.ts";
import { SagaNotRedrivable } from "../lib/errors/registry.ts";
import { invalid, learnedOf } from "./allowed-evidence.ts";
import { type EvidencePorts, forbid } from "./forbid.ts";

/**
 * The operator says which of the provider's two words holds, by its state, its id and what it says
 * that the ramp gave. It is kept in the operator's name, beside the word that it overrules.
 */
export async function decide(
  ports: EvidencePorts,
  payment: PaymentRecord,
  { contradicted: second, by: _, ...kept }: Fact & { contradicted: Word },
  evidence: Fact,
  isNewAttempt: boolean,
): Promise<Learned> {
  const { operation, state, id, received, by } = evidence;
  const withdraws = state === "succeeded" && refuses(payment, operation) ? stepOf(operation) : undefined;
  if (state === "succeeded" && isRuledOut(payment, stepOf(operation)))
    throw new SagaNotRedrivable(
      "what it stands on was undone: have the provider give it back, and say that it did not happen",
    );
  if (withdraws && !isNewAttempt)
    throw new SagaNotRedrivable("its refusal is recorded: a new attempt goes on from there (new_attempt)");
  const { operation: __, ...first } = kept;
  const isMeant = (word: Decidable): boolean =>
    word.state === state &&
    word.id === id &&
    (word.received === undefined || word.received === received || word.differs === true);
  // What was done instead may have been taken back since, which is neither of the words.
  const isTakenBack = state !== "succeeded" && [first, second].some((word: Decidable) => word.differs);
  if (!isMeant(first) && !isMeant(second) && !isTakenBack) {
    const said = [first, second].map((word) => sentenceOf(operation, word)).join(", and ");
    throw invalid("/learned", `the provider said ${said}: name one of the two by its state and id`);
  }
  const holds = [first, second].find(isMeant) ?? { state, id, at: evidence.at };
  if (state !== "succeeded") await forbid(ports, payment, operation);
  const decided: Fact = {
    ...vouched(holds),
    ...(received === undefined ? {} : { received }),
    operation,
    by: by as string,
    overruled: isMeant(first) ? second : first,
  };
  await ports.payments.settle(payment.payment_id, decided, [first, second], withdraws);
  return learnedOf(decided);
}

/** True where the operation's refusal is why the payment will fail. */
const refuses = ({ failure }: PaymentRecord, operation: Learned["operation"]): boolean =>
  !isUndo(operation) && failure?.step === stepOf(operation);

type Decidable = Word & Pick<Fact, "doubt" | "differs">;

const sentenceOf = (operation: string, word: Word): string =>
  `${wordOf(operation, word)}${word.received === undefined ? "" : ` and gave ${word.received}`}`;

/** Where something else was done, the person vouches that it was made good. */
function vouched(word: Decidable): Word {
  const { state, id, at } = word;
  return word.differs ? { state, id, at } : word;
}

export const isContradicted = (fact: Fact): fact is Fact & { contradicted: Word } =>
  fact.contradicted !== undefined;

/** The provider does not know what it told of, and a person says that it did not happen. */
export async function overrule(
  ports: EvidencePorts,
  payment: PaymentRecord,
  kept: Fact,
  evidence: Fact,
): Promise<Learned> {
  const { payments } = ports;
  const { payment_id } = payment;
  const { operation: _, ...overruled } = kept;
  await forbid(ports, payment, evidence.operation);
  await payments.dispute(payment_id, kept, evidence);
  await payments.settle(payment_id, { ...evidence, overruled }, [kept, evidence]);
  return learnedOf(evidence);
}
