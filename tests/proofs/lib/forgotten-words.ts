// Rows in which the provider forgets: a refusal that we recorded, and the key of what it did.
import {
  AUTHORIZE,
  always,
  CAPTURE,
  DISPUTED,
  OFF_RAMP,
  ON_RAMP,
  PARKED_FINDINGS,
  row,
  type WordRow,
} from "./word-rows.ts";

/** The step's own answer is lost as well: its function dies once it has written the refusal. */
export const REFUSED_ROWS: WordRow[] = [
  { step: AUTHORIZE, target: "authorize-payment", code: "CardDeclined", undone: [] },
  { step: CAPTURE, target: "capture-payment", code: "CaptureDeclined", undone: ["void"] },
  { step: ON_RAMP, target: "on-ramp", code: "OnRampDeclined", undone: [] },
  { step: OFF_RAMP, target: "off-ramp", code: "OffRampDeclined", undone: ["reverse_on_ramp"] },
].map(({ step, target, code, undone }) => {
  const { operation, earlier } = step;
  const forgets = `expired_key_query_x1,expired_key_${operation}_x1,lost_webhook_${operation}`;
  return {
    ...row(step, "refused and forgotten, recorded", `refused_${operation}_x1,${forgets}`, {
      ends: "FAILED",
      code,
      books: [...earlier, `${operation} refused`, ...undone],
      findings: [],
    }),
    orders: [{ target, fault: "fail_after", count: 1 }],
  };
});

/** Where keys are believed for no time: a tombstone that the provider tells of proves nothing. */
export const FORGOTTEN_ROWS: WordRow[] = [
  { step: AUTHORIZE, at: "VoidAuthorization", isForbidden: true },
  { step: CAPTURE, at: "ResolveCapture", isForbidden: true },
  { step: ON_RAMP, at: "ResolveOnRamp", isForbidden: false },
  { step: OFF_RAMP, at: "ResolveOffRamp", isForbidden: true },
].map(({ step, at, isForbidden }) => {
  const { operation, earlier } = step;
  const order = `lost_${operation}_x1,lost_webhook_${operation},expired_key_query,expired_key_tombstone`;
  const code = at === "VoidAuthorization" ? "OutcomeUnknown" : "OutcomePending";
  const books = [...earlier, operation, ...(isForbidden ? [`${operation} tombstoned`] : [])];
  const findings = isForbidden ? DISPUTED : PARKED_FINDINGS;
  return always(row(step, "forgotten", order, { ends: "PARKED", at: [at], code, books, findings }));
});
