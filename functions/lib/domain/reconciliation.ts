// Where a payment that has ended does not agree with its provider or its books, in sentences: the provider's word is another,
// or value is left where nobody moves it any more. Nothing mends itself here: a person decides.
import { houseKey } from "./accounts.ts";
import { type Journal, type Posting, sumsOf } from "./journal.ts";
import { openEffectOf } from "./open-effects.ts";
import type { PaymentRecord } from "./payment.ts";
import type { Fact } from "./provider-fact.ts";
import type { Step } from "./saga-definition.ts";

export const disagreementsOf = (payment: PaymentRecord): string[] =>
  payment.rail === "card" ? aboutCard(payment) : aboutConversion(payment);

function aboutCard(payment: PaymentRecord): string[] {
  const { authorize, capture, void: release } = payment.facts ?? {};
  const { authorization_id, capture_id } = payment;
  const released = release?.state === "succeeded" && capture_id !== undefined;
  return [
    ...aboutUndoable(authorize, payment, { step: "authorize-payment", shown: authorization_id, words: HOLD }),
    ...aboutPivot(capture, payment, { shown: capture_id, words: CAPTURE }),
    ...(released ? ["the provider released what the payment shows as captured"] : []),
  ];
}

function aboutConversion(payment: PaymentRecord): string[] {
  const { on_ramp, off_ramp, reverse_on_ramp } = payment.facts ?? {};
  const { on_ramp_tx_id, off_ramp_tx_id, marks } = payment;
  const isBack = reverse_on_ramp?.state === "succeeded";
  // Without a purchase the undo only forbade one: there was nothing to take back.
  const showsBack = on_ramp_tx_id !== undefined && marks.undone["on-ramp"] !== undefined;
  return [
    ...aboutUndoable(on_ramp, payment, { step: "on-ramp", shown: on_ramp_tx_id, words: PURCHASE }),
    ...aboutPivot(off_ramp, payment, { shown: off_ramp_tx_id, words: PAYOUT }),
    ...(isBack && off_ramp_tx_id ? ["the provider took back what the payment shows as paid out"] : []),
    ...(isBack && !showsBack ? ["the provider took back what the payment does not show as sold back"] : []),
  ];
}

/** `did` is the provider's deed, `what` its outcome. */
type Words = { did: string; what: string };
const HOLD = { did: "holds", what: "hold" };
const CAPTURE = { did: "captured", what: "capture" };
const PURCHASE = { did: "sold", what: "purchase" };
const PAYOUT = { did: "paid out", what: "payout" };

/** A step that its undo takes back: what stands at the provider may not stand beside a payment that failed. */
function aboutUndoable(
  fact: Fact | undefined,
  { marks, status }: PaymentRecord,
  { step, shown, words }: { step: Step; shown: string | undefined; words: Words },
): string[] {
  if (!fact || fact.state === "pending") return [];
  const { state, id, at } = fact;
  if (state !== "succeeded") return shown ? [`the provider says ${state} of the ${words.what} ${shown}`] : [];
  if (shown !== undefined && shown !== id)
    return [`the provider ${words.did} ${id}, and the payment shows ${shown}`];
  const undone = marks.undone[step];
  const stands = undone === undefined || Date.parse(at) > undone;
  const failed = status === "FAILED" || status === "CANCELED";
  return failed && stands ? [`the provider ${words.did} ${id}, and the payment is ${status}`] : [];
}

/** A step that nothing takes back. */
function aboutPivot(
  fact: Fact | undefined,
  { status }: PaymentRecord,
  { shown, words }: { shown: string | undefined; words: Words },
): string[] {
  if (!fact || fact.state === "pending") return [];
  const { state, id } = fact;
  if (state === "succeeded")
    return shown === id ? [] : [`the provider ${words.did} ${id}, and the payment shows ${shown ?? status}`];
  return shown ? [`the provider says ${state} of the ${words.what} ${shown}`] : [];
}

/** Where value only passes through: a payment that has ended leaves nothing in them. */
const PASSED = ["in_transit", "clearing", "payout"] as const;

/** `journals` are all that the payment's events promise. */
export function strandedValueOf(payment: PaymentRecord, journals: Journal[]): string[] {
  const { status, in_transit_since: since } = payment;
  const isUndone = status === "FAILED" || status === "CANCELED";
  const standing = isUndone ? openEffectOf(payment) : undefined;
  const postings = journals.flatMap((journal) => journal.postings);
  return [
    ...(since === undefined ? [] : [`${status}, and listed as in transit since ${since}`]),
    ...(standing === undefined ? [] : [`${status}, and ${standing}`]),
    ...PASSED.flatMap((house) => leftIn(house, postings, ({ account }) => account === houseKey(house))),
    ...leftIn("pending", postings, ({ bucket }) => bucket === "pending"),
  ];
}

/** What is pending is zero in sum by account; a sum over all of them would always be. */
function leftIn(where: string, postings: Posting[], isThere: (posting: Posting) => boolean): string[] {
  const there = postings.filter(isThere);
  return [...new Set(there.map(({ account }) => account))].flatMap((account) =>
    [...sumsOf(there.filter((posting) => posting.account === account))]
      .filter(([, sum]) => sum !== 0n)
      .map(([currency, sum]) => `${sum} ${currency} are left in ${where}`),
  );
}
