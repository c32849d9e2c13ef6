// A fact is what a provider told of its own accord about one of our keys. It is kept apart from the payment, which only its
// saga writes, and is read by whoever would otherwise have to ask.
import { isTerminal, type PaymentRecord } from "./payment.ts";
import type { ProviderOperation } from "./steps.ts";

export type Fact = {
  operation: ProviderOperation;
  /** `pending` is the only state that another may follow. */
  state: "pending" | "succeeded" | "refused" | "tombstoned";
  /** The provider's own id of the operation. */
  id: string;
  /** When it happened, by the provider's clock (ISO 8601). */
  at: string;
};

/** Of each key the first final word, or that it is pending. */
export type Facts = Partial<Record<ProviderOperation, Fact>>;

/** What a fact is to the one that stands: only nothing and `pending` are written over. */
export function judgeFact(standing: Fact | undefined, fact: Fact): "recorded" | "known" | "contradicts" {
  if (standing === undefined) return "recorded";
  if (fact.state === "pending") return "known";
  if (standing.state === "pending") return "recorded";
  return standing.state === fact.state && standing.id === fact.id ? "known" : "contradicts";
}

/** False when the payment shows the same already, so that the fact need not be written. */
export const isNews = (fact: Fact, payment: PaymentRecord): boolean =>
  !isShown(fact, payment) && judgeFact(payment.facts?.[fact.operation], fact) !== "known";

const STEPS = { authorize: "authorize-payment", capture: "capture-payment" };

function isShown({ operation, state, id }: Fact, payment: PaymentRecord): boolean {
  // A refused void is no last word: the same key may try again.
  if (operation === "void") {
    const released = payment.marks.undone["authorize-payment"] !== undefined;
    return state !== "succeeded" || (released && !payment.capture_id);
  }
  const shown = operation === "authorize" ? payment.authorization_id : payment.capture_id;
  const ended = isTerminal(payment.status);
  if (state === "succeeded") return shown === id;
  if (state === "pending") return ended || shown !== undefined;
  return shown === undefined && (ended || payment.failure?.step === STEPS[operation]);
}

/** Where the provider's word and a payment that has ended part, in sentences. */
export function disagreementsOf(payment: PaymentRecord): string[] {
  const { authorize, capture, void: release } = payment.facts ?? {};
  const released = release?.state === "succeeded" && payment.capture_id !== undefined;
  return [
    ...(authorize ? aboutHold(authorize, payment) : []),
    ...(capture ? aboutCapture(capture, payment) : []),
    ...(released ? ["the provider released what the payment shows as captured"] : []),
  ];
}

function aboutHold({ state, id, at }: Fact, { authorization_id, marks, status }: PaymentRecord): string[] {
  if (state === "pending") return [];
  if (state !== "succeeded")
    return authorization_id ? [`the provider says ${state} of the hold ${authorization_id}`] : [];
  if (authorization_id !== undefined && authorization_id !== id)
    return [`the provider holds ${id}, and the payment shows ${authorization_id}`];
  const undone = marks.undone["authorize-payment"];
  const stands = undone === undefined || Date.parse(at) > undone;
  const failed = status === "FAILED" || status === "CANCELED";
  return failed && stands ? [`the provider holds ${id}, and the payment is ${status}`] : [];
}

function aboutCapture({ state, id }: Fact, { capture_id, status }: PaymentRecord): string[] {
  if (state === "pending") return [];
  if (state === "succeeded")
    return capture_id === id
      ? []
      : [`the provider captured ${id}, and the payment shows ${capture_id ?? status}`];
  return capture_id ? [`the provider says ${state} of the capture ${capture_id}`] : [];
}
