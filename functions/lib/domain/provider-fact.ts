// A fact is what a provider reported of its own accord about one of our keys. It is kept apart from
// the payment, which only its saga writes. A step reads it instead of asking the provider.
import type { Success } from "./provider-answer.ts";
import type { Saga } from "./saga.ts";
import { type ProviderOperation, SAGAS } from "./saga-definition.ts";

/** One word of a provider about an operation. */
export type Word = {
  /** `pending` is the only state that another may follow. */
  state: "pending" | "succeeded" | "refused" | "tombstoned";
  /** The provider's own id of the operation. */
  id: string;
  /** Which payment it names, where that is another one than its key's. */
  reference?: string;
  /** When it happened, by the provider's clock (ISO 8601). */
  at: string;
  /** What it moved, as far as the provider said so; amounts in minor units. */
  amount?: number;
  currency?: string;
  /** What a ramp gave. */
  received?: number;
  received_currency?: string;
};

export type Fact = Word & {
  operation: ProviderOperation;
  /** The operator who gave the evidence, where it was not the provider. */
  by?: string;
  /** Why the word decides nothing, as it was judged when it came. */
  doubt?: string;
  /** True for a refusal of a provider that may decide the same key anew: a success may follow. */
  open?: true;
  /** True where the doubt is that something else was done than was asked for: something was. */
  differs?: true;
  /** The other word that the provider said of the operation, while nobody has decided. */
  contradicted?: Word;
  /** The word that an operator decided against. */
  overruled?: Word;
};

/** Operations whose success gives an amount of another currency. */
export const convertingOperations = (all: readonly Saga[]): string[] =>
  all
    .flatMap(({ steps }) => steps)
    .flatMap(({ provider }) => (provider?.converts ? [provider.asks, provider.undoes ?? []] : []))
    .flat();
const CONVERTING: readonly string[] = convertingOperations(SAGAS);

/** True where the provider gave something, and has to say how much. */
export const requiresReceivedAmount = ({ operation, state }: Pick<Fact, "operation" | "state">): boolean =>
  CONVERTING.includes(operation) && state === "succeeded";

/**
 * For each operation the provider's first final report, or that it is pending, or evidence of an
 * operator.
 */
export type Facts = Partial<Record<ProviderOperation, Fact>>;

/** What may be relied on of an operation: a word that is in doubt decides nothing. */
export function reliedOn(facts: Facts | undefined, operation: ProviderOperation): Fact | undefined {
  const fact = facts?.[operation];
  return fact?.doubt === undefined ? fact : undefined;
}

type Said = Omit<Success, "outcome">;

/** What the word says that was done, as an answer says it. */
export const saidIn = ({ id, reference, amount, currency, received, received_currency }: Word): Said => ({
  id,
  ...(reference === undefined ? {} : { reference }),
  ...(amount === undefined ? {} : { amount: BigInt(amount) }),
  ...(currency === undefined ? {} : { currency }),
  ...(received === undefined ? {} : { received: BigInt(received) }),
  ...(received_currency === undefined ? {} : { received_currency }),
});

/** What an answer says that was done, as a word keeps it. */
export const keptOf = ({
  id,
  reference,
  amount,
  currency,
  received,
  received_currency,
}: Said): Omit<Word, "state" | "at"> => ({
  id,
  ...(reference === undefined ? {} : { reference }),
  ...(amount === undefined ? {} : { amount: Number(amount) }),
  ...(currency === undefined ? {} : { currency }),
  ...(received === undefined ? {} : { received: Number(received) }),
  ...(received_currency === undefined ? {} : { received_currency }),
});

/**
 * What was heard of an operation that was asked for: what may be relied on, or that something else
 * was done. It is not absent any more.
 */
export function heardOf(facts: Facts | undefined, operation: ProviderOperation): Fact | undefined {
  const fact = facts?.[operation];
  return fact?.differs ? fact : reliedOn(facts, operation);
}

/** True where the provider told how the operation ended. */
export function hasFinalWord(facts: Facts | undefined, operation: ProviderOperation): boolean {
  const fact = reliedOn(facts, operation);
  return fact !== undefined && fact.state !== "pending";
}

const isDenial = ({ state }: Word): boolean => state === "refused" || state === "tombstoned";

/**
 * True when both say the same of the operation: that it did not happen, in whichever words, or that
 * it did, under one id. One success may say less than the other, or not even its id.
 */
export function isSameWord(one: Word, other: Word): boolean {
  if (isDenial(one) && isDenial(other)) return true;
  return (
    one.state === other.state && !isOther(idIn(one), idIn(other)) && !isOther(one.received, other.received)
  );
}

/** The id of a word that states one. */
const idIn = ({ id }: Pick<Word, "id">): string | undefined => (id === "" ? undefined : id);

/** Both are stated, and they are not the same. */
const isOther = (one: unknown, other: unknown): boolean =>
  one !== undefined && other !== undefined && one !== other;

const STATED = ["id", "amount", "currency", "received", "received_currency"] as const;
const statedIn = (word: Word, member: (typeof STATED)[number]) =>
  member === "id" ? idIn(word) : word[member];

/** True where that result is shown for the success: its id, if the word states one. */
export const isShownBy = (result: unknown, word: Word): boolean =>
  result !== undefined && result === (idIn(word) ?? result);

/** A word in words, for people. */
export const wordOf = (operation: string, { id, state }: Word): string => `${operation} ${id} ${state}`;

/** What a word is to the one that is kept. Only what is `recorded` is written. */
export type Classified = "recorded" | "known" | "doubted" | "contradicts";

/**
 * A final word is written over nothing, over `pending`, over a doubted one, over the same word that
 * states less or that nobody vouched for, and over an operator's evidence. Nothing is written over
 * two words that contradict each other: an operator decides between them, and that stays decided.
 * That something else was done is no word to be denied, nor to be told otherwise under its id.
 */
export function classifyFact(kept: Fact | undefined, fact: Fact): Classified {
  if (kept === undefined) return "recorded";
  if (fact.state === "pending") return "known";
  if (kept.state === "pending") return "recorded";
  if (fact.doubt !== undefined) return doubtedBeside(kept, fact);
  return mayGiveWay(kept, fact) ? "recorded" : besideFinal(kept, fact);
}

/** True for a kept word that a final one of the same operation takes the place of. */
function mayGiveWay(kept: Fact, fact: Fact): boolean {
  if (kept.contradicted !== undefined) return false;
  if (kept.open && fact.state === "succeeded") return true;
  if (kept.differs && fact.by === undefined) return isElsewhere(kept, fact);
  if (kept.doubt !== undefined) return true;
  const isEvidence = kept.by !== undefined && kept.overruled === undefined;
  return isEvidence ? fact.by === undefined || !isSaidAgain(kept, fact) : isCompletedBy(kept, fact);
}

/** A refusal that may be decided anew says nothing beside the success that followed it. */
const besideFinal = (kept: Fact, fact: Fact): Classified =>
  isOneOf(kept, fact) || (fact.open && kept.state === "succeeded") ? "known" : "contradicts";

/** A success under another id says nothing of what was done instead under this one. */
const isElsewhere = (kept: Fact, fact: Fact): boolean =>
  fact.state === "succeeded" && isOther(idIn(kept), idIn(fact));

const isSaidAgain = (kept: Word, fact: Word): boolean =>
  kept.state === fact.state && kept.id === fact.id && kept.received === fact.received;

/** True when the word was said before, whatever became of it. */
const isOneOf = (kept: Fact, fact: Fact): boolean =>
  [kept, kept.contradicted, kept.overruled].some((word) => word !== undefined && isRepeatedBy(word, fact));

/** What was done instead is repeated only by what says the same of it. */
const isRepeatedBy = (word: Word & Pick<Fact, "differs">, fact: Fact): boolean =>
  isSameWord(word, fact) && !(word.differs && isAnother(word, fact));

function doubtedBeside(kept: Fact, fact: Fact): Classified {
  if (!fact.differs) return isHeard(kept, fact) ? "known" : "doubted";
  if (kept.doubt !== undefined && !kept.differs) return "recorded";
  if (isUnvouched(kept) && !isOther(idIn(kept), idIn(fact)))
    return isAnother(kept, fact) ? "contradicts" : "recorded";
  if (isHeard(kept, fact)) return "known";
  return isDenial(kept) ? "contradicts" : "doubted";
}

/** It was said before, or a person settled what was done under its id, whatever that was. */
const isHeard = (kept: Fact, fact: Fact): boolean =>
  isOneOf(kept, fact) ||
  (kept.by !== undefined && kept.state === fact.state && !isOther(idIn(kept), idIn(fact)));

/** Something that both state is not the same. */
const isAnother = (kept: Word, fact: Word): boolean =>
  STATED.some((member) => isOther(statedIn(kept, member), statedIn(fact, member)));

/** A success that the provider told and nobody spoke about. */
const isUnvouched = ({ state, doubt, by, contradicted }: Fact): boolean =>
  state === "succeeded" && doubt === undefined && by === undefined && contradicted === undefined;

/** True where the same word states more than the one that is kept, or a person vouches for it. */
const isCompletedBy = (kept: Fact, fact: Fact): boolean =>
  kept.by === undefined &&
  isSameWord(kept, fact) &&
  (fact.by !== undefined || (kept.state === "succeeded" && statesMore(kept, fact)));

/** A word without an id takes the place of none that has one. */
const statesMore = (kept: Word, word: Word): boolean =>
  (idIn(word) !== undefined || idIn(kept) === undefined) &&
  STATED.some((member) => statedIn(kept, member) === undefined && statedIn(word, member) !== undefined);
