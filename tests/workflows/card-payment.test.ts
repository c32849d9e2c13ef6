// What the card saga promises, in its own words; the full table of errors is in traces/.
import { describe, expect, it } from "@jest/globals";
import { describeRun, readMachine, runMachine } from "../support/run-machine.ts";

const machine = readMachine("card-payment");
const UNDOS = ["ReverseLedger", "VoidAuthorization", "FailPayment"];

describe("a card payment", () => {
  it("completes in at most 6 transitions when nothing goes wrong", async () => {
    const run = await runMachine(machine);
    expect(describeRun(run)).toBe(
      "ValidatePayment ✓ → AuthorizePayment ✓ → PostLedger ✓ → CapturePayment ✓ → NotifyPayment ✓ → SUCCEEDED",
    );
    expect(run.transitions).toBeLessThanOrEqual(6);
  });

  it("fails without any undo when the card is declined", async () => {
    const run = await runMachine(machine, { AuthorizePayment: ["CardDeclined"] });
    expect(describeRun(run)).toBe(
      "ValidatePayment ✓ → AuthorizePayment ✗ CardDeclined → FailPayment ✓ → SUCCEEDED",
    );
  });

  it("undoes in reverse order when the capture is refused", async () => {
    const run = await runMachine(machine, { CapturePayment: ["CaptureDeclined"] });
    expect(run.visits.slice(-3).map(({ state }) => state)).toEqual(UNDOS);
  });

  it("never undoes straight after an uncertain capture", async () => {
    const run = await runMachine(machine, { CapturePayment: ["hangs"] });
    expect(run.visits.slice(-2).map(({ state }) => state)).toEqual(["ResolveCapture", "NotifyPayment"]);
  });

  it("undoes after an uncertain capture once it is known to be absent", async () => {
    const run = await runMachine(machine, {
      CapturePayment: ["OutcomeUnknown"],
      ResolveCapture: ["OutcomePending", "OutcomePending", "OutcomeAbsent"],
    });
    expect(run.visits.slice(-3).map(({ state }) => state)).toEqual(UNDOS);
  });

  it.each(UNDOS)("parks at %s when that undo gives up, and a redrive goes on exactly there", async (undo) => {
    const script = { CapturePayment: ["CaptureDeclined"], [undo]: ["UndoRefused"] };
    const parked = await runMachine(machine, script);
    expect(parked.ending).toMatchObject({ status: "FAILED", error: "UndoRefused" });
    expect(parked.visits.at(-1)).toMatchObject({ state: undo, ok: false });
    expect(parked.visits.at(-1)?.failures).toHaveLength(10);

    const redriven = await runMachine(
      machine,
      { [undo]: ["UndoRefused", "UndoRefused", "ok"] },
      parked.progress,
    );
    expect(redriven.ending.status).toBe("SUCCEEDED");
    expect(redriven.visits.map(({ state }) => state)).toEqual(UNDOS.slice(UNDOS.indexOf(undo)));
  });

  it("leaves a completed payment alone when its announcement fails", async () => {
    const run = await runMachine(machine, { NotifyPayment: ["StoreUnavailable"] });
    expect(run.visits.at(-1)).toMatchObject({ state: "NotifyPayment", ok: false });
    expect(run.ending).toMatchObject({ status: "FAILED", error: "StoreUnavailable" });
  });
});
