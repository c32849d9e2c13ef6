// The HTTP side of accepting a payment: both routes, the answer's headers, and the token's
// merchant.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { CardSaga, USER } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { CLAIMS, call, type Handler, request } from "../../support/http-event.ts";
import { wiringOf } from "../../support/wiring.ts";

const BODY = { amount: 500, currency: "INR", user_id: USER };
const KEY = { "idempotency-key": "key-1" };

let world: CardSaga;
let accept: Handler;
beforeEach(() => {
  world = new CardSaga();
  jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf(world));
  accept = coldStart<Handler>("accept-payment/handler.ts");
});

describe.each(["POST /payments", "POST /v1/charges"])("%s", (route) => {
  it("answers 202 with the payment and where it is", async () => {
    const { status, headers, body } = await call(accept, request(route, { headers: KEY, body: BODY }));
    expect(status).toBe(202);
    expect(headers).toEqual({
      "cache-control": "no-store",
      "content-type": "application/json",
      location: `/payments/${body.payment_id}`,
      "x-request-id": "request-1",
    });
    expect(body).toMatchObject({ status: "PENDING", merchant_id: "m1", rail: "card" });
  });

  it("says of a replay that it is one, and answers the same bytes", async () => {
    const first = await call(accept, request(route, { headers: KEY, body: BODY }));
    const replay = request(route, { headers: KEY, body: BODY });
    replay.requestContext.requestId = "request-2";
    const second = await call(accept, replay);
    expect(first.headers).not.toHaveProperty("idempotent-replayed");
    expect(second.headers).toMatchObject({ "idempotent-replayed": "true" });
    expect([second.status, second.text]).toEqual([first.status, first.text]);
  });

  it("answers 202 although neither Step Functions nor the queue takes the start", async () => {
    world.sagas.throttled = 1;
    world.sagas.queueWorks = false;
    expect((await call(accept, request(route, { headers: KEY, body: BODY }))).status).toBe(202);
  });

  it("refuses a request without a key with every error in one document", async () => {
    const { status, body } = await call(accept, request(route, { body: { amount: 0, currency: "INR" } }));
    expect([status, body.code]).toEqual([400, "InvalidRequest"]);
    expect(body.errors).toHaveLength(3);
  });

  it("refuses a token that may only read", async () => {
    const reader = request(route, {
      headers: KEY,
      body: BODY,
      claims: { ...CLAIMS, scope: "payments:read" },
    });
    expect((await call(accept, reader)).status).toBe(403);
    expect(await world.payments.openBefore(0, "2027", 10)).toEqual([]);
  });

  it("sends a merchant of another cell away with 421, and writes nothing", async () => {
    world.elsewhere.add("m1");
    const { status, body } = await call(accept, request(route, { headers: KEY, body: BODY }));
    expect([status, body.code]).toEqual([421, "MerchantElsewhere"]);
    expect(await world.payments.openBefore(0, "2027", 10)).toEqual([]);
  });
});

describe("a body of as many characters as its schema allows", () => {
  it("is never too large as a whole, however many bytes they have", async () => {
    const entries = Array.from({ length: 50 }, (_, at) => [
      `${at}`.padEnd(40, "\u{1f600}"),
      "\u{1f600}".repeat(500),
    ]);
    const text = "\u{1f600}".repeat(128);
    const body = { ...BODY, reference: text, payment_method: text, metadata: Object.fromEntries(entries) };
    const { status } = await call(accept, request("POST /payments", { headers: KEY, body }));
    expect([202, 400]).toContain(status);
  });
});

describe("metadata whose keys are names that any object has", () => {
  const NAMES = Object.getOwnPropertyNames(Object.prototype);
  const textWith = (metadata: string) => `${JSON.stringify(BODY).slice(0, -1)},"metadata":${metadata}}`;
  const send = (metadata: string, requestId: string) => {
    const event = request("POST /payments", { headers: KEY, body: textWith(metadata) });
    event.requestContext.requestId = requestId;
    return call(accept, event);
  };

  it("is answered as it was sent, and so is its replay", async () => {
    const sent = `{${NAMES.map((name) => `"${name}":"${name} of mine"`).join(",")}}`;
    const first = await send(sent, "request-1");
    expect(first.status).toBe(202);
    expect(first.text).toContain(`"metadata":${sent}`);
    const second = await send(sent, "request-2");
    expect([second.status, second.text]).toEqual([202, first.text]);
  });

  it.each(NAMES)("is another body where %s differs", async (name) => {
    await send(`{"${name}":"one"}`, "request-1");
    const { status, body } = await send(`{"${name}":"other"}`, "request-2");
    expect([status, body.errors]).toEqual([422, [expect.objectContaining({ pointer: "/metadata" })]]);
    expect((await send("{}", "request-3")).status).toBe(422);
  });
});

describe("an order that the sandbox does not know", () => {
  const body = { ...BODY, metadata: { sandbox: "explode_capture" } };

  it("is refused outside production, and nothing is written", async () => {
    const answer = await call(accept, request("POST /payments", { headers: KEY, body }));
    expect([answer.status, answer.body.code]).toEqual([400, "InvalidRequest"]);
    expect(await world.payments.openBefore(0, "2027", 10)).toEqual([]);
  });

  it("is the merchant's own data in production", async () => {
    accept = coldStart<Handler>("accept-payment/handler.ts", { CONTRA_ENVIRONMENT: "prod-eu" });
    const answer = await call(accept, request("POST /payments", { headers: KEY, body }));
    expect(answer.status).toBe(202);
  });
});

describe("a conflict", () => {
  it("names the payment that holds the reference", async () => {
    const body = { ...BODY, reference: "order-1" };
    const first = await call(accept, request("POST /payments", { headers: KEY, body }));
    const other = request("POST /payments", { headers: { "idempotency-key": "key-2" }, body });
    other.requestContext.requestId = "request-2";
    const { status, body: problem } = await call(accept, other);
    expect(status).toBe(409);
    expect(problem).toMatchObject({ code: "ReferenceTaken", payment_id: first.body.payment_id });
  });

  it("of bodies under one key is 422 and names members, not values", async () => {
    await call(accept, request("POST /payments", { headers: KEY, body: BODY }));
    const other = request("POST /v1/charges", { headers: KEY, body: { ...BODY, amount: 501 } });
    other.requestContext.requestId = "request-2";
    const { status, body } = await call(accept, other);
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ pointer: "/amount", detail: expect.not.stringContaining("501") }]);
  });
});

describe.each(["POST /payments", "POST /v1/charges"])("%s of a merchant above its rate", (route) => {
  const post = (body: unknown, key = "key-1", requestId = "request-1") => {
    const event = request(route, { headers: { "idempotency-key": key }, body });
    event.requestContext.requestId = requestId;
    return call(accept, event);
  };

  it("takes no token for what is malformed, and one for each that is not, replays too", async () => {
    expect((await post({ ...BODY, amount: 0 })).status).toBe(400);
    expect((await post(BODY, "")).status).toBe(400);
    expect(world.throttle.taken).toEqual([]);
    await post(BODY);
    expect((await post(BODY, "key-1", "request-2")).headers).toHaveProperty("idempotent-replayed");
    expect(world.throttle.taken).toEqual(["m1", "m1"]);
  });
});
