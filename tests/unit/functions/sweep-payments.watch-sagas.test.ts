// What the sweep does about sagas: it parks what failed unheard, and redrives what only needs to be
// asked again, within bounds.
import { describe, expect, it, jest } from "@jest/globals";
import { parkPayment } from "../../../functions/lib/saga/park-payment.ts";
import { sweepPayments } from "../../../functions/sweep-payments/sweep-payments.ts";
import { Watch } from "../../../functions/sweep-payments/watch-sagas.ts";
import { CardSaga, OWNER } from "../../support/card-saga.ts";
import { MemoryExecutions } from "../../support/memory/memory-executions.ts";
import { MemoryFindingStore } from "../../support/memory/memory-finding-store.ts";

const MINUTE = 60_000;
const NEVER = Number.POSITIVE_INFINITY;
const REFUSED = { state: "VoidAuthorization", error: "UndoRefused" };

async function given(at: { state?: string; error?: string } = REFUSED) {
  const saga = await CardSaga.after("post-ledger");
  const executions = new MemoryExecutions();
  const findings = new MemoryFindingStore();
  const breaker = { open: false, isOpen: async () => breaker.open };
  const ports = {
    payments: saga.payments,
    policies: saga.policies,
    clock: saga.clock,
    executions,
    findings,
    breaker,
  };
  executions.is(OWNER, "FAILED", at);
  const look = async (watch = new Watch(ports)) => watch.look(await saga.payment());
  const park = async () => parkPayment(ports)(await saga.payment(), OWNER);
  const sweep = async () =>
    (await sweepPayments({ ...saga, shards: 1, until: NEVER, watch: new Watch(ports) })()).queued;
  return { saga, executions, breaker, findings, ports, look, park, sweep };
}

describe("the sweep's watch", () => {
  it("parks a payment that was silent for five minutes and whose execution failed", async () => {
    const { saga, look } = await given();
    saga.clock.advance(5 * MINUTE + 1);
    expect(await look()).toBe("parked");
    expect((await saga.payment()).status).toBe("IN_REVIEW");
  });

  it("asks nothing about a payment that wrote something since", async () => {
    const { saga, executions, look } = await given();
    saga.clock.advance(5 * MINUTE - 10);
    expect(await look()).toBe("unlooked");
    expect(executions.described).toBe(0);
  });

  it("leaves a payment alone whose execution runs", async () => {
    const { saga, executions, look } = await given();
    executions.is(OWNER, "RUNNING");
    saga.clock.advance(5 * MINUTE + 1);
    expect(await look()).toBe("running");
  });

  it("parks a payment whose execution SUCCEEDED without ending it, and leaves it to a person", async () => {
    const { saga, executions, look } = await given();
    executions.is(OWNER, "SUCCEEDED", { state: "NotifyPayment" });
    saga.clock.advance(5 * MINUTE + 1);
    expect(await look()).toBe("parked");
    saga.clock.advance(61 * MINUTE);
    expect(await look()).toBe("resting");
  });

  it("asks about at most 100 payments in a sweep, ten a second", async () => {
    const { saga, executions, ports, look } = await given();
    executions.is(OWNER, "RUNNING");
    saga.clock.advance(5 * MINUTE + 1);
    const watch = new Watch(ports);
    const from = saga.clock.now();
    const seen: string[] = [];
    for (let n = 0; n < 120; n++) seen.push(await look(watch));
    expect(seen).toEqual([...Array(100).fill("running"), ...Array(20).fill("postponed")]);
    expect(executions.described).toBe(100);
    expect(saga.clock.now() - from).toBe(9_900);
  });

  it("asks nothing about payments that have ended and wait to be verified, however many they are", async () => {
    const { saga, executions, ports, look } = await given();
    for (const task of ["capture-payment", "notify-payment"] as const) await saga.run(task);
    saga.clock.advance(5 * MINUTE + 1);
    const watch = new Watch(ports);
    const from = saga.clock.now();
    const seen = new Set<string>();
    for (let n = 0; n < 120; n++) seen.add(await look(watch));
    expect([[...seen], executions.described, saga.clock.now() - from]).toEqual([["ended"], 0, 0]);
  });

  it("asks nothing more in a sweep in which Step Functions did not answer", async () => {
    const { saga, executions, ports, look } = await given();
    executions.answers = false;
    saga.clock.advance(5 * MINUTE + 1);
    const watch = new Watch(ports);
    expect([await look(watch), await look(watch)]).toEqual(["unlooked", "postponed"]);
    expect(executions.described).toBe(1);
  });

  it("goes on past a payment that changes while it is looked at", async () => {
    const { saga, executions, look } = await given();
    saga.clock.advance(5 * MINUTE + 1);
    executions.meanwhile = async () => saga.payments.alter(saga.payment_id, { version: 99 });
    expect(await look()).toBe("moving");
  });

  it("has an attempt started that was announced and never started", async () => {
    const { saga, executions, sweep } = await given();
    const execution = `${saga.payment_id}-a2`;
    saga.payments.alter(saga.payment_id, { owner_execution: execution, attempts: 2 });
    executions.is(OWNER, "SUCCEEDED");
    saga.clock.advance(5 * MINUTE + 1);
    expect(await sweep()).toBe(1);
    expect(saga.sagas.queued).toEqual([{ paymentId: saga.payment_id, delaySeconds: 0, execution }]);
  });

  it("parks a payment that nobody claimed and whose execution failed, instead of starting it for ever", async () => {
    const saga = await CardSaga.accepted();
    const { ports, executions } = await given();
    executions.is(saga.payment_id, "FAILED", { state: "ValidatePayment", error: "ContractViolated" });
    saga.clock.advance(5 * MINUTE + 1);
    const watch = new Watch({ ...ports, payments: saga.payments, clock: saga.clock });
    expect((await sweepPayments({ ...saga, shards: 1, until: NEVER, watch })()).queued).toBe(0);
    expect((await saga.payment()).status).toBe("IN_REVIEW");
  });
});

describe("a parked payment", () => {
  it("is redriven by the sweep after two minutes, then after four", async () => {
    const { saga, executions, look, park } = await given();
    for (const minutes of [2, 4]) {
      await park();
      saga.clock.advance(minutes * MINUTE);
      expect(await look()).toBe("resting");
      saga.clock.advance(1);
      expect(await look()).toBe("redriven");
      expect((await saga.payment()).status).toBe("PROCESSING");
      executions.is(OWNER, "FAILED", REFUSED);
    }
    expect(executions.redriven).toEqual([OWNER, OWNER]);
  });

  it("is redriven though its merchant has changed it since", async () => {
    const { saga, look, park } = await given();
    await park();
    await saga.change();
    saga.clock.advance(2 * MINUTE + 1);
    expect(await look()).toBe("redriven");
  });

  it("is redriven ten times and then waits for a person", async () => {
    const { saga, executions, look, park } = await given();
    for (let n = 0; n < 12; n++) {
      await park();
      saga.clock.advance(61 * MINUTE);
      await look();
      executions.is(OWNER, "FAILED", REFUSED);
    }
    expect(executions.redriven).toHaveLength(10);
    expect((await saga.payment()).status).toBe("IN_REVIEW");
  });

  it("rests while the provider's breaker is open", async () => {
    const { saga, breaker, look, park } = await given();
    await park();
    saga.clock.advance(3 * MINUTE);
    breaker.open = true;
    expect(await look()).toBe("resting");
    breaker.open = false;
    expect(await look()).toBe("redriven");
  });

  it.each([
    ["a defect", { state: "VoidAuthorization", error: "InvariantBroken" }],
    ["a step that is no undo and no Resolve", { state: "CapturePayment", error: "OutcomeUnknown" }],
    ["nobody knows what", { state: "ReverseLedger", error: "States.Runtime" }],
  ])("waits for a person when it was given up at %s", async (_, at) => {
    const { saga, look, park } = await given(at);
    await park();
    saga.clock.advance(61 * MINUTE);
    expect(await look()).toBe("resting");
  });

  it("rests, and nobody else with it, when Step Functions refuses, and is left to a person from then on", async () => {
    const { saga, executions, findings, look, park } = await given();
    await park();
    executions.refusal = "too old";
    saga.clock.advance(3 * MINUTE);
    expect(await look()).toBe("resting");
    expect((await saga.payment()).status).toBe("IN_REVIEW");
    executions.refusal = undefined;
    expect(await look()).toBe("resting");
    saga.clock.advance(61 * MINUTE);
    expect(await look()).toBe("resting");
    expect(executions.redriven).toEqual([]);
    const details = [`execution ${OWNER} gave up at VoidAuthorization with SagaNotRedrivable`];
    expect(findings.all()).toMatchObject([{ kind: "saga-failed", details, times: 2 }]);
  });

  it("gets its finding where whoever parked it died before that, the same as anybody else would open", async () => {
    const { saga, findings, look, park } = await given();
    await saga.park(REFUSED);
    expect(await look()).toBe("resting");
    const [opened] = findings.all();
    expect(opened).toMatchObject({
      payment_id: saga.payment_id,
      kind: "saga-failed",
      details: [`execution ${OWNER} gave up at VoidAuthorization with UndoRefused`],
    });
    saga.clock.advance(MINUTE);
    await look();
    await park();
    expect(findings.all()).toEqual([opened]);
  });

  it("gets the finding of how it was left open", async () => {
    const { saga, findings, look } = await given();
    await saga.park({ state: "NotifyPayment", error: "SUCCEEDED" });
    await look();
    expect(findings.all()).toMatchObject([{ kind: "saga-unfinished" }]);
  });

  it("gets no finding of an earlier park over that of a later one", async () => {
    const { saga, executions, findings, ports, look, park } = await given();
    await park();
    const early = await saga.payment();
    const events = await saga.payments.events(saga.payment_id);
    saga.clock.advance(3 * MINUTE);
    await look();
    executions.is(OWNER, "FAILED", { state: "ReverseLedger", error: "UndoRefused" });
    saga.clock.advance(1);
    await park();
    const payments = Object.assign(Object.create(saga.payments) as typeof saga.payments, {
      events: async () => events,
    });
    executions.answers = false;
    await new Watch({ ...ports, payments, breaker: { isOpen: async () => true } }).look(early);
    expect(findings.all()).toMatchObject([
      { details: [`execution ${OWNER} gave up at ReverseLedger with UndoRefused`] },
    ]);
  });

  it("has its finding seen to at each look for five minutes, and ever more rarely after that", async () => {
    const { saga, findings, ports, look } = await given({ state: "ReverseLedger", error: "States.Runtime" });
    await saga.park({ state: "ReverseLedger", error: "States.Runtime" });
    const open = jest.spyOn(findings, "open");
    saga.clock.advance(5 * MINUTE - 1);
    for (const chance of [0, 0.5, 0.99]) {
      jest.spyOn(ports.clock, "random").mockReturnValueOnce(chance);
      await look();
    }
    expect(open).toHaveBeenCalledTimes(3);
    saga.clock.advance(55 * MINUTE);
    for (const chance of [0.08, 0.09]) {
      jest.spyOn(ports.clock, "random").mockReturnValueOnce(chance);
      await look();
    }
    expect(open).toHaveBeenCalledTimes(4);
  });

  it("is one of at most 150 that a sweep redrives, ten a second, and the first of the next sweep", async () => {
    const { saga, executions, ports, park } = await given();
    await park();
    saga.clock.advance(3 * MINUTE);
    const parked = await saga.payment();
    const events = await saga.payments.events(saga.payment_id);
    // Always the same one, parked as it was: what is counted here are the redrives.
    const payments = Object.assign(Object.create(saga.payments) as typeof saga.payments, {
      events: async () => events,
      commit: async () => parked,
    });
    const watch = new Watch({ ...ports, payments });
    const from = saga.clock.now();
    const seen: string[] = [];
    for (let n = 0; n < 152; n++) {
      executions.is(OWNER, "FAILED", REFUSED);
      seen.push(await watch.look(parked));
    }
    expect(seen).toEqual([...Array(150).fill("redriven"), "postponed", "postponed"]);
    expect(saga.clock.now() - from).toBe(14_900);
  });
});
