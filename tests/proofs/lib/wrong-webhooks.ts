// Rows in which the provider's webhooks are wrong: they tell what nobody asked for or what never
// happened, or they say two things.
import {
  always,
  CAPTURE,
  DISPUTED,
  FORWARD,
  OFF_RAMP,
  parks,
  REVERSE,
  row,
  VOID,
  WHOLE,
  type WordRow,
} from "./word-rows.ts";

const LIED = ["provider-disagrees"];
/** What is told before anybody asked for it decides nothing. */
const EARLY: WordRow[] = [
  ...[CAPTURE, VOID, OFF_RAMP, REVERSE].map((step) => ({
    ...row(step, "forged, not yet asked for", `forged_${step.operation}_x1`, {
      ends: "COMPLETED" as const,
      books: WHOLE[step.rail],
      findings: LIED,
    }),
    plan: `forged_${step.operation}_x1`,
  })),
  row(CAPTURE, "forged, of the other rail", "forged_off_ramp_x1", {
    ends: "COMPLETED",
    books: WHOLE.card,
    findings: LIED,
  }),
];

/** What is told of a request that did nothing. Asked to forbid it, the provider contradicts it. */
const UNFOUNDED: WordRow[] = [CAPTURE, OFF_RAMP].map((step) => {
  const { operation, earlier } = step;
  const at = [step === CAPTURE ? "ResolveCapture" : "ResolveOffRamp"];
  const order = `unavailable_${operation},unfounded_${operation}_x1`;
  const books = [...earlier, `${operation} tombstoned`];
  const expected = { ends: "PARKED", at, code: "ContradictionStands", books, findings: DISPUTED } as const;
  return always(row(step, "forged, nothing done", order, expected));
});

/**
 * Two words about one operation. Both are there before the call's own answer. A saga that read one
 * in between stops at the first undo, before anything is taken back.
 */
const FIRST_UNDO: Record<string, string> = {
  AuthorizePayment: "FailPayment",
  CapturePayment: "ReverseLedger",
  OnRamp: "ReleaseHold",
  OffRamp: "ReverseOnRamp",
};

/** Where webhooks arrive, and nothing else is on its way: a busy provider tells late. */
export const CONTRADICTED_ROWS: WordRow[] = FORWARD.flatMap((step) => {
  const { operation, state } = step;
  const order = `contradicted_${operation}`;
  const disputed = (deed: string) => ({
    ...parks(step, deed, "ContradictionStands", DISPUTED),
    at: [state, FIRST_UNDO[state] as string],
  });
  return [
    row(step, "refused, then succeeded", order, disputed(operation)),
    row(step, "refused, then succeeded, lost", `${order},lost_${operation}`, disputed(operation)),
    row(step, "succeeded, then refused", `refused_${operation},${order}`, disputed(`${operation} refused`)),
  ];
});

/** Where webhooks arrive. */
export const TOLD_WORD_ROWS: WordRow[] = [...EARLY, ...UNFOUNDED];
