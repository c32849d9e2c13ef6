// A payment is parked only for the execution that counts, only when Step Functions says that it
// failed, and only if nothing changed meanwhile.
import { describe, expect, it } from "@jest/globals";
import { resume } from "../../../../functions/lib/saga/load-payment.ts";
import { parkPayment } from "../../../../functions/lib/saga/park-payment.ts";
import { redrive } from "../../../../functions/lib/saga/redrive-payment.ts";
import { newAttempt } from "../../../../functions/redrive-saga/new-attempt.ts";
import { CardSaga, OWNER } from "../../../support/card-saga.ts";
import { MemoryExecutions } from "../../../support/memory/memory-executions.ts";
import { MemoryFindingStore } from "../../../support/memory/memory-finding-store.ts";

const MINUTE = 60_000;
const AT = { state: "VoidAuthorization", error: "UndoRefused" };
const REFUSED = { ...AT, cause: "c".repeat(1_000) };

function watched(saga: CardSaga) {
  const executions = new MemoryExecutions();
  const findings = new MemoryFindingStore();
  const ports = { payments: saga.payments, policies: saga.policies, clock: saga.clock, executions, findings };
  const park = async (name = OWNER) => parkPayment(ports)(await saga.payment(), name);
  return { executions, found: () => findings.all(), park };
}

async function failed(status: "FAILED" | "TIMED_OUT" | "ABORTED" = "FAILED") {
  const saga = await CardSaga.after("post-ledger");
  const { executions, found, park } = watched(saga);
  executions.is(OWNER, status, REFUSED);
  return { saga, executions, found, park };
}

describe("a payment whose execution failed", () => {
  it("is parked with the state and the error, and keeps the reason of its failing", async () => {
    const { saga, found, park } = await failed();
    const failure = { code: "CaptureDeclined", message: "no", step: "capture-payment" };
    await saga.payments.recordFailure(saga.payment_id, failure, { execution: OWNER });
    const before = await saga.payment();
    expect(await park()).toBe("parked");
    const after = await saga.payment();
    expect(after).toMatchObject({ status: "IN_REVIEW", failure, owner_execution: OWNER, step: before.step });
    const event = (await saga.payments.events(saga.payment_id)).at(-1);
    expect(event).toMatchObject({
      type: "payment.parked",
      data: { execution: OWNER, state: "VoidAuthorization", error: "UndoRefused" },
    });
    expect(found()).toMatchObject([{ kind: "saga-failed", payment_id: saga.payment_id }]);
    expect(found()[0]).toMatchObject({
      details: [`execution ${OWNER} gave up at VoidAuthorization with UndoRefused`],
      cause: "c".repeat(300),
    });
  });

  it("has a finding without a card number, also where its cause is cut off", async () => {
    const { executions, found, park } = await failed();
    const cause = `${"c".repeat(290)}4111111111111111`;
    executions.is(OWNER, "FAILED", { state: "VoidAuthorization", error: "4111 1111 1111 1111", cause });
    await park();
    expect(found()[0]?.cause).toBe(`${"c".repeat(290)}[card]`);
    expect(JSON.stringify(found())).not.toContain("1111");
  });

  it("has a finding that names what the provider did instead of what it was asked for", async () => {
    const saga = await CardSaga.after("post-ledger");
    const { executions, found, park } = watched(saga);
    const less = { outcome: "succeeded", id: "cap_1", amount: 100n, currency: "EUR" } as const;
    saga.provider.capture = async () => less;
    expect(await saga.fail("capture-payment")).toBe("AnswerDiffers");
    executions.is(OWNER, "FAILED", { state: "CapturePayment", error: "AnswerDiffers" });
    await park();
    expect(found()).toMatchObject([
      {
        details: [
          `execution ${OWNER} gave up at CapturePayment with AnswerDiffers`,
          "the provider said capture cap_1 succeeded: it says amount 100, and 1000 was asked for",
        ],
      },
    ]);
  });

  it.each(["TIMED_OUT", "ABORTED"] as const)(
    "is parked when it %s, with the status for want of an error",
    async (status) => {
      const saga = await CardSaga.after("post-ledger");
      const { executions, park } = watched(saga);
      executions.is(OWNER, status);
      expect(await park()).toBe("parked");
      expect((await saga.payments.events(saga.payment_id)).at(-1)?.data).toEqual({
        execution: OWNER,
        state: "unknown",
        error: status,
      });
    },
  );

  it("is parked once, and its finding is opened where the first try died before it, once as well", async () => {
    const { saga, found, park } = await failed();
    await saga.park(AT);
    const parked = await saga.payment();
    expect([await park(), await park()]).toEqual(["parked", "parked"]);
    expect(await saga.payment()).toEqual(parked);
    expect(found()).toMatchObject([{ kind: "saga-failed", times: 1 }]);
  });

  it("has the finding of why it was parked, whatever became of its execution since", async () => {
    const { saga, found, park } = await failed();
    await saga.park({ state: "VoidAuthorization", error: "SagaNotRedrivable" });
    expect(await park()).toBe("parked");
    expect(found()).toMatchObject([
      { details: [`execution ${OWNER} gave up at VoidAuthorization with SagaNotRedrivable`] },
    ]);
  });

  it.each([
    ["another step", OWNER, { ...REFUSED, state: "ReverseLedger" }],
    ["another reason", OWNER, { ...REFUSED, error: "OutcomeUnknown" }],
    ["another attempt", "attempt-2", REFUSED],
  ])("is told of again when it is parked again by %s", async (_, execution, at) => {
    const { saga, executions, found, park } = await failed();
    await park();
    await resume(saga.payments, await saga.payment(), OWNER);
    saga.payments.alter(saga.payment_id, { owner_execution: execution });
    executions.is(execution, "FAILED", at);
    saga.clock.advance(1);
    expect(await park(execution)).toBe("parked");
    const details = [`execution ${execution} gave up at ${at.state} with ${at.error}`];
    expect(found()).toMatchObject([{ times: 2, details }]);
  });

  it("is announced once when it is parked again as it was", async () => {
    const { saga, found, park } = await failed();
    await park();
    await resume(saga.payments, await saga.payment(), OWNER);
    await park();
    expect(found()).toMatchObject([{ times: 1 }]);
  });

  it("is parked before anybody claimed it", async () => {
    const saga = await CardSaga.accepted();
    const { executions, park } = watched(saga);
    executions.is(saga.payment_id, "FAILED", { state: "ValidatePayment", error: "ContractViolated" });
    expect(await park(saga.payment_id)).toBe("parked");
    expect(await saga.payment()).toMatchObject({ status: "IN_REVIEW" });
  });
});

describe("a payment is not parked", () => {
  it.each([
    ["RUNNING", 60 * MINUTE],
    ["SUCCEEDED", 5 * MINUTE],
  ] as const)("while its execution is %s, %i ms after its last write", async (status, silence) => {
    const saga = await CardSaga.after("post-ledger");
    const { executions, found, park } = watched(saga);
    executions.is(OWNER, status);
    saga.clock.advance(silence);
    const before = await saga.everything();
    expect(await park()).toBe("running");
    expect(await saga.everything()).toEqual(before);
    expect(found()).toEqual([]);
  });

  it("when another execution owns it, or its execution does not exist", async () => {
    const { saga, executions, park } = await failed();
    executions.is("attempt-2", "FAILED", REFUSED);
    expect(await park("attempt-2")).toBe("stale");
    saga.payments.alter(saga.payment_id, { owner_execution: "attempt-3" });
    expect(await park("attempt-3")).toBe("unstarted");
    expect((await saga.payment()).status).toBe("PROCESSING");
  });

  it("when it was redriven between the look and the write: that look is not repeated", async () => {
    const { saga, executions, found, park } = await failed();
    executions.meanwhile = async () => resume(saga.payments, await saga.payment(), OWNER);
    await expect(park()).rejects.toMatchObject({ name: "StoreContention" });
    expect((await saga.payment()).status).toBe("PROCESSING");
    expect(found()).toEqual([]);
  });

  it("when it has ended", async () => {
    const saga = await CardSaga.after("notify-payment");
    const { executions, park } = watched(saga);
    executions.is(OWNER, "FAILED", REFUSED);
    expect(await park()).toBe("ended");
  });

  it("when only its announcement failed: a finding says so, and it stays completed", async () => {
    const saga = await CardSaga.after("capture-payment");
    const { executions, found, park } = watched(saga);
    executions.is(OWNER, "FAILED", { state: "NotifyPayment", error: "StoreUnavailable" });
    const before = await saga.everything();
    expect(await park()).toBe("notification-failed");
    expect(await saga.everything()).toEqual(before);
    expect(found()).toMatchObject([{ kind: "notification-failed" }]);
  });
});

describe("a payment that its execution left open though it SUCCEEDED, as after a restore of its table", () => {
  async function leftOpen(given: CardSaga, execution = OWNER) {
    const world = watched(given);
    world.executions.is(execution, "SUCCEEDED", { state: "NotifyPayment" });
    given.clock.advance(5 * MINUTE + 1);
    return { ...world, saga: given };
  }

  it("is parked, and a finding of its own kind says so", async () => {
    const { saga, found, park } = await leftOpen(await CardSaga.after("post-ledger"));
    expect(await park()).toBe("parked");
    expect((await saga.payment()).status).toBe("IN_REVIEW");
    expect((await saga.payments.events(saga.payment_id)).at(-1)).toMatchObject({
      type: "payment.parked",
      data: { execution: OWNER, state: "NotifyPayment", error: "SUCCEEDED" },
    });
    expect(found()).toMatchObject([
      { kind: "saga-unfinished", details: [`execution ${OWNER} SUCCEEDED and left the payment open`] },
    ]);
  });

  it("is parked where nobody has claimed it", async () => {
    const given = await CardSaga.accepted();
    const { saga, park } = await leftOpen(given, given.payment_id);
    expect(await park(saga.payment_id)).toBe("parked");
    expect((await saga.payment()).status).toBe("IN_REVIEW");
  });

  it("goes on with another attempt, and with no redrive", async () => {
    const { saga, executions, park } = await leftOpen(await CardSaga.after("post-ledger"));
    await park();
    const ports = { payments: saga.payments, executions, sagas: saga.sagas };
    await expect(redrive(ports)(await saga.payment())).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    const execution = await newAttempt(ports)(await saga.payment());
    expect(execution).toBe(`${saga.payment_id}-a2`);
    await saga.run("capture-payment", execution);
    expect((await saga.payment()).status).toBe("COMPLETED");
  });

  it("stays completed where only its announcement is missing, and a finding says so", async () => {
    const { saga, found, park } = await leftOpen(await CardSaga.after("capture-payment"));
    const before = await saga.everything();
    expect(await park()).toBe("notification-failed");
    expect(await saga.everything()).toEqual(before);
    expect(found()).toMatchObject([{ kind: "saga-unfinished" }]);
  });

  it("is left alone when its last write comes between the two looks", async () => {
    const { saga, executions, found, park } = await leftOpen(await CardSaga.after("capture-payment"));
    executions.meanwhile = () => saga.run("notify-payment");
    await expect(park()).rejects.toMatchObject({ name: "StoreContention" });
    expect(found()).toEqual([]);
  });
});

describe("a parked payment whose execution runs again without our knowing", () => {
  it("is in work again before the capture of its own execution completes it", async () => {
    const { saga, park } = await failed();
    await park();
    await saga.run("capture-payment");
    expect((await saga.payment()).status).toBe("COMPLETED");
    expect((await saga.told()).slice(-3)).toEqual(["parked", "resumed", "completed"]);
  });

  it("is in work again before it fails", async () => {
    const saga = await CardSaga.accepted();
    const { executions, park } = watched(saga);
    executions.is(saga.payment_id, "FAILED", { state: "FailPayment", error: "StoreUnavailable" });
    await park(saga.payment_id);
    await saga.run("fail-payment", saga.payment_id);
    expect((await saga.told()).slice(-3)).toEqual(["parked", "resumed", "failed"]);
  });

  it("stays parked for a stale execution", async () => {
    const { saga, park } = await failed();
    await park();
    expect(await saga.fail("capture-payment", "attempt-9")).toBe("Superseded");
    expect((await saga.payment()).status).toBe("IN_REVIEW");
  });
});
