// Cancelling a payment: until when it can be, what is answered, who may, and how it ends.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { cancelPayment } from "../../../functions/cancel-payment/cancel-payment.ts";
import { violations } from "../../../functions/lib/contracts/contract.ts";
import * as schemas from "../../../functions/lib/contracts/schemas.ts";
import { FAILURES_TO_OPEN } from "../../../functions/lib/domain/circuit-breaker.ts";
import type { PaymentRecord } from "../../../functions/lib/domain/payment.ts";
import { CARD_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import { StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { problemFor } from "../../../functions/lib/runtime/problem.ts";
import { startSaga } from "../../../functions/start-saga/start-saga.ts";
import { CardSaga, type Task } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { CLAIMS, call, type Handler, request } from "../../support/http-event.ts";
import { wiringOf } from "../../support/wiring.ts";

const ROUTE = "POST /payments/{payment_id}/cancel";
const NOBODYS = "00000000-0000-8000-8000-000000000000";
const OTHER = { ...CLAIMS, client_id: "m2" };

type Given = { paymentId?: string; key?: string | undefined; body?: unknown; claims?: typeof CLAIMS };

/** Asks for the cancel of the world's payment over HTTP. */
function canceller(world: CardSaga) {
  jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf(world));
  const handler = coldStart<Handler>("cancel-payment/handler.ts");
  return ({ paymentId = world.payment_id, key = "cancel-1", body, claims = CLAIMS }: Given = {}) => {
    const sent = request(ROUTE, { path: { payment_id: paymentId }, body, claims });
    sent.headers = {
      ...(key === "" ? {} : { "idempotency-key": key }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    return call(handler, sent);
  };
}

let world: CardSaga;
let cancel: ReturnType<typeof canceller>;
const given = (saga: CardSaga): void => {
  world = saga;
  cancel = canceller(saga);
};
beforeEach(async () => given(await CardSaga.after("authorize-payment", { reference: "order-1" })));

/** What is answered where the ports refuse: a handler that is loaded anew has errors of its own. */
async function refusal() {
  const { payment_id: paymentId } = world;
  const asked = { merchantId: "m1", paymentId, idempotencyKey: "cancel-1", body: {} };
  const error = await cancelPayment(world)(asked).catch((thrown: unknown) => thrown);
  const { body = "", ...answer } = problemFor(error, "/payments", "request-1");
  return { ...answer, body: JSON.parse(body) };
}

const UNDO: readonly Task[] = ["reverse-ledger", "void-authorization", "fail-payment"];

/** Its next step heeds the cancel, and the machine walks down. */
async function undoFrom(step: Task): Promise<PaymentRecord> {
  expect(await world.fail(step)).toBe("CancelRequested");
  expect(await world.fail("resolve-capture")).toBe("OutcomeAbsent");
  for (const task of UNDO) await world.run(task);
  return world.payment();
}

describe("cancelling a payment", () => {
  it("answers 202 with the payment, which says since when, and writes nothing else", async () => {
    const { version } = await world.payment();
    const { status, headers, body } = await cancel({ body: {} });
    expect(status).toBe(202);
    expect(headers).not.toHaveProperty("idempotent-replayed");
    expect(violations(schemas.Payment, body)).toEqual([]);
    const cancel_requested_at = new Date(world.clock.now()).toISOString();
    expect(body).toMatchObject({ status: "PROCESSING", version, cancel_requested_at });
    expect(await world.told()).toEqual(["accepted", "validated", "authorized"]);
    expect(world.throttle.taken.at(-1)).toBe("m1");
  });

  it("ends CANCELED with nothing held, says what was undone, and releases the reference", async () => {
    await cancel();
    expect(await undoFrom("post-ledger")).toMatchObject({
      status: "CANCELED",
      failure: { code: "CancelRequested", step: "post-ledger" },
    });
    const events = await world.payments.events(world.payment_id);
    expect(events.at(-1)).toMatchObject({
      type: "payment.canceled",
      data: { failure: { undone: ["authorize-payment"] } },
    });
    expect(world.calls("void")).toBe(1);
    const { payment_id } = await world.payment();
    expect(await world.accept({ reference: "order-1" }, "key-2")).not.toBe(payment_id);
  });

  it("ends FAILED where it was refused already", async () => {
    given(await CardSaga.after("validate-payment"));
    world.provider.next("authorize", "refuse");
    expect(await world.fail("authorize-payment")).toBe("CardDeclined");
    expect((await cancel()).status).toBe(202);
    await world.run("fail-payment");
    expect(await world.payment()).toMatchObject({ status: "FAILED", failure: { code: "CardDeclined" } });
  });

  it.each(["cancel-1", "another key"])(
    "is done once: asked again by %s it shows the payment as it is then",
    async (key) => {
      const first = await cancel();
      world.clock.advance(1_000);
      const again = await cancel({ key });
      expect(again).toMatchObject({ status: 202, text: first.text });
      expect(again.headers).toMatchObject({ "idempotent-replayed": "true" });
      await undoFrom("post-ledger");
      const late = await cancel({ key });
      expect(late).toMatchObject({ status: 202, headers: { "idempotent-replayed": "true" } });
      expect(late.body).toMatchObject({
        status: "CANCELED",
        cancel_requested_at: first.body.cancel_requested_at,
      });
    },
  );

  it.each<[string, () => Promise<CardSaga>, string, RegExp]>([
    [
      "its capture may have happened",
      async () => {
        const saga = await CardSaga.after("post-ledger");
        saga.provider.next("capture", "lose");
        await saga.fail("capture-payment");
        return saga;
      },
      "PROCESSING",
      /being found out/,
    ],
    ["it was captured", () => CardSaga.after("capture-payment"), "COMPLETED", /has moved/],
    [
      "it is parked",
      async () => {
        const saga = await CardSaga.after("authorize-payment");
        await saga.park({ state: "PostLedger", error: "InvariantBroken" });
        return saga;
      },
      "IN_REVIEW",
      /a person decides/,
    ],
    [
      "it has failed",
      async () => {
        const saga = await CardSaga.after("validate-payment");
        await saga.run("fail-payment");
        return saga;
      },
      "FAILED",
      /has ended: FAILED/,
    ],
  ])(
    "is refused where %s, which says what is possible, and writes nothing",
    async (_, make, status, detail) => {
      given(await make());
      const before = await world.everything();
      expect(await refusal()).toMatchObject({
        statusCode: 409,
        body: {
          status: 409,
          code: "CannotCancel",
          payment_status: status,
          possible: [],
          detail: expect.stringMatching(detail),
        },
      });
      expect(await world.everything()).toEqual(before);
    },
  );

  it("is refused to another merchant as for nothing, to the byte, and writes nothing", async () => {
    const before = await world.everything();
    const [others, nothings, noIds] = [
      await cancel({ claims: OTHER }),
      await cancel({ paymentId: NOBODYS, claims: OTHER }),
      await cancel({ paymentId: "no-id", claims: OTHER }),
    ];
    expect(others).toMatchObject({ status: 404, body: { code: "NotFound" } });
    expect([nothings, noIds]).toEqual([others, others]);
    expect(await world.everything()).toEqual(before);
  });

  it("is refused to another merchant alike where it is cancelled, parked and ended", async () => {
    const nothings = await cancel({ paymentId: NOBODYS, claims: OTHER });
    await cancel();
    expect(await cancel({ claims: OTHER })).toEqual(nothings);
    for (const status of ["IN_REVIEW", "COMPLETED"] as const) {
      world.payments.alter(world.payment_id, { status });
      expect(await cancel({ claims: OTHER })).toEqual(nothings);
    }
  });

  it.each<[string, Given, object]>([
    ["without a key", { key: "" }, { header: "Idempotency-Key", detail: "is required" }],
    ["with a key too long", { key: "k".repeat(256) }, { header: "Idempotency-Key" }],
    ["with a body that says something", { body: { amount: 5 } }, { pointer: "/amount" }],
  ])("is 400 %s, and writes nothing", async (_, wrong, error) => {
    const before = await world.everything();
    const answer = await cancel(wrong);
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
    expect(await world.everything()).toEqual(before);
    expect(world.throttle.taken).toEqual(["m1"]);
  });

  it("takes a token of the merchant's rate before it writes", async () => {
    world.throttle.refused.add("m1");
    expect(await refusal()).toMatchObject({ statusCode: 429 });
    expect((await world.payment()).cancel_requested_at).toBeUndefined();
  });

  it("is no business of another cell", async () => {
    world.elsewhere.add("m1");
    expect(await cancel()).toMatchObject({ status: 421 });
  });

  it("is 503 where the store gives no answer, and 202 for whoever asks again", async () => {
    const requestCancel = world.payments.requestCancel.bind(world.payments);
    jest.spyOn(world.payments, "requestCancel").mockImplementationOnce(async (...asked) => {
      await requestCancel(...asked);
      throw new StoreUnavailable("no answer");
    });
    expect(await refusal()).toMatchObject({ statusCode: 503 });
    expect((await cancel()).status).toBe(202);
  });
});

describe("cancelling a payment whose start is held", () => {
  beforeEach(async () => {
    const saga = new CardSaga();
    for (let n = 0; n < FAILURES_TO_OPEN; n++) await saga.breaker.report(CARD_PROVIDER, "unavailable");
    await saga.accept();
    given(saga);
    expect(saga.sagas.started).toEqual([]);
    saga.sagas.queued.length = 0;
  });

  it("has it started for that, and it ends CANCELED though nobody ever claimed it", async () => {
    expect(await cancel()).toMatchObject({ status: 202, body: { status: "PENDING" } });
    const [{ paymentId = "", execution } = {}] = world.sagas.queued;
    expect(await startSaga(world)(paymentId, execution)).toBe("started");
    expect(world.sagas.started).toEqual([world.payment_id]);
    expect(await undoFrom("validate-payment")).toMatchObject({
      status: "CANCELED",
      failure: { step: "validate-payment" },
    });
    expect(await world.told()).toEqual(["accepted", "canceled"]);
    expect(world.asked()).toEqual([]);
  });

  it("lets the message of its first start do the same, which is held without a cancel", async () => {
    expect(await startSaga(world)(world.payment_id)).toBe("held by breaker");
    await cancel();
    expect(await startSaga(world)(world.payment_id)).toBe("started");
  });

  it("answers 202 though the queue takes nothing, and whoever asks again has it started", async () => {
    world.sagas.queueWorks = false;
    expect((await cancel()).status).toBe(202);
    expect(world.sagas.queued).toEqual([]);
    world.sagas.queueWorks = true;
    expect((await cancel()).status).toBe(202);
    expect(world.sagas.queued).toHaveLength(1);
  });

  it("asks for the attempt that counts, where a second one was ordered before the first began", async () => {
    const execution = `${world.payment_id}-a2`;
    world.payments.alter(world.payment_id, { attempts: 2, status: "PROCESSING" });
    await cancel();
    expect(world.sagas.queued).toEqual([{ paymentId: world.payment_id, delaySeconds: 0, execution }]);
  });

  it("asks for no start of a payment that an execution has claimed", async () => {
    await world.run("validate-payment");
    await cancel();
    expect(world.sagas.queued).toEqual([]);
  });

  it("asks for no start of one that has ended, though nobody ever claimed it", async () => {
    await cancel();
    await undoFrom("validate-payment");
    world.sagas.queued.length = 0;
    expect(await cancel()).toMatchObject({ status: 202, body: { status: "CANCELED" } });
    expect(world.sagas.queued).toEqual([]);
  });
});
