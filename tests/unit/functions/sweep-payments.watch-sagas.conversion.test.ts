// What the sweep does about parked conversions: it waits for whom the state asks, and for nobody
// else; and it says whose value is held.
import { describe, expect, it } from "@jest/globals";
import { OFF_RAMP_PROVIDER, ON_RAMP_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import { ContractViolated } from "../../../functions/lib/errors/registry.ts";
import type { Finding } from "../../../functions/lib/ports/finding-store.ts";
import { resume } from "../../../functions/lib/saga/load-payment.ts";
import { parkPayment } from "../../../functions/lib/saga/park-payment.ts";
import { Watch } from "../../../functions/sweep-payments/watch-sagas.ts";
import { ConversionSaga, OWNER } from "../../support/conversion-saga.ts";
import { MemoryExecutions } from "../../support/memory/memory-executions.ts";
import { MemoryFindingStore } from "../../support/memory/memory-finding-store.ts";
import { POLICY } from "../../support/policy.ts";

const MINUTE = 60_000;

/** A payment that was parked in this state two minutes ago. */
async function parkedAt(
  state: string,
  error = "OutcomePending",
  last: "authorize-conversion" | "on-ramp" | "off-ramp" = "on-ramp",
  asked?: "on-ramp",
) {
  const saga = await ConversionSaga.after(last);
  if (asked) await saga.payments.mark(saga.payment_id, "intent", asked, { execution: OWNER });
  const executions = new MemoryExecutions();
  const found: Finding[] = [];
  const findings = { open: async (finding: Finding) => void found.push(finding) };
  const down = new Set<string>();
  const breaker = { isOpen: async (provider: string) => down.has(provider) };
  const ports = { ...saga.ports(), executions, findings, breaker };
  executions.is(OWNER, "FAILED", { state, error });
  await parkPayment(ports)(await saga.payment(), OWNER);
  saga.clock.advance(2 * MINUTE + 1);
  const look = async () => new Watch(ports).look(await saga.payment());
  return { saga, down, found, look };
}

describe("the sweep, of a parked conversion", () => {
  it.each(["ResolveOnRamp", "ResolveOffRamp", "ReverseOnRamp", "ReleaseHold", "PostLedger", "FailPayment"])(
    "redrives what gave up at %s",
    async (state) => {
      const { look } = await parkedAt(state, "OutcomeUnknown");
      expect(await look()).toBe("redriven");
    },
  );

  it.each(["OnRamp", "OffRamp"])("leaves what failed at %s to a person", async (state) => {
    const { look } = await parkedAt(state, "OutcomeUnknown");
    expect(await look()).toBe("resting");
  });

  it("leaves a defect to a person, wherever it is", async () => {
    const { look } = await parkedAt("ReverseOnRamp", "InvariantBroken");
    expect(await look()).toBe("resting");
  });

  it.each([
    ["ResolveOnRamp", ON_RAMP_PROVIDER, OFF_RAMP_PROVIDER],
    ["ReverseOnRamp", ON_RAMP_PROVIDER, OFF_RAMP_PROVIDER],
    ["ResolveOffRamp", OFF_RAMP_PROVIDER, ON_RAMP_PROVIDER],
  ])("waits at %s for %s, and not for %s", async (state, asked, other) => {
    const { down, look } = await parkedAt(state);
    down.add(asked).add(other);
    expect(await look()).toBe("resting");
    down.delete(asked);
    expect(await look()).toBe("redriven");
  });

  it("redrives what is to be unwound though the off-ramp is down", async () => {
    const { saga, down, look } = await parkedAt("ResolveOffRamp");
    down.add(OFF_RAMP_PROVIDER);
    expect(await look()).toBe("resting");
    saga.clock.advance(3 * MINUTE);
    expect(await look()).toBe("redriven");
  });

  it("leaves what the policy holds to a person", async () => {
    const { saga, look } = await parkedAt("ResolveOffRamp");
    saga.policy = { ...POLICY, off_ramp_outage: { action: "hold", after_seconds: 60, tell: "the desk" } };
    expect(await look()).toBe("resting");
    saga.policy = { ...POLICY, off_ramp_outage: { action: "resume", after_seconds: 60, tell: "the desk" } };
    expect(await look()).toBe("redriven");
  });
});

describe("the sweep, of a parked conversion whose ramp reported what became of it", () => {
  /** Ten redrives did not help: after them it is a person's. */
  async function exhausted(saga: ConversionSaga): Promise<void> {
    const { owner_execution: execution = "" } = await saga.payment();
    const parked = (await saga.payments.events(saga.payment_id)).at(-1);
    if (parked?.type !== "payment.parked") throw new Error("it is not parked");
    for (let redrive = 0; redrive < 10; redrive++)
      for (const [status, event] of [
        ["PROCESSING", { type: "payment.resumed" as const, data: { execution } }],
        ["IN_REVIEW", { type: "payment.parked" as const, data: parked.data }],
      ] as const)
        await saga.payments.commit(await saga.payment(), {
          guard: { execution },
          status,
          changes: {},
          event,
          journals: [],
          achieves: { onlyIfUnchanged: true },
        });
    saga.clock.advance(61 * MINUTE);
  }

  it("redrives it once more after its ten redrives, and not for news that is none", async () => {
    const { saga, look } = await parkedAt("ResolveOnRamp");
    await exhausted(saga);
    expect(await look()).toBe("resting");
    await saga.hears({ operation: "on_ramp", state: "pending", id: "told" });
    expect(await look()).toBe("resting");
    await saga.hearsOf("on_ramp", "told");
    expect(await look()).toBe("redriven");
  });

  it("waits for nobody who need not be asked any more", async () => {
    const { saga, down, look } = await parkedAt("ResolveOffRamp");
    down.add(OFF_RAMP_PROVIDER);
    expect(await look()).toBe("resting");
    await saga.hearsOf("off_ramp", "told");
    expect(await look()).toBe("redriven");
  });

  it("redrives what the policy holds, once the payout is known to have happened", async () => {
    const { saga, look } = await parkedAt("ResolveOffRamp");
    saga.policy = { ...POLICY, off_ramp_outage: { action: "hold", after_seconds: 60, tell: "the desk" } };
    await saga.hearsOf("off_ramp", "told");
    expect(await look()).toBe("redriven");
  });
});

describe("the finding of a parked conversion", () => {
  it("names whom the policy tells while value may be held", async () => {
    const { found } = await parkedAt("ResolveOnRamp", "OutcomePending", "authorize-conversion", "on-ramp");
    expect(found[0]?.details).toContain("value may be held in transit: tell the operators on call");
  });

  it("names whom the policy tells while value is held", async () => {
    const { found } = await parkedAt("ResolveOffRamp");
    expect(found[0]?.details).toContain("value is held in transit: tell the operators on call");
  });

  it("names them, anew, when it was parked before its purchase and is parked again with value held", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    const executions = new MemoryExecutions();
    const findings = new MemoryFindingStore();
    const ports = { ...saga.ports(), executions, findings };
    const park = async (state: string) => {
      executions.is(OWNER, "FAILED", { state, error: "OutcomePending" });
      await parkPayment(ports)(await saga.payment(), OWNER);
    };
    await park("ReleaseHold");
    expect(findings.all()[0]?.details).toHaveLength(1);
    await resume(saga.payments, await saga.payment(), OWNER);
    await saga.run("on-ramp");
    await park("ResolveOffRamp");
    expect(findings.all()).toMatchObject([
      { times: 2, details: [expect.anything(), "value is held in transit: tell the operators on call"] },
    ]);
  });

  it("names whom the deployment tells, whatever was written for the merchant", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    const executions = new MemoryExecutions();
    const findings = new MemoryFindingStore();
    executions.is(OWNER, "FAILED", { state: "ResolveOffRamp", error: "OutcomePending" });
    const malformed = () => Promise.reject(new ContractViolated("Policy: is no policy"));
    const ports = { ...saga.ports(), executions, findings };
    const policies = { ...ports.policies, policyOf: malformed };
    expect(await parkPayment({ ...ports, policies })(await saga.payment(), OWNER)).toBe("parked");
    expect(findings.all()[0]?.details[1]).toBe("value is held in transit: tell the operators on call");
  });

  it("names nobody once nothing is in transit", async () => {
    const { found } = await parkedAt("PostLedger", "StoreUnavailable", "off-ramp");
    expect(found[0]?.details).toHaveLength(1);
  });
});
