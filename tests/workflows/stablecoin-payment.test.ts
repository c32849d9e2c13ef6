// What the conversion saga promises, in its own words; the full table of errors is in traces/.
import { describe, expect, it } from "@jest/globals";
import { describeRun, readMachine, runMachine } from "../support/run-machine.ts";

const machine = readMachine("stablecoin-payment");
const UNDOS = ["ReverseOnRamp", "ReleaseHold", "FailPayment"];
const states = ({ visits }: Awaited<ReturnType<typeof runMachine>>): string[] =>
  visits.map(({ state }) => state);

describe("a conversion", () => {
  it("completes in at most 7 transitions when nothing goes wrong", async () => {
    const run = await runMachine(machine);
    expect(describeRun(run)).toBe(
      "ValidatePayment ✓ → AuthorizeConversion ✓ → OnRamp ✓ → OffRamp ✓ → PostLedger ✓ → NotifyPayment ✓ → SUCCEEDED",
    );
    expect(run.transitions).toBeLessThanOrEqual(7);
  });

  it("fails without any undo when the source account lacks the funds", async () => {
    const run = await runMachine(machine, { AuthorizeConversion: ["InsufficientFunds"] });
    expect(describeRun(run)).toBe(
      "ValidatePayment ✓ → AuthorizeConversion ✗ InsufficientFunds → FailPayment ✓ → SUCCEEDED",
    );
  });

  it("only releases the hold when the on-ramp refuses", async () => {
    const run = await runMachine(machine, { OnRamp: ["OnRampDeclined"] });
    expect(states(run).slice(-3)).toEqual(["OnRamp", "ReleaseHold", "FailPayment"]);
  });

  it("sells the USDC back and releases the hold when the off-ramp refuses", async () => {
    const run = await runMachine(machine, { OffRamp: ["OffRampDeclined"] });
    expect(states(run).slice(-4)).toEqual(["OffRamp", ...UNDOS]);
  });

  it("awaits an on-ramp that settles later, and goes on", async () => {
    const run = await runMachine(machine, {
      OnRamp: ["OutcomeUnknown"],
      ResolveOnRamp: ["OutcomePending", "OutcomePending", "ok"],
    });
    expect(states(run).slice(-5)).toEqual([
      "OnRamp",
      "ResolveOnRamp",
      "OffRamp",
      "PostLedger",
      "NotifyPayment",
    ]);
  });

  it("undoes what may have been bought once it is known to be absent", async () => {
    const run = await runMachine(machine, { OnRamp: ["hangs"], ResolveOnRamp: ["OutcomeAbsent"] });
    expect(states(run).slice(-4)).toEqual(["ResolveOnRamp", ...UNDOS]);
  });

  it("never undoes straight after an uncertain payout", async () => {
    const run = await runMachine(machine, { OffRamp: ["hangs"] });
    expect(states(run).slice(-3)).toEqual(["ResolveOffRamp", "PostLedger", "NotifyPayment"]);
  });

  it("tries the payout again while the policy says so, and no further", async () => {
    const again = Array<string>(21).fill("OutcomeUnknown");
    const resumed = await runMachine(machine, {
      OffRamp: [...again, "ok"],
      ResolveOffRamp: ["OutcomeResumable"],
    });
    expect(states(resumed).slice(-5)).toEqual([
      "OffRamp",
      "ResolveOffRamp",
      "OffRamp",
      "PostLedger",
      "NotifyPayment",
    ]);
    const unwound = await runMachine(machine, {
      OffRamp: ["OutcomeUnknown"],
      ResolveOffRamp: ["OutcomeResumable", "OutcomeAbsent"],
    });
    expect(states(unwound).slice(-6)).toEqual(["ResolveOffRamp", "OffRamp", "ResolveOffRamp", ...UNDOS]);
  });

  it("enters the undo at its top when it is withdrawn, wherever it stands", async () => {
    for (const state of ["ValidatePayment", "AuthorizeConversion", "OnRamp", "OffRamp"]) {
      const run = await runMachine(machine, {
        [state]: ["CancelRequested"],
        ResolveOffRamp: ["OutcomeAbsent"],
      });
      expect(states(run).slice(-5)).toEqual([state, "ResolveOffRamp", ...UNDOS]);
    }
  });

  it.each([...UNDOS, "ResolveOnRamp", "ResolveOffRamp", "PostLedger"])(
    "parks at %s when that gives up, and a redrive goes on exactly there",
    async (state) => {
      const error = UNDOS.includes(state) ? "UndoRefused" : "StoreUnavailable";
      const doubts = { OnRamp: ["OutcomeUnknown"], OffRamp: ["OutcomeUnknown"] };
      const script = {
        ...(UNDOS.includes(state) ? { OffRamp: ["OffRampDeclined"] } : doubts),
        [state]: [error],
      };
      const parked = await runMachine(machine, script);
      expect(parked.ending).toMatchObject({ status: "FAILED", error });
      expect(parked.visits.at(-1)).toMatchObject({ state, ok: false });
      const redriven = await runMachine(machine, { [state]: [error, "ok"] }, parked.progress);
      expect(redriven.ending.status).toBe("SUCCEEDED");
      expect(redriven.visits[0]).toMatchObject({ state, ok: true });
    },
  );
});
