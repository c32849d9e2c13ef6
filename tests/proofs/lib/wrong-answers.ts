// Rows in which the provider's answer is wrong: it did something else than it was asked for, or it
// does not take the request, or it forgets a refusal before anybody heard of it.
import {
  ALL,
  AUTHORIZE,
  always,
  CAPTURE,
  COMPLETED,
  FORWARD,
  OFF_RAMP,
  ON_RAMP,
  PARKED_FINDINGS,
  parks,
  REVERSE,
  row,
  type Step,
  VOID,
  WHOLE,
  type WordRow,
} from "./word-rows.ts";

/** Something else is done than was asked for. The answer says it, or the query if it is lost. */
const differing = (step: Step, fault: string, deed: string): WordRow[] => {
  const expected =
    fault === "partial" && step === AUTHORIZE
      ? ({
          ends: "FAILED",
          code: "PartiallyApproved",
          books: ["authorize in part", "void in part"],
          findings: [],
        } as const)
      : parks(step, `${step.operation}${deed}`, "AnswerDiffers");
  const order = `${fault}_${step.operation}`;
  const lost = `${order},lost_${step.operation}_x1`;
  return [row(step, fault, order, expected), row(step, `${fault}, lost`, lost, expected)];
};

/** Nothing of a void is asked for but whose it is. */
const DIFFERING: WordRow[] = [
  ...[...FORWARD, REVERSE].flatMap((step) => differing(step, "partial", " in part")),
  ...[ON_RAMP, OFF_RAMP].flatMap((step) => differing(step, "wrong_amount", " in part")),
  ...FORWARD.flatMap((step) =>
    differing(step, "wrong_currency", step.rail === "card" ? " in USD" : " in EUR"),
  ),
  ...ALL.flatMap((step) => differing(step, "wrong_reference", " misnamed")),
];

/** The request is not taken. Nothing is done, and what went before is undone. */
const CODE = "ProviderRejected";
const REJECTED: WordRow[] = [
  row(AUTHORIZE, "rejected_400", "rejected_400_authorize", {
    ends: "FAILED",
    code: CODE,
    books: [],
    findings: [],
  }),
  row(CAPTURE, "rejected_422", "rejected_422_capture", {
    ends: "FAILED",
    code: CODE,
    books: ["authorize", "void"],
    findings: [],
  }),
  row(ON_RAMP, "rejected_422", "rejected_422_on_ramp", {
    ends: "FAILED",
    code: CODE,
    books: [],
    findings: [],
  }),
  row(OFF_RAMP, "rejected_400", "rejected_400_off_ramp", {
    ends: "FAILED",
    code: CODE,
    books: ["on_ramp", "reverse_on_ramp"],
    findings: [],
  }),
  ...[CAPTURE, OFF_RAMP].flatMap((step) => [
    row(
      step,
      "rejected_422, nothing done",
      `unavailable_${step.operation}_x1,rejected_422_${step.operation}`,
      {
        ends: "FAILED",
        code: CODE,
        books:
          step === CAPTURE
            ? ["authorize", "capture tombstoned", "void"]
            : ["on_ramp", "off_ramp tombstoned", "reverse_on_ramp"],
        findings: [],
      },
    ),
    row(
      step,
      "rejected_422, done",
      `lost_${step.operation}_x1,expired_key_query_x1,rejected_422_${step.operation}`,
      { ...COMPLETED, books: WHOLE[step.rail] },
    ),
  ]),
];

/** An undo that is rejected for ever, which outlasts its retries. */
const REJECTED_UNDOS: WordRow[] = [VOID, REVERSE].map((step) =>
  always(
    row(step, "rejected_422", `rejected_422_${step.operation}`, {
      ends: "PARKED",
      at: [step.state],
      code: "UndoRefused",
      books: step.earlier,
      findings: PARKED_FINDINGS,
    }),
  ),
);

/** The provider refuses, and forgets that it did before we heard of it: it decides anew. */
const REFORGOTTEN: WordRow[] = FORWARD.map((step) => {
  const { operation, rail, earlier } = step;
  const forgets = `expired_key_query,expired_key_${operation}_x1`;
  const order = `refused_${operation}_x1,lost_${operation}_x1,${forgets}`;
  const books = [...earlier, `${operation} refused`, operation, ...WHOLE[rail].slice(earlier.length + 1)];
  return row(step, "refused and forgotten, unheard", order, { ...COMPLETED, books });
});

/** Where no webhook arrives. */
export const SILENT_WORD_ROWS: WordRow[] = [...DIFFERING, ...REJECTED, ...REJECTED_UNDOS, ...REFORGOTTEN];
