// Where a payment that has ended does not agree with its provider or with the books, in sentences.
// The provider reported something else, or value is left where nobody moves it any more. Nothing is
// repaired here: a person decides.
import type { Rail } from "../contracts/types.ts";
import { InvariantBroken } from "../errors/registry.ts";
import { houseKey } from "./accounts.ts";
import { type Journal, type Posting, sumsOf } from "./journal.ts";
import { openEffectOf } from "./open-effects.ts";
import type { PaymentRecord } from "./payment.ts";
import { type Fact, isShownBy, reliedOn, wordOf } from "./provider-fact.ts";
import type { ProviderCall, Saga } from "./saga.ts";
import {
  type ProviderOperation,
  type ProviderStep,
  SAGA_OF,
  type Step,
  type UndoableStep,
} from "./saga-definition.ts";

/**
 * `did` is what the provider did, `outcome` what came of it. `undid` is how the provider takes it
 * back, `undone` how a payment shows that.
 */
type Words = { did: string; outcome: string; undid?: string; undone?: string };
const WORDS: Record<Exclude<ProviderStep, UndoableStep>, Words> &
  Record<ProviderStep & UndoableStep, Required<Words>> = {
  "authorize-payment": { did: "holds", outcome: "hold", undid: "released", undone: "voided" },
  "capture-payment": { did: "captured", outcome: "capture" },
  "on-ramp": { did: "sold", outcome: "purchase", undid: "took back", undone: "sold back" },
  "off-ramp": { did: "paid out", outcome: "payout" },
};

/** A step that asks a provider, as it is compared with the provider's reports. */
type Compared = {
  step: Step;
  result: keyof PaymentRecord;
  isUndoable: boolean;
  provider: ProviderCall;
  words: Words;
};

function comparedIn({ steps }: Saga, words: Record<string, Words>): Compared[] {
  return steps.flatMap(({ step, result, undo, provider }) => {
    if (provider === undefined) return [];
    const own = words[step];
    if (own === undefined) throw new InvariantBroken(`nothing is said of what a provider does for ${step}`);
    const isUndoable = undo !== undefined;
    return [{ step: step as Step, result: result as keyof PaymentRecord, isUndoable, provider, words: own }];
  });
}

/**
 * The sentences about payments of this saga that have ended. Throws InvariantBroken for a
 * provider's step without words.
 */
export function disagreementsIn(
  saga: Saga,
  words: Record<string, Words>,
): (payment: PaymentRecord) => string[] {
  const compared = comparedIn(saga, words);
  const pivot = compared.find(({ isUndoable }) => !isUndoable);
  return (payment) => [
    ...aboutWords(payment),
    ...compared.flatMap((one) => aboutStep(payment, one)),
    ...compared.flatMap((one) => aboutUndo(payment, one, pivot)),
    ...compared.flatMap((one) => aboutBegunUndo(payment, one, pivot)),
  ];
}

const DISAGREEMENTS: Record<Rail, (payment: PaymentRecord) => string[]> = {
  card: disagreementsIn(SAGA_OF.card, WORDS),
  stablecoin: disagreementsIn(SAGA_OF.stablecoin, WORDS),
};
export const disagreementsOf = (payment: PaymentRecord): string[] => DISAGREEMENTS[payment.rail](payment);

/** What is in doubt opened its finding when it came, and decides nothing here. */
const factOf = ({ facts }: PaymentRecord, operation: string) =>
  reliedOn(facts, operation as ProviderOperation);

/** The word and its doubt, in a sentence. */
const doubtAbout = (fact: Fact): string => `the provider said ${wordOf(fact.operation, fact)}: ${fact.doubt}`;

/** Less is held than was asked for: that is released by the saga, and no matter for a person. */
const isPartialHold = (payment: PaymentRecord, fact: Fact): boolean =>
  fact.operation === "authorize" &&
  fact.differs === true &&
  fact.reference === undefined &&
  fact.currency === payment.currency &&
  BigInt(fact.amount ?? 0) < payment.amount;

/** The doubtful word for people, if it is a matter for them. */
export const doubtFor = (payment: PaymentRecord, fact: Fact): string[] =>
  fact.doubt === undefined || isPartialHold(payment, fact) ? [] : [doubtAbout(fact)];

/** What the provider said that decides nothing, or that cannot all be true. */
export const wordsForPeople = (payment: PaymentRecord): string[] => [
  ...Object.values(payment.facts ?? {}).flatMap((fact) => doubtFor(payment, fact)),
  ...aboutWords(payment),
];

function aboutWords({ facts = {} }: PaymentRecord): string[] {
  return Object.values(facts).flatMap(({ operation, contradicted, ...first }) => {
    if (!contradicted) return [];
    const [one, other] = [first, contradicted].map((word) => wordOf(operation, word));
    return [`the provider said ${one} first, and now ${other}`];
  });
}

function aboutStep(
  payment: PaymentRecord,
  { step, result, isUndoable, provider, words }: Compared,
): string[] {
  const fact = factOf(payment, provider.asks);
  if (!fact || fact.state === "pending") return [];
  const { state, id } = fact;
  const { marks, status, [result]: shown, released } = payment;
  if (state !== "succeeded")
    return shown ? [`the provider says ${state} of the ${words.outcome} ${shown}`] : [];
  if (!isShownBy(shown, fact) && (shown !== undefined || !isUndoable))
    return [`the provider ${words.did} ${id}, and the payment shows ${shown ?? status}`];
  if (!isUndoable) return [];
  // What an undo takes back may not exist beside a payment that failed. We know what we took back:
  // what the payment shows, or what was released under its key. No two clocks are compared.
  const isTakenBack = marks.undone[step] !== undefined && (shown !== undefined || released === true);
  const failed = status === "FAILED" || status === "CANCELED";
  return failed && !isTakenBack ? [`the provider ${words.did} ${id}, and the payment is ${status}`] : [];
}

function aboutUndo(
  payment: PaymentRecord,
  { step, result, provider, words }: Compared,
  pivot: Compared | undefined,
): string[] {
  if (provider.undoes === undefined || factOf(payment, provider.undoes)?.state !== "succeeded") return [];
  const happened = pivot !== undefined && payment[pivot.result] !== undefined;
  // Without a result the undo only forbade the step: there was nothing to take back.
  const showsUndone = payment[result] !== undefined && payment.marks.undone[step] !== undefined;
  return [
    ...(happened ? [`the provider ${words.undid} what the payment shows as ${pivot.words.did}`] : []),
    // A hold that is released moves no money; what was converted back does.
    ...(provider.converts && !showsUndone
      ? [`the provider ${words.undid} what the payment does not show as ${words.undone}`]
      : []),
  ];
}

/** An undo that was sent before the payment went forward after all may have taken effect. */
function aboutBegunUndo(
  payment: PaymentRecord,
  { step, isUndoable, words }: Compared,
  pivot: Compared | undefined,
): string[] {
  const { tombstone, undone } = payment.marks;
  const hasBegun = isUndoable && tombstone[step] !== undefined && undone[step] === undefined;
  return hasBegun && pivot !== undefined && payment[pivot.result] !== undefined
    ? [`${pivot.words.did}, and the undo of ${step} had begun: ask what the provider ${words.undid}`]
    : [];
}

/** Accounts that value only passes through. A payment that has ended leaves nothing in them. */
const PASSED = ["in_transit", "clearing", "payout"] as const;

/** `journals` are all that the payment's events promise. */
export function strandedValueOf(payment: PaymentRecord, journals: Journal[]): string[] {
  const { status, in_transit_since: since } = payment;
  const isUndone = status === "FAILED" || status === "CANCELED";
  const open = isUndone ? openEffectOf(payment) : undefined;
  const postings = journals.flatMap((journal) => journal.postings);
  return [
    ...(since === undefined ? [] : [`${status}, and listed as in transit since ${since}`]),
    ...(open === undefined ? [] : [`${status}, and ${open}`]),
    ...PASSED.flatMap((house) => leftIn(house, postings, ({ account }) => account === houseKey(house))),
    ...leftIn("pending", postings, ({ bucket }) => bucket === "pending"),
  ];
}

/** Pending sums are zero by account. Over all accounts they would always be zero. */
function leftIn(where: string, postings: Posting[], isThere: (posting: Posting) => boolean): string[] {
  const there = postings.filter(isThere);
  return [...new Set(there.map(({ account }) => account))].flatMap((account) =>
    [...sumsOf(there.filter((posting) => posting.account === account))]
      .filter(([, sum]) => sum !== 0n)
      .map(([currency, sum]) => `${sum} ${currency} are left in ${where}`),
  );
}
