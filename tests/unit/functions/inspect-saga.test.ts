// Inspecting a saga: the execution of the owner, or of the first attempt while nobody owns the
// payment.
import { describe, expect, it } from "@jest/globals";
import { inspectSaga } from "../../../functions/inspect-saga/inspect-saga.ts";
import { CardSaga, OWNER } from "../../support/card-saga.ts";
import { MemoryExecutions } from "../../support/memory/memory-executions.ts";

/** Tells which execution was asked for. */
const readExecution = async (rail: string, name: string) => ({ execution: { rail, name }, events: [] });
const executions = new MemoryExecutions();

describe("inspect-saga", () => {
  it("shows the execution that owns the payment", async () => {
    const { payments, payment_id } = await CardSaga.after("validate-payment");
    const { execution } = await inspectSaga({ payments, readExecution, executions })(payment_id);
    expect(execution).toEqual({ rail: "card", name: OWNER });
  });

  it("shows the first attempt of a payment that nobody owns yet", async () => {
    const { payments, payment_id } = await CardSaga.accepted();
    const { execution } = await inspectSaga({ payments, readExecution, executions })(payment_id);
    expect(execution).toEqual({ rail: "card", name: payment_id });
  });

  it("tells what became of each attempt, and leaves out one that never started", async () => {
    const { payments, payment_id } = await CardSaga.after("validate-payment");
    payments.alter(payment_id, { attempts: 3, owner_execution: `${payment_id}-a3` });
    const known = new MemoryExecutions();
    known.is(payment_id, "SUCCEEDED", { state: "SagaSuperseded" });
    known.is(`${payment_id}-a2`, "FAILED", { state: "VoidAuthorization", error: "UndoRefused" });
    const ports = { payments, readExecution, executions: known };
    expect((await inspectSaga(ports)(payment_id)).attempts).toEqual([
      { execution: payment_id, status: "SUCCEEDED", redrives: 0, last_state: "SagaSuperseded" },
      { execution: `${payment_id}-a2`, status: "FAILED", redrives: 0, last_state: "VoidAuthorization" },
    ]);
  });

  it("shows what was reported of the payment's keys, and by whom", async () => {
    const { payments, payment_id } = await CardSaga.after("validate-payment");
    const ports = { payments, readExecution, executions };
    expect((await inspectSaga(ports)(payment_id)).facts).toEqual({});
    const at = "2026-01-01T00:00:00.000Z";
    const capture = { operation: "capture", state: "tombstoned", id: "ticket-1", at, by: "mia" } as const;
    await payments.recordFact(payment_id, capture);
    expect((await inspectSaga(ports)(payment_id)).facts).toEqual({ capture });
  });

  it("finds nothing for an unknown payment, nor for one that was not started", async () => {
    const { payments, payment_id } = await CardSaga.accepted();
    const unknown = inspectSaga({ payments, readExecution, executions })("x");
    await expect(unknown).rejects.toMatchObject({ name: "NotFound" });
    const unstarted = inspectSaga({ payments, readExecution: async () => undefined, executions })(payment_id);
    await expect(unstarted).rejects.toMatchObject({ name: "NotFound" });
  });
});
