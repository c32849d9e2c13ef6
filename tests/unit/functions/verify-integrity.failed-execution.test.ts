// What verify-integrity makes of Step Functions' word that an execution failed.
import { describe, expect, it } from "@jest/globals";
import { paymentIdOf } from "../../../functions/lib/domain/saga-executions.ts";
import type { Finding } from "../../../functions/lib/ports/finding-store.ts";
import { heedFailedExecution } from "../../../functions/verify-integrity/failed-execution.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { MemoryExecutions } from "../../support/memory/memory-executions.ts";

async function given() {
  const saga = await CardSaga.accepted();
  await saga.run("validate-payment", saga.payment_id);
  const executions = new MemoryExecutions();
  const findings = { open: async (_: Finding) => undefined };
  const heed = heedFailedExecution({
    payments: saga.payments,
    policies: saga.policies,
    clock: saga.clock,
    executions,
    findings,
  });
  return { saga, executions, heed };
}

describe("a failed execution", () => {
  it("has its payment parked", async () => {
    const { saga, executions, heed } = await given();
    executions.is(saga.payment_id, "FAILED", { state: "PostLedger", error: "InvariantBroken" });
    expect(await heed({ name: saga.payment_id })).toBe("parked");
    expect((await saga.payment()).status).toBe("IN_REVIEW");
  });

  it("that is heard of late changes nothing once it runs again", async () => {
    const { saga, executions, heed } = await given();
    executions.is(saga.payment_id, "RUNNING");
    expect(await heed({ name: saga.payment_id })).toBe("running");
    expect((await saga.payment()).status).toBe("PROCESSING");
  });

  it("of an earlier attempt changes nothing", async () => {
    const { saga, executions, heed } = await given();
    saga.payments.alter(saga.payment_id, { owner_execution: `${saga.payment_id}-a2`, attempts: 2 });
    executions.is(saga.payment_id, "FAILED");
    expect(await heed({ name: saga.payment_id })).toBe("stale");
  });

  it.each([["started-by-hand"], ["11111111-1111-8111-8111-111111111111"], [undefined], [7]])(
    "named %s is none of ours",
    async (name) => {
      const { heed } = await given();
      expect(await heed({ name })).toBe("foreign");
    },
  );
});

describe("an execution's name", () => {
  const id = "2f6c1f0e-0000-8000-8000-000000000001";

  it("tells its payment, whichever attempt it is", () => {
    expect([id, `${id}-a2`, `${id}-a31`].map(paymentIdOf)).toEqual([id, id, id]);
  });

  it.each([`${id}-a0`, `${id}-b2`, `${id}-a2-a3`, `x${id}`, ""])("tells nothing when it is %j", (name) => {
    expect(paymentIdOf(name)).toBeUndefined();
  });
});
