// Which effects of a payment are open: a step that moved something, or may have. It must be undone
// before the steps before it are undone, and before the payment may fail.
import type { Rail } from "../contracts/types.ts";
import { InvariantBroken } from "../errors/registry.ts";
import { isDone, isRefused, type PaymentRecord } from "./payment.ts";
import type { Saga, SagaStep } from "./saga.ts";
import { type PivotStep, SAGA_OF, STEPS_OF, type Step, type UndoableStep } from "./saga-definition.ts";

const isUndone = ({ marks }: PaymentRecord, step: Step): boolean => marks.undone[step] !== undefined;
/** True when a provider may have done what the step intended. */
export const mayHaveHappened = (payment: PaymentRecord, step: Step): boolean =>
  payment.marks.intent[step] !== undefined && !isRefused(payment, step);

/** When a step's effect is open. */
const OPEN_WHEN = {
  done: isDone,
  "done, not undone": (payment: PaymentRecord, step: Step) =>
    isDone(payment, step) && !isUndone(payment, step),
  "begun, not undone": (payment: PaymentRecord, step: Step) =>
    mayHaveHappened(payment, step) && !isUndone(payment, step),
  "begun, not forbidden": (payment: PaymentRecord, step: Step) =>
    mayHaveHappened(payment, step) && payment.marks.tombstone[step] === undefined,
};
export type Effect = { step: string; when: keyof typeof OPEN_WHEN; sentence: string };

/** What is said of an effect that is open, and of a pivot whose outcome nobody knows. */
type Sentences = { open: Record<string, string>; doubt: Record<string, string> };
const SENTENCES = {
  open: {
    "authorize-payment": "the authorization stands",
    "post-ledger": "the ledger posting stands",
    "capture-payment": "a captured payment does not fail",
    "authorize-conversion": "the source account's hold stands",
    "on-ramp": "what the on-ramp sold stands",
    "off-ramp": "a payment that was paid out does not fail",
  } satisfies Record<UndoableStep | PivotStep, string>,
  doubt: {
    "capture-payment": "the capture is not resolved",
    "off-ramp": "the off-ramp is not resolved",
  } satisfies Record<PivotStep, string>,
};

/** Whether a pivot in doubt is named before the steps that can be undone, or after them. */
const DOUBT_IS_NAMED: Record<Rail, "first" | "last"> = { card: "last", stablecoin: "first" };

/**
 * The effects of a saga in the order in which they are named: the pivot, then what can be undone,
 * the latest step first. Throws InvariantBroken for a step without a sentence: it would be open
 * without a word.
 */
export function effectsOf({ steps }: Saga, { open, doubt }: Sentences, named: "first" | "last"): Effect[] {
  const effect = ({ step }: SagaStep, when: Effect["when"], sentences: Record<string, string>): Effect => {
    const sentence = sentences[step];
    if (!sentence) throw new InvariantBroken(`nothing is said of an open ${step}`);
    return { step, when, sentence };
  };
  const pivots = steps.filter(({ pivot }) => pivot);
  const happened = pivots.map((one) => effect(one, "done", open));
  const doubted = pivots.map((one) => effect(one, "begun, not forbidden", doubt));
  const undoable = steps.filter(({ undo }) => undo !== undefined).reverse();
  // A step that asks a provider may have an effect from its intent on, another from its result on.
  const undone = undoable.map((one) =>
    effect(one, one.provider ? "begun, not undone" : "done, not undone", open),
  );
  return named === "first" ? [...happened, ...doubted, ...undone] : [...happened, ...undone, ...doubted];
}

const effectsOn = (rail: Rail): Effect[] => effectsOf(SAGA_OF[rail], SENTENCES, DOUBT_IS_NAMED[rail]);
const EFFECTS: Record<Rail, Effect[]> = { card: effectsOn("card"), stablecoin: effectsOn("stablecoin") };

/** The first open effect of the steps after that one, or of all steps, as a sentence. */
export function openEffectOf(payment: PaymentRecord, after?: Step): string | undefined {
  const steps: readonly string[] = STEPS_OF[payment.rail];
  const first = after === undefined ? 0 : steps.indexOf(after) + 1;
  return EFFECTS[payment.rail].find(
    ({ step, when }) => steps.indexOf(step) >= first && OPEN_WHEN[when](payment, step as Step),
  )?.sentence;
}

/** True when a step before it was undone: then this step did not happen, and never will. */
export function isRuledOut(payment: PaymentRecord, step: Step): boolean {
  const steps: readonly Step[] = STEPS_OF[payment.rail];
  return steps.slice(0, steps.indexOf(step)).some((before) => isUndone(payment, before));
}
