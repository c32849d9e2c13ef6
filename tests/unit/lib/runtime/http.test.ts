// The HTTP edge: who may call, what may be sent, and every refusal as a problem document.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type * as Http from "../../../../functions/lib/runtime/http.ts";
import { coldStart } from "../../../support/cold-start.ts";
import { CLAIMS, call, type Handler, request } from "../../../support/http-event.ts";

const ROUTE = "POST /payments";
/** A handler whose route tells what reached it. */
let echo: Handler;
let http: typeof Http;
beforeAll(() => {
  http = coldStart<typeof Http>("lib/runtime/http.ts");
  const tell = async ({ merchantId, subject, scopes, path, query, body, requestId }: Http.Call) => {
    const told = { merchantId, subject, scopes: [...scopes], path, query, body, requestId };
    return http.answer(200, told, { "x-more": "1" });
  };
  echo = { handler: http.httpHandler({ [ROUTE]: tell, "GET /payments/{payment_id}": tell, $default: tell }) };
});
const send = (given: Parameters<typeof request>[1]) => call(echo, request(ROUTE, { body: {}, ...given }));

describe("a call", () => {
  it("reaches its route with merchant, scopes, body and request id", async () => {
    const { status, headers, body } = await send({ body: { a: 1 } });
    expect(status).toBe(200);
    expect(headers).toEqual({
      "cache-control": "no-store",
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

  describe("whose issuer puts a prefix before every scope", () => {
    beforeEach(() => {
      process.env.CONTRA_SCOPE_PREFIX = "https://pay.example/";
    });
    afterEach(() => {
      delete process.env.CONTRA_SCOPE_PREFIX;
    });

    it.each([
      ["is let in by the scope with it", "https://pay.example/payments:write", 200],
      ["is refused by another's scope of the same name", "payments:write", 403],
      ["is refused by a scope with another prefix", "contra/payments:write", 403],
    ])("%s", async (_, scope, status) => {
      expect((await send({ claims: { ...CLAIMS, scope } })).status).toBe(status);
    });
  });

  it("is refused where no prefix is said and its scope has one", async () => {
    expect((await send({ claims: { ...CLAIMS, scope: "contra/payments:write" } })).status).toBe(403);
  });

  it.each([
    "application/json; charset=utf-8",
    'Application/JSON ; Charset="UTF-8"',
    "application/json;version=2",
    "application/merge-patch+json",
  ])("may call its body %p", async (type) => {
    const { status, body } = await send({ headers: { "content-type": type }, body: { a: "\u00e9" } });
    expect([status, body.body]).toEqual([200, { a: "\u00e9" }]);
  });

  it("may come as bytes, and say that they are encoded as what they are", async () => {
    const sent = { body: Buffer.from('{"a":"\u00fc"}'), headers: { "content-encoding": "identity" } };
    expect((await send(sent)).body).toMatchObject({ body: { a: "\u00fc" } });
  });

  it("has no body where it is a GET, whatever was sent", async () => {
    const event = request("GET /payments/{payment_id}", { path: { payment_id: "p" }, body: "{{{" });
    expect((await call(echo, event)).body).toMatchObject({ path: { payment_id: "p" }, body: {} });
  });
});

describe("an id of ours", () => {
  const SMALL = "2f6c1f0e-0000-8000-8000-00000000000a";
  const CAPITAL = SMALL.toUpperCase();
  const ids = (names: string[]) => Object.fromEntries(names.map((name) => [name, CAPITAL]));

  it("is the same in capitals, in a path and in a query, and whose id it is stays as it is", async () => {
    const path = ids(["payment_id", "account_id", "provider"]);
    const query = ids(["payment_id", "merchant_id", "cursor"]);
    const event = request("GET /payments/{payment_id}", { path, query });
    const { body } = await call(echo, event);
    expect(body.path).toEqual({ ...path, payment_id: SMALL });
    expect(body.query).toEqual({ ...query, payment_id: SMALL });
  });

  it("is not made of what is none", async () => {
    const path = { payment_id: `${CAPITAL}A` };
    expect((await call(echo, request("GET /payments/{payment_id}", { path }))).body.path).toEqual(path);
  });
});

describe("HEAD", () => {
  const head = (given: Parameters<typeof request>[1]) =>
    echo.handler(
      request("HEAD /payments/{payment_id}", { path: { payment_id: "p" }, ...given }),
      {} as never,
    );

  it("is answered like GET, without its body", async () => {
    const got = await call(echo, request("GET /payments/{payment_id}", { path: { payment_id: "p" } }));
    const { statusCode, headers, body } = await head({});
    expect([statusCode, headers]).toEqual([got.status, got.headers]);
    expect(body).toBeUndefined();
  });

  it.each([
    ["without a token", null, 401],
    ["without the scope", { ...CLAIMS, scope: "payments:write" }, 403],
  ])("is refused like GET %s", async (_, claims, status) => {
    const { statusCode, headers, body } = await head({ claims });
    expect([statusCode, headers?.["content-type"], body]).toEqual([
      status,
      "application/problem+json",
      undefined,
    ]);
  });
});

describe("a call is refused", () => {
  it.each([["without a token", null]])("with 401 %s", async (_, claims) => {
    const { status, headers, body } = await send({ claims });
    expect([status, body.code]).toEqual([401, "Unauthenticated"]);
    expect(headers).toHaveProperty("www-authenticate", "Bearer");
  });

  // API Gateway hands on each claim as text.
  it.each([
    ["no merchant and no client", { scope: CLAIMS.scope }],
    ["a name that could leave its namespace", { ...CLAIMS, client_id: "m1/../m2" }],
    ["the merchant null", { ...CLAIMS, merchant_id: "null" }],
    ["the merchant null, as other platforms write it", { ...CLAIMS, merchant_id: "None" }],
    ["the merchant true", { ...CLAIMS, merchant_id: "true" }],
    ["the merchant false", { ...CLAIMS, merchant_id: "false" }],
    ["the merchant 7", { ...CLAIMS, merchant_id: "7" }],
    ["the merchant -7", { ...CLAIMS, merchant_id: "-7" }],
    ["the merchant 7.5", { ...CLAIMS, merchant_id: "7.5" }],
    ["the merchant 1e21", { ...CLAIMS, merchant_id: "1e+21" }],
    ["an empty merchant", { ...CLAIMS, merchant_id: "" }],
    ["a list of merchants", { ...CLAIMS, merchant_id: "[m1 m2]" }],
    ["a list of one merchant", { ...CLAIMS, merchant_id: "[m1]" }],
    ["an object for a merchant", { ...CLAIMS, merchant_id: "map[id:m1]" }],
    ["a card number for a merchant", { ...CLAIMS, merchant_id: "4111-1111-1111-1111" }],
    ["the client 7", { ...CLAIMS, client_id: "7" }],
    ["a merchant that is no text at all", { ...CLAIMS, merchant_id: null as never }],
    ["a merchant that is a list", { ...CLAIMS, merchant_id: ["m1"] as never }],
    ["a merchant that is a number", { ...CLAIMS, merchant_id: 7 as never }],
  ])("with 403 for a token with %s", async (_, claims) => {
    const { status, body } = await send({ claims });
    expect([status, body.code]).toEqual([403, "MerchantMissing"]);
  });

  it.each(["m7", "7-eleven", "nullable", "M-TRUE"])("not for the merchant %s", async (merchant_id) => {
    expect((await send({ claims: { ...CLAIMS, merchant_id } })).body.merchantId).toBe(merchant_id);
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

  it.each([
    ["no body", undefined, "the body is empty"],
    ["an empty body", "", "the body is empty"],
    ["a byte order mark", '\ufeff{"a":1}', "begins with a byte order mark: send UTF-8 without one"],
    ["single quotes", "{'a':1}", "is not JSON at line 1, column 2"],
    ["a trailing comma", '{"a":1,\n}', "is not JSON at line 2, column 1"],
    ["what the engine gives no place of", '{"a":NaN}', "is not JSON"],
    ["a place that the body claims", "x (line 4 column 7)", "is not JSON"],
  ])("with 400 for %s, and says why without a word of the body", async (_, body, detail) => {
    const answer = await send({ body });
    expect([answer.status, answer.body.errors]).toEqual([400, [{ pointer: "", detail }]]);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", ""])(
    "with 415 for the content type %p",
    async (type) => {
      const { status, body } = await send({ headers: { "content-type": type } });
      expect([status, body.code]).toEqual([415, "UnsupportedMediaType"]);
    },
  );

  it.each([
    "application/json; charset=iso-8859-1",
    "application/json;charset=utf-16",
    'application/json; version=1; CHARSET = "latin1"',
    "application/json; charset=utf-8; charset=ascii",
    "application/json,application/json",
    "application/json,application/vnd.contra+json",
    "application/jsonp",
    "text/x+json",
    `application/${"+".repeat(30_000)}`,
    `application/json${" ".repeat(60_000)}x`,
  ])("with 415 for the content type %p", async (type) => {
    const { status, body } = await send({ headers: { "content-type": type } });
    expect([status, body.code]).toEqual([415, "UnsupportedMediaType"]);
  });

  it.each(["gzip", "br", "identity, gzip", "utf-8"])(
    "with 415 for the content encoding %p",
    async (encoding) => {
      const { status, body } = await send({ headers: { "content-encoding": encoding } });
      expect([status, body.code]).toEqual([415, "UnsupportedMediaType"]);
    },
  );

  it.each([
    ["Latin-1", Buffer.from('{"a":"caf\u00e9"}', "latin1")],
    ["half a character", Buffer.from('{"a":"\u00e9"}').subarray(0, -3)],
    ["a surrogate", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ["an overlong solidus", Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ["a compressed body", Buffer.from([0x1f, 0x8b, 0x08, 0x00])],
  ])("with 400 for bytes that are no UTF-8: %s", async (_, body) => {
    const answer = await send({ body });
    expect([answer.status, answer.body.errors]).toEqual([400, [{ pointer: "", detail: "is not UTF-8" }]]);
  });

  it.each([
    ["bytes that the gateway replaced", '{"a":{"b":["\ufffd"]}}', "/a/b/0"],
    ["such bytes in a name", '{"a":{"\ufffd":1}}', "/a/\ufffd"],
    ["a name that stands twice", '{"a":1,"\\u0061":1}', "/a"],
    ["a number that is rounded", '{"a":499.99999999999999999}', "/a"],
    ["an integer that is rounded", '{"a":[9007199254740993]}', "/a/0"],
    ["an infinite number", '{"a":1e400}', "/a"],
    ["what is nested as deep as a body can hold", `{"a":${"[".repeat(32_000)}${"]".repeat(32_000)}}`, /^\/a/],
    ["a byte order mark", '\ufeff{"a":1}', ""],
  ])("with 400 for %s, at its place", async (_, body, pointer) => {
    for (const sent of [body, Buffer.from(body)]) {
      const answer = await send({ body: sent });
      expect(answer.status).toBe(400);
      const at = typeof pointer === "string" ? pointer : expect.stringMatching(pointer);
      expect(answer.body.errors).toEqual([{ pointer: at, detail: expect.any(String) }]);
    }
  });

  it("with the first 50 of thousands of errors, and says that there are more", async () => {
    const { body } = await send({ body: `{${Array.from({ length: 9_000 }, () => '"a":1').join()}}` });
    const errors = body.errors as object[];
    expect(errors).toHaveLength(51);
    expect(errors.at(-1)).toEqual({ pointer: "", detail: "has more errors than the 50 that are shown" });
  });

  it("with 413 for a body above 128 KiB, counted in bytes", async () => {
    const fits = JSON.stringify({ a: "x".repeat(128 * 1024 - 8) });
    expect((await send({ body: fits })).status).toBe(200);
    expect((await send({ body: `${fits} ` })).status).toBe(413);
    expect((await send({ body: { a: "é".repeat(80_000) } })).status).toBe(413);
  });

  it("as a problem document that names the request and its path", async () => {
    const { headers, body } = await send({ claims: null, rawPath: "/payments" });
    expect(headers).toMatchObject({
      "cache-control": "no-store",
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
