// Taking a saga up again: the failed execution goes on where it gave up, or another one takes its
// payment over.
import { describe, expect, it, jest } from "@jest/globals";
import { StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { CardSaga, OWNER } from "../../support/card-saga.ts";
import { MemoryExecutions } from "../../support/memory/memory-executions.ts";
import { operatorNamed, redriveOf } from "../../support/operator.ts";

const REFUSED = { state: "VoidAuthorization", error: "UndoRefused" };

async function at(last: "validate-payment" | "post-ledger" | "capture-payment" | "notify-payment") {
  const saga = await CardSaga.after(last);
  return { saga, ...ports(saga) };
}

function ports(saga: CardSaga) {
  const executions = new MemoryExecutions();
  const take = redriveOf(saga, executions);
  const operator = operatorNamed("ops");
  saga.sagas.started.length = 0;
  return {
    executions,
    takeUp: take,
    redrive: (body: Record<string, unknown> = {}) => take({ paymentId: saga.payment_id, operator, body }),
    attempt: () => take({ paymentId: saga.payment_id, operator, body: { new_attempt: true } }),
  };
}

/** A payment that was parked at its void. */
async function parked() {
  const given = await at("post-ledger");
  const { saga, executions } = given;
  executions.is(OWNER, "FAILED", REFUSED);
  await saga.park(REFUSED);
  return given;
}

describe("a redrive", () => {
  it("brings a parked payment back to work, and its execution to where it gave up", async () => {
    const { saga, executions, redrive } = await parked();
    expect(await redrive()).toEqual({ payment_id: saga.payment_id, execution: OWNER });
    expect(await saga.payment()).toMatchObject({ status: "PROCESSING", owner_execution: OWNER });
    expect((await saga.told()).at(-1)).toBe("resumed");
    expect(executions.redriven).toEqual([OWNER]);
  });

  it("with a card number for a provider's id is refused, and nothing is written", async () => {
    const { saga, redrive } = await parked();
    const before = await saga.everything();
    const learned = { operation: "authorize", state: "succeeded", id: "4111 1111 1111 1111" };
    await expect(redrive({ learned })).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ pointer: "/learned/id" }],
    });
    expect(await saga.everything()).toEqual(before);
  });

  it("repeated by a client who got no answer is taken for done", async () => {
    const { saga, executions, redrive } = await parked();
    await redrive();
    const before = await saga.everything();
    expect(await redrive()).toMatchObject({ execution: OWNER });
    expect(await saga.everything()).toEqual(before);
    expect(executions.redriven).toEqual([OWNER]);
  });

  it("that died between its write and its call is mended by another", async () => {
    const { saga, executions, redrive } = await parked();
    const call = jest.spyOn(executions, "redrive").mockRejectedValueOnce(new Error("died"));
    await expect(redrive()).rejects.toThrow("died");
    expect((await saga.payment()).status).toBe("PROCESSING");
    await redrive();
    expect(call).toHaveBeenCalledTimes(2);
    expect(executions.redriven).toEqual([OWNER]);
  });

  it("of an execution that somebody redrove past us only says that the payment is in work", async () => {
    const { saga, executions, redrive } = await parked();
    executions.is(OWNER, "RUNNING");
    await redrive();
    expect((await saga.payment()).status).toBe("PROCESSING");
    expect(executions.redriven).toEqual([]);
  });

  it("of a completed payment whose announcement failed changes no status", async () => {
    const { saga, executions, redrive } = await at("capture-payment");
    executions.is(OWNER, "FAILED", { state: "NotifyPayment", error: "StoreUnavailable" });
    const before = await saga.everything();
    await redrive();
    expect(await saga.everything()).toEqual(before);
    expect(executions.redriven).toEqual([OWNER]);
  });

  it("of an announcement goes on though the provider contradicts itself about what was done", async () => {
    const { saga, executions, redrive } = await at("capture-payment");
    saga.payments.alter(saga.payment_id, { disputed: ["authorize"] });
    executions.is(OWNER, "FAILED", { state: "CapturePayment", error: "ContradictionStands" });
    await redrive();
    expect(executions.redriven).toEqual([OWNER]);
    await saga.run("capture-payment");
    await saga.run("notify-payment");
    expect((await saga.told()).slice(-2)).toEqual(["completed", "notified"]);
    const open = await at("post-ledger");
    open.saga.payments.alter(open.saga.payment_id, { disputed: ["authorize"] });
    open.executions.is(OWNER, "FAILED", { state: "CapturePayment", error: "ContradictionStands" });
    await expect(open.redrive()).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    expect(await open.saga.fail("capture-payment")).toBe("ContradictionStands");
  });

  it("is repeated without harm though the merchant has changed the payment since", async () => {
    const { saga, executions, redrive } = await at("post-ledger");
    executions.is(OWNER, "FAILED", REFUSED);
    await redrive();
    executions.is(OWNER, "RUNNING");
    await saga.change();
    const before = await saga.everything();
    await expect(redrive()).resolves.toBeDefined();
    expect(await saga.everything()).toEqual(before);
  });

  it("is refused while the execution runs on its own", async () => {
    const { saga, executions, redrive } = await at("post-ledger");
    executions.is(OWNER, "RUNNING");
    const before = await saga.everything();
    await expect(redrive()).rejects.toMatchObject({ name: "SagaNotRedrivable", status: 409 });
    expect(await saga.everything()).toEqual(before);
  });

  it("is refused for a payment that has ended, and for a saga that was never started", async () => {
    const ended = await at("notify-payment");
    ended.executions.is(OWNER, "FAILED", REFUSED);
    await expect(ended.redrive()).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    const unstarted = await CardSaga.accepted();
    await expect(ports(unstarted).redrive()).rejects.toMatchObject({ name: "SagaNotRedrivable" });
  });

  it("that Step Functions refuses says why, and leaves the payment parked for that reason", async () => {
    const { saga, executions, redrive } = await parked();
    executions.refusal = "Execution has exceeded its redrivable period";
    await expect(redrive()).rejects.toMatchObject({
      name: "SagaNotRedrivable",
      message: expect.stringContaining("redrivable period"),
    });
    expect((await saga.payment()).status).toBe("IN_REVIEW");
    expect((await saga.told()).slice(-3)).toEqual(["parked", "resumed", "parked"]);
    expect((await saga.payments.events(saga.payment_id)).at(-1)?.data).toEqual({
      execution: OWNER,
      state: "VoidAuthorization",
      error: "SagaNotRedrivable",
    });
  });

  it("that is refused before anybody parked the payment parks it", async () => {
    const { saga, executions, redrive } = await at("post-ledger");
    executions.is(OWNER, "FAILED", REFUSED);
    executions.refusal = "too old";
    await expect(redrive()).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    expect((await saga.payments.events(saga.payment_id)).at(-1)).toMatchObject({
      type: "payment.parked",
      data: { state: "unknown", error: "SagaNotRedrivable" },
    });
  });

  it("that is refused because another call was faster leaves the payment in work", async () => {
    const { saga, executions, redrive } = await parked();
    const running = { name: OWNER, status: "RUNNING", redrives: 1 } as const;
    jest.spyOn(executions, "redrive").mockImplementationOnce(async () => {
      jest.spyOn(executions, "describe").mockResolvedValueOnce(running);
      return { refused: "it runs" };
    });
    await redrive();
    expect((await saga.payment()).status).toBe("PROCESSING");
  });

  it("of an announcement that is refused writes nothing", async () => {
    const { saga, executions, redrive } = await at("capture-payment");
    executions.is(OWNER, "FAILED", { state: "NotifyPayment", error: "StoreUnavailable" });
    executions.refusal = "too old";
    const before = await saga.everything();
    await expect(redrive()).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    expect(await saga.everything()).toEqual(before);
  });

  it("that was refused is no bar to a new attempt", async () => {
    const { saga, executions, redrive, attempt } = await parked();
    executions.refusal = "too old";
    await expect(redrive()).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    await attempt();
    expect((await saga.payment()).status).toBe("PROCESSING");
  });

  it("writes nothing for a payment that changed meanwhile", async () => {
    const { saga, executions, redrive } = await parked();
    executions.meanwhile = async () => saga.payments.alter(saga.payment_id, { version: 99 });
    await expect(redrive()).rejects.toMatchObject({ name: "StoreContention" });
    expect(executions.redriven).toEqual([]);
  });

  it("is refused with what is wrong for an unknown payment or body", async () => {
    const { takeUp, redrive } = await parked();
    await expect(redrive({ new_attempt: "yes" })).rejects.toMatchObject({ name: "InvalidRequest" });
    await expect(redrive({ attempt: true })).rejects.toMatchObject({ name: "InvalidRequest" });
    for (const paymentId of ["x", "é".repeat(2_000), "00000000-0000-4000-8000-000000000000"])
      await expect(takeUp({ paymentId, operator: operatorNamed("ops"), body: {} })).rejects.toMatchObject({
        name: "NotFound",
      });
  });
});

describe("a redrive in the operator's journal", () => {
  it("stands with who, when and why, before anything is done for it", async () => {
    const { saga, executions, redrive } = await parked();
    saga.operations.failing = new StoreUnavailable("no answer");
    const before = await saga.everything();
    await expect(redrive()).rejects.toMatchObject({ name: "StoreUnavailable" });
    expect([await saga.everything(), executions.redriven]).toEqual([before, []]);
    saga.operations.failing = undefined;
    await redrive({ reason: "the provider's outage of this morning is over" });
    expect([...saga.operations.kept.values()]).toEqual([
      {
        operation_id: expect.any(String),
        kind: "redrive",
        at: new Date(saga.clock.now()).toISOString(),
        by: "ops",
        reason: "the provider's outage of this morning is over",
        merchant_id: "m1",
        payment_id: saga.payment_id,
        details: { new_attempt: false },
      },
    ]);
  });

  it("stands for a new attempt, by whoever ordered it", async () => {
    const { saga, attempt } = await parked();
    await attempt();
    expect([...saga.operations.kept.values()]).toMatchObject([{ details: { new_attempt: true } }]);
  });

  it("does not stand for what is refused", async () => {
    const { saga, executions, redrive, takeUp } = await parked();
    executions.is(OWNER, "SUCCEEDED");
    await expect(redrive()).rejects.toMatchObject({ status: 409 });
    await expect(redrive({ reason: 7 })).rejects.toMatchObject({ status: 400 });
    const unknown = { paymentId: "00000000-0000-4000-8000-000000000000", operator: operatorNamed("ops") };
    await expect(takeUp({ ...unknown, body: {} })).rejects.toMatchObject({ status: 404 });
    expect(saga.operations.kept.size).toBe(0);
  });
});

describe("a new attempt", () => {
  it("owns the payment before it starts, and the old execution is superseded wherever it stands", async () => {
    const { saga, executions, attempt } = await at("post-ledger");
    executions.is(OWNER, "RUNNING");
    const { execution } = await attempt();
    expect(execution).toBe(`${saga.payment_id}-a2`);
    expect(await saga.payment()).toMatchObject({
      status: "PROCESSING",
      owner_execution: execution,
      attempts: 2,
    });
    expect((await saga.payments.events(saga.payment_id)).at(-1)).toMatchObject({
      type: "payment.attempted",
      data: { execution, previous: OWNER },
    });
    expect(saga.sagas.started).toEqual([execution]);
    const before = await saga.everything();
    expect(await saga.fail("capture-payment", OWNER)).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });

  it("goes through what was done without doing it again, and completes the payment", async () => {
    const { saga, executions, attempt } = await at("post-ledger");
    executions.is(OWNER, "FAILED", REFUSED);
    const { execution } = await attempt();
    for (const step of ["validate-payment", "authorize-payment", "post-ledger"] as const) {
      const before = await saga.everything();
      await saga.run(step, execution);
      expect(await saga.everything()).toEqual(before);
    }
    await saga.run("capture-payment", execution);
    expect([saga.calls("authorize"), saga.calls("capture")]).toEqual([1, 1]);
    expect((await saga.payment()).status).toBe("COMPLETED");
  });

  it("does not go forward where an undo has begun, though the step's own result stands", async () => {
    const { saga, executions, attempt } = await at("post-ledger");
    executions.is(OWNER, "FAILED", REFUSED);
    await saga.tombstone("authorize-payment");
    const { execution } = await attempt();
    expect(await saga.fail("authorize-payment", execution)).toBe("UndoStarted");
  });

  it("brings a parked payment back to work", async () => {
    const { saga, attempt } = await parked();
    await attempt();
    expect((await saga.payment()).status).toBe("PROCESSING");
  });

  it("counts on from the last one", async () => {
    const { saga, executions, attempt } = await parked();
    const { execution } = await attempt();
    executions.is(execution, "FAILED", REFUSED);
    expect((await attempt()).execution).toBe(`${saga.payment_id}-a3`);
  });

  it("that was announced and never started is started, and not passed over for another", async () => {
    const { saga, attempt } = await parked();
    const first = await attempt();
    saga.sagas.started.length = 0;
    expect(await attempt()).toEqual(first);
    expect(saga.sagas.started).toEqual([first.execution]);
    expect((await saga.told()).filter((type) => type === "attempted")).toHaveLength(1);
  });

  it("leaves a payment that nobody claimed to whichever execution claims it first", async () => {
    const saga = await CardSaga.accepted();
    const { executions, attempt } = ports(saga);
    executions.is(saga.payment_id, "RUNNING");
    const { execution } = await attempt();
    expect((await saga.payment()).owner_execution).toBeUndefined();
    await saga.run("validate-payment", saga.payment_id);
    expect(await saga.fail("validate-payment", execution)).toBe("Superseded");
  });

  it("is queued under its name when Step Functions takes no starts", async () => {
    const { saga, attempt } = await parked();
    saga.sagas.throttled = 1;
    const { execution } = await attempt();
    expect(saga.sagas.queued).toEqual([{ paymentId: saga.payment_id, delaySeconds: 0, execution }]);
  });

  it("is refused for a payment that has ended", async () => {
    const { saga, executions, attempt } = await at("capture-payment");
    executions.is(OWNER, "FAILED", REFUSED);
    const before = await saga.everything();
    await expect(attempt()).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    expect(await saga.everything()).toEqual(before);
    expect(saga.sagas.started).toEqual([]);
  });
});
