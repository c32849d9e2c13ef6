// The HTTP edge: who may call, what may be sent, and every refusal as a problem document.
import { beforeAll, describe, expect, it } from "@jest/globals";
import type * as Http from "../../../../functions/lib/runtime/http.ts";
import { coldStart } from "../../../support/cold-start.ts";
import { CLAIMS, call, type Handler, request } from "../../../support/http-event.ts";

const ROUTE = "POST /payments";
/** A handler whose route tells what reached it. */
let echo: Handler;
let http: typeof Http;
beforeAll(() => {
  http = coldStart<typeof Http>("lib/runtime/http.ts");
  const tell = async ({ merchantId, subject, scopes, path, body, requestId }: Http.Call) =>
    http.answer(200, { merchantId, subject, scopes: [...scopes], path, body, requestId }, { "x-more": "1" });
  echo = { handler: http.httpHandler({ [ROUTE]: tell, "GET /payments/{payment_id}": tell, $default: tell }) };
});
const send = (given: Parameters<typeof request>[1]) => call(echo, request(ROUTE, { body: {}, ...given }));

describe("a call", () => {
  it("reaches its route with merchant, scopes, body and request id", async () => {
    const { status, headers, body } = await send({ body: { a: 1 } });
    expect(status).toBe(200);
    expect(headers).toEqual({
      "content-type": "application/json",
      "x-more": "1",
      "x-request-id": "request-1",
    });
    expect(body).toMatchObject({ merchantId: "m1", body: { a: 1 }, requestId: "request-1" });
    expect(body.scopes).toEqual(["payments:write", "payments:read"]);
  });

  it("is answered with its trace, where there is one", async () => {
    process.env._X_AMZN_TRACE_ID = "Root=1-67891233-abcdef012345678912345678;Sampled=0";
    const traced = (await send({})).headers["x-trace-id"];
    delete process.env._X_AMZN_TRACE_ID;
    expect(traced).toBe("1-67891233-abcdef012345678912345678");
    expect((await send({})).headers).not.toHaveProperty("x-trace-id");
  });

  it("belongs to the claim merchant_id before client_id", async () => {
    const { body } = await send({ claims: { ...CLAIMS, merchant_id: "m9" } });
    expect(body.merchantId).toBe("m9");
  });

  it.each([
    ["the claim sub", { ...CLAIMS, sub: "operator-7" }, "operator-7"],
    ["its client where no sub is", CLAIMS, "m1"],
    ["nobody where sub is nothing that names one", { ...CLAIMS, sub: "two words" }, ""],
  ])("is sent by %s", async (_, claims, subject) => {
    expect((await send({ claims })).body.subject).toBe(subject);
  });

  it("may carry its scopes with the resource server's prefix", async () => {
    expect((await send({ claims: { ...CLAIMS, scope: "contra/payments:write" } })).status).toBe(200);
  });

  it("has no body where it is a GET, whatever was sent", async () => {
    const event = request("GET /payments/{payment_id}", { path: { payment_id: "p" }, body: "{{{" });
    expect((await call(echo, event)).body).toMatchObject({ path: { payment_id: "p" }, body: {} });
  });
});

describe("a call is refused", () => {
  it.each([
    ["without a token", null],
    ["when the token names no merchant", { scope: CLAIMS.scope }],
    ["when the merchant's name could leave its namespace", { ...CLAIMS, client_id: "m1/../m2" }],
  ])("with 401 %s", async (_, claims) => {
    const { status, headers, body } = await send({ claims });
    expect([status, body.code]).toEqual([401, "Unauthenticated"]);
    expect(headers).toHaveProperty("www-authenticate", "Bearer");
  });

  it.each(["", "payments:read", "payments:writer", "ops"])("with 403 for the scopes %p", async (scope) => {
    const { status, body } = await send({ claims: { ...CLAIMS, scope } });
    expect([status, body.code]).toEqual([403, "ScopeMissing"]);
  });

  it.each([
    ["no sub and no client", { merchant_id: "m1" }],
    ["an empty sub", { merchant_id: "m1", client_id: "c", sub: "" }],
    ["a sub of two words", { merchant_id: "m1", client_id: "c", sub: "two words" }],
  ])("with 403 for a token with the scope ops and %s: nobody operates unnamed", async (_, claims) => {
    const scope = `${CLAIMS.scope} ops`;
    const { status, body } = await send({ claims: { ...claims, scope } });
    expect([status, body.code]).toEqual([403, "SubjectMissing"]);
    expect((await send({ claims: { ...claims, scope: CLAIMS.scope } })).status).toBe(200);
  });

  it("with 404 on a route that the function does not serve", async () => {
    const { status, body } = await call(echo, request("GET /elsewhere"));
    expect([status, body.code]).toEqual([404, "NotFound"]);
  });

  it.each([
    ["no body", undefined],
    ["text that is no JSON", "{"],
    ["a list", "[]"],
    ["a string", '"{}"'],
    ["null", "null"],
  ])("with 400 for %s", async (_, body) => {
    const answer = await send({ body });
    expect([answer.status, answer.body.code]).toEqual([400, "InvalidRequest"]);
    expect(answer.body.errors).toHaveLength(1);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", ""])(
    "with 415 for the content type %p",
    async (type) => {
      const { status, body } = await send({ headers: { "content-type": type } });
      expect([status, body.code]).toEqual([415, "UnsupportedMediaType"]);
    },
  );

  it("with 413 for a body above 64 KiB, counted in bytes", async () => {
    const fits = JSON.stringify({ a: "x".repeat(64 * 1024 - 8) });
    expect((await send({ body: fits })).status).toBe(200);
    expect((await send({ body: `${fits} ` })).status).toBe(413);
    expect((await send({ body: { a: "é".repeat(40_000) } })).status).toBe(413);
  });

  it("as a problem document that names the request and its path", async () => {
    const { headers, body } = await send({ claims: null, rawPath: "/payments" });
    expect(headers).toMatchObject({
      "content-type": "application/problem+json",
      "x-request-id": "request-1",
    });
    expect(body).toEqual({
      type: "urn:contra:problem:Unauthenticated",
      title: expect.any(String),
      status: 401,
      detail: expect.any(String),
      instance: "/payments",
      code: "Unauthenticated",
      request_id: "request-1",
    });
  });

  it("with 500 for our own mistake, which says nothing about its inside", async () => {
    const broken = http.httpHandler({ [ROUTE]: () => Promise.reject(new Error("secret 4711")) });
    const { status, text, body } = await call({ handler: broken }, request(ROUTE, { body: {} }));
    expect([status, body.code]).toEqual([500, "InternalError"]);
    expect(text).not.toContain("4711");
  });
});
