// A fact is what a provider told of its own accord about one of our keys. It is kept apart from the payment, which only its
// saga writes, and is read by whoever would otherwise have to ask.
import { isTerminal, type PaymentRecord, RESULT_OF } from "./payment.ts";
import { type ProviderOperation, RAMP_OPERATIONS, STEP_OF } from "./steps.ts";

export type Fact = {
  operation: ProviderOperation;
  /** `pending` is the only state that another may follow. */
  state: "pending" | "succeeded" | "refused" | "tombstoned";
  /** The provider's own id of the operation. */
  id: string;
  /** When it happened, by the provider's clock (ISO 8601). */
  at: string;
  /** What a ramp gave, in minor units. */
  received?: number;
  /** The operator who said so, where it was not the provider. */
  by?: string;
};

/** A ramp that succeeded gave something, and has to say how much. */
export const isRampsSuccess = ({ operation, state }: Pick<Fact, "operation" | "state">): boolean =>
  RAMP_OPERATIONS.includes(operation) && state === "succeeded";

/** Of each key the provider's first final word, or that it is pending, or an operator's word. */
export type Facts = Partial<Record<ProviderOperation, Fact>>;

/** What a fact is to the one that stands: only nothing, `pending` and an operator's word are written over. */
export function judgeFact(standing: Fact | undefined, fact: Fact): "recorded" | "known" | "contradicts" {
  if (standing === undefined) return "recorded";
  if (fact.state === "pending") return "known";
  if (standing.state === "pending") return "recorded";
  const { state, id, received } = standing;
  const isSame = state === fact.state && id === fact.id && received === fact.received;
  if (standing.by !== undefined && !(isSame && fact.by !== undefined)) return "recorded";
  return isSame ? "known" : "contradicts";
}

/** False when the payment shows the same already, so that the fact need not be written. */
export const isNews = (fact: Fact, payment: PaymentRecord): boolean =>
  !isShown(fact, payment) && judgeFact(payment.facts?.[fact.operation], fact) !== "known";

function isShown({ operation, state, id }: Fact, payment: PaymentRecord): boolean {
  // A refused undo is no last word: the same key may try again.
  if (operation === "void") {
    const released = payment.marks.undone["authorize-payment"] !== undefined;
    return state !== "succeeded" || (released && !payment.capture_id);
  }
  if (operation === "reverse_on_ramp") {
    const reversed = payment.marks.undone["on-ramp"] !== undefined;
    return state !== "succeeded" || (reversed && !payment.off_ramp_tx_id);
  }
  const step = STEP_OF[operation];
  const shown = payment[RESULT_OF[step]];
  const ended = isTerminal(payment.status);
  if (state === "succeeded") return shown === id;
  if (state === "pending") return ended || shown !== undefined;
  return shown === undefined && (ended || payment.failure?.step === step);
}
