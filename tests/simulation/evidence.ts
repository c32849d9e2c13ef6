// What a person says of a parked payment who reads the provider's books, and what somebody says who
// does not. What the provider did wrong is put right with it first.
import type { Learned } from "../../functions/lib/contracts/types.ts";
import { isRuledOut } from "../../functions/lib/domain/open-effects.ts";
import { isDone, isRefused, type PaymentRecord } from "../../functions/lib/domain/payment.ts";
import type { Fact, Word } from "../../functions/lib/domain/provider-fact.ts";
import {
  type ForwardOperation,
  isUndo,
  type ProviderOperation,
  providerKey,
  STEP_OF,
  type Step,
  stepOf,
} from "../../functions/lib/domain/saga-definition.ts";
import type { Order } from "./order.ts";
import type { Books } from "./scenario.ts";
import type { World } from "./world.ts";

/** A function that redrives lives for less. */
const LONGEST_REDRIVE_MS = 60_000;

/**
 * Which of two words holds, or what became of a key that may have expired, or of an answer that was
 * not as asked; undefined where the provider itself can say.
 */
export function truthAbout(world: World, order: Order, payment: PaymentRecord): Learned | undefined {
  const { books } = world;
  const facts = payment.facts ?? {};
  const wrong = doneWrong(books, order, payment);
  if (wrong) books.putRight(providerKey(payment.payment_id, wrong));
  const disputed = Object.values(facts).find(({ contradicted }) => contradicted);
  if (disputed) return trueWord(books, payment, disputed);
  const operation = wrong ?? inDoubt(world, payment) ?? doubtedUndo(payment);
  if (!operation) return undefined;
  const isAsked = wrong || facts[operation]?.doubt !== undefined || mayHaveForgotten(world, payment);
  return isAsked ? { operation, ...books.truthOf(providerKey(payment.payment_id, operation)) } : undefined;
}

/**
 * The opposite of what is so, while the provider remembers and for long enough to be asked: nothing
 * may come of it.
 */
export function untruthAbout(world: World, { plan }: Order, payment: PaymentRecord): Learned | undefined {
  const operation = mayHaveForgotten(world, payment, LONGEST_REDRIVE_MS)
    ? undefined
    : inDoubt(world, payment);
  if (!operation || plan.wrong || payment.facts?.[operation]) return undefined;
  const { state } = world.books.truthOf(providerKey(payment.payment_id, operation));
  const gives = operation.endsWith("_ramp") ? { received: 1 } : {};
  return state === "succeeded"
    ? { operation, state: "tombstoned", id: "error-1" }
    : { operation, state: "succeeded", id: "error-1", ...gives };
}

/**
 * Of two words that contradict each other, the one that is so, as it was told. What was done can be
 * booked no more once a step before it was undone: then it is put right.
 */
function trueWord(books: Books, payment: PaymentRecord, fact: Fact): Learned {
  const { operation } = fact;
  const key = providerKey(payment.payment_id, operation);
  const step = stepOf(operation);
  if (isRuledOut(payment, step) && payment.marks.undone[step] === undefined) books.putRight(key);
  const truth = books.truthOf(key);
  const words = [fact, fact.contradicted].filter((word) => word !== undefined);
  const isSo = ({ state }: Word) => (state === "succeeded") === (truth.state === "succeeded");
  // Two may say that it happened, and then one of them says what did.
  const isTrue = (word: Word) => isSo(word) && word.id === truth.id;
  const { state, id } = words.find(isTrue) ?? words.find(isSo) ?? fact;
  const received = state === "succeeded" && "received" in truth ? { received: truth.received } : {};
  return { operation, state, id, ...received } as Learned;
}

/** What the provider did otherwise than it was asked, where the payment is parked. */
function doneWrong(books: Books, { plan }: Order, payment: PaymentRecord): ProviderOperation | undefined {
  const { wrong } = plan;
  if (wrong?.where !== "deeds" || payment.status !== "IN_REVIEW") return undefined;
  const operation = wrong.operation as ProviderOperation;
  const { state } = books.truthOf(providerKey(payment.payment_id, operation));
  const isUntaken = payment.facts?.[operation]?.by === undefined;
  return state === "succeeded" && isUntaken && operation !== "void" ? operation : undefined;
}

/** An undo of which the provider said something else than was asked for. */
const doubtedUndo = ({ facts = {} }: PaymentRecord): ProviderOperation | undefined =>
  Object.values(facts).find(
    ({ operation, state, doubt }) => isUndo(operation) && state === "succeeded" && doubt,
  )?.operation;

/** The first operation that was begun, and of which nobody knows what became of it. */
function inDoubt(world: World, payment: PaymentRecord): ForwardOperation | undefined {
  return (Object.keys(STEP_OF) as ForwardOperation[])
    .filter((one) => world.scenario.operations.includes(one) && isUntold(world, payment, one))
    .find((one) => isOpen(payment, STEP_OF[one]));
}

const isOpen = (payment: PaymentRecord, step: Step): boolean =>
  payment.marks.intent[step] !== undefined &&
  payment.marks.undone[step] === undefined &&
  !isDone(payment, step) &&
  !isRefused(payment, step);

/**
 * True where the provider told nothing that decides. A success without its amount does not, nor
 * does a refusal that may be decided anew.
 */
function isUntold({ run }: World, { facts }: PaymentRecord, operation: ForwardOperation): boolean {
  const fact = facts?.[operation];
  if (fact === undefined || fact.state === "pending" || fact.doubt !== undefined) return true;
  if (fact.state === "refused") return !run.plan.nature.keeps_refusals;
  return fact.state === "succeeded" && fact.amount === undefined;
}

/** True once a key of the payment may have expired, or may within that time. */
function mayHaveForgotten(world: World, { created_at }: PaymentRecord, withinMs = 0): boolean {
  const ttlMs = world.run.plan.nature.key_ttl_seconds * 1000;
  return world.clock().now() + withinMs - Date.parse(created_at) > ttlMs;
}
