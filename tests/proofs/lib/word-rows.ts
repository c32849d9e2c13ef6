// Rows of the fault table in which the provider's words are wrong. A row says how its payment has
// to end, what the provider's books then hold, and what is found. This is what it is made of.
import type { Row } from "./fault-rows.ts";
import type { Rail } from "./ordered.ts";

export type WordRow = Row & {
  rail: Rail;
  plan: string;
  /** Where a parked payment waits: one of these. */
  at?: readonly string[];
  /** The failure of a failed payment, or the error that parked one. */
  code?: string;
  /** Every deed in the provider's books, in their order. */
  books: readonly string[];
  /** The kinds of the open findings, in the order of the alphabet. */
  findings: readonly string[];
};

export const isWordRow = (row: Row): row is WordRow => "findings" in row;

export type Step = {
  rail: Rail;
  operation: string;
  /** The state in which it is asked for. */
  state: string;
  /** What brings a payment to it. */
  before: string;
  /** The books before it. */
  earlier: string[];
};
const CARD = { rail: "card", before: "" } as const;
const RAMP = { rail: "stablecoin", before: "" } as const;
export const AUTHORIZE: Step = { ...CARD, operation: "authorize", state: "AuthorizePayment", earlier: [] };
export const CAPTURE: Step = {
  ...CARD,
  operation: "capture",
  state: "CapturePayment",
  earlier: ["authorize"],
};
export const VOID: Step = {
  rail: "card",
  operation: "void",
  state: "VoidAuthorization",
  before: "refused_capture,",
  earlier: ["authorize", "capture refused"],
};
export const ON_RAMP: Step = { ...RAMP, operation: "on_ramp", state: "OnRamp", earlier: [] };
export const OFF_RAMP: Step = { ...RAMP, operation: "off_ramp", state: "OffRamp", earlier: ["on_ramp"] };
export const REVERSE: Step = {
  rail: "stablecoin",
  operation: "reverse_on_ramp",
  state: "ReverseOnRamp",
  before: "refused_off_ramp,",
  earlier: ["on_ramp", "off_ramp refused"],
};
export const FORWARD = [AUTHORIZE, CAPTURE, ON_RAMP, OFF_RAMP];
export const ALL = [...FORWARD, VOID, REVERSE];

export type Expected = Pick<WordRow, "ends" | "at" | "code" | "books" | "findings">;
export const COMPLETED = { ends: "COMPLETED", findings: [] } as const;
export const WHOLE: Record<Rail, string[]> = {
  card: ["authorize", "capture"],
  stablecoin: ["on_ramp", "off_ramp"],
};

export const row = (
  { rail, operation, before }: Step,
  fault: string,
  orders: string,
  expected: Expected,
): WordRow => ({
  rail,
  fault,
  where: operation,
  often: "once",
  plan: `${before}${orders}`,
  ...expected,
});

/** A fault that outlasts every retry. */
export const always = (one: WordRow): WordRow => ({ ...one, often: "always" });

export const PARKED_FINDINGS = ["saga-failed"];
/** A wrong success is for a person, wherever it is learned of. */
export const parks = (
  { state, earlier }: Step,
  deed: string,
  code: string,
  findings = PARKED_FINDINGS,
): Expected => ({
  ends: "PARKED",
  at: [state],
  code,
  books: [...earlier, deed],
  findings,
});

/** Two words that cannot both be true, or one that is in doubt, and a payment that waits. */
export const DISPUTED = ["provider-disagrees", "saga-failed"];
