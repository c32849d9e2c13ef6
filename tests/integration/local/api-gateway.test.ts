// The gateway part in front of stub parts: a function that answers with the event it got, and parts
// that note what they are asked.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda";
import { generateKeyPair, SignJWT } from "jose";
import { openTokens } from "../../../scripts/local/api-gateway/tokens.ts";
import { json, listen, type Response as Reply, type Request } from "../../../scripts/local/common/http.ts";
import { PARTS, portOf } from "../../../scripts/local/common/settings.ts";
import { freePort, type RunningPart, startPart } from "../../support/local-part.ts";

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;

const home = mkdtempSync(join(tmpdir(), "contra-gateway-"));
let gateway: RunningPart;
let stubs: Server;
/** What the stub parts were asked, `POST step-functions /_local/faults {…}`. */
let asked: string[] = [];
let sick = new Set<string>();
const echo = (event: unknown): Reply =>
  json(200, { statusCode: 200, headers: {}, body: JSON.stringify(event) });
let invoke: (event: Event) => Reply = echo;

function answerStub({ method, path, query, body }: Request): Reply {
  const [, part = "", ...rest] = path.split("/");
  const at = `/${rest.join("/")}`;
  if (at.startsWith("/2015-03-31")) return invoke(JSON.parse(body.toString()));
  if (at === "/_local/health") return json(sick.has(part) ? 503 : 200, {});
  asked.push(`${method} ${part} ${at}${query.size ? `?${query}` : ""} ${body}`.trim());
  if (at === "/_local/counters") return json(200, { shared: 1, [`${part}.calls`]: 2 });
  if (at === "/v1/books") return json(200, { operations: [{ id: query.get("reference") }] });
  return json(200, {});
}

beforeAll(async () => {
  const port = await freePort();
  stubs = await listen(port, answerStub);
  const urls = Object.fromEntries(
    PARTS.filter((part) => part !== "api-gateway").map((part) => [part, `http://127.0.0.1:${port}/${part}`]),
  );
  gateway = await startPart("api-gateway", home, urls);
});

beforeEach(() => {
  asked = [];
  sick = new Set();
  invoke = echo;
});

afterAll(async () => {
  await gateway?.stop();
  stubs?.close();
  stubs?.closeAllConnections();
  rmSync(home, { recursive: true });
});

const call = (path: string, init: RequestInit = {}) => fetch(gateway.url + path, init);

const askToken = (fields: Record<string, string>, authorization = `Basic ${btoa("m1:secret")}`) =>
  call("/oauth2/token", { method: "POST", headers: { authorization }, body: new URLSearchParams(fields) });

async function bearer(scope?: string): Promise<Record<string, string>> {
  const answer = await askToken({ grant_type: "client_credentials", ...(scope ? { scope } : {}) });
  const { access_token } = (await answer.json()) as { access_token: string };
  return { authorization: `Bearer ${access_token}` };
}

async function eventOf(path: string, init: RequestInit = {}): Promise<Event> {
  const headers = { ...(await bearer()), ...(init.headers as Record<string, string>) };
  return (await call(path, { ...init, headers })).json() as Promise<Event>;
}

async function expectProblem(answer: Response, status: number, code: string) {
  const problem = (await answer.json()) as Record<string, unknown>;
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(problem).toMatchObject({ status, code, request_id: answer.headers.get("x-request-id") });
  for (const member of ["type", "title", "detail", "instance"]) expect(typeof problem[member]).toBe("string");
  return problem;
}

describe("the event of a function", () => {
  it("is that of an HTTP API, payload format 2.0", async () => {
    const event = await eventOf("/payments?b=2&a=1%202&b=3", {
      method: "POST",
      body: '{"amount":1}',
      headers: { "Content-Type": "application/json", "Idempotency-Key": "k1", cookie: "a=1; b=2" },
    });
    expect(event).toMatchObject({
      version: "2.0",
      routeKey: "POST /payments",
      rawPath: "/payments",
      rawQueryString: "b=2&a=1%202&b=3",
      queryStringParameters: { a: "1 2", b: "2,3" },
      cookies: ["a=1", "b=2"],
      headers: { "content-type": "application/json", "idempotency-key": "k1" },
      body: '{"amount":1}',
      isBase64Encoded: false,
      requestContext: {
        stage: "$default",
        routeKey: "POST /payments",
        http: { method: "POST", path: "/payments" },
      },
    });
    expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(event.pathParameters).toBeUndefined();
  });

  it("holds the trace that the client named, or one that begins here", async () => {
    const named = "Root=1-67891233-abcdef012345678912345678";
    const event = await eventOf("/payments/1", { headers: { "x-amzn-trace-id": named } });
    expect(event.headers["x-amzn-trace-id"]).toBe(named);
    const fresh = await eventOf("/payments/1", { headers: { "x-amzn-trace-id": "none of ours" } });
    expect(fresh.headers["x-amzn-trace-id"]).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/);
  });

  it("holds path parameters decoded and the path as it was sent", async () => {
    const event = await eventOf("/payments/a%20b%2Fc/events");
    expect(event).toMatchObject({
      routeKey: "GET /payments/{payment_id}/events",
      rawPath: "/payments/a%20b%2Fc/events",
      pathParameters: { payment_id: "a b/c" },
    });
    expect(event.queryStringParameters).toBeUndefined();
  });

  it("holds the token's claims as strings, and no scopes of the authorizer", async () => {
    const { authorizer } = (await eventOf("/payments/1")).requestContext;
    expect(authorizer.jwt).toMatchObject({
      claims: {
        client_id: "m1",
        merchant_id: "m1",
        scope: "payments:write payments:read ops",
        exp: expect.any(String),
      },
      scopes: null,
    });
  });

  it.each([
    ["null", null],
    ["true", true],
    ["7", 7],
    ["[m1 m2]", ["m1", "m2"]],
  ])("holds %s as text for a claim that is none", async (text, merchant_id) => {
    const tokens = await openTokens(join(home, "api-gateway", "signing-key.json"));
    const authorization = `Bearer ${await tokens.sign("m1", "payments:read", 60, { merchant_id })}`;
    const event = await eventOf("/payments/1", { headers: { authorization } });
    expect(event.requestContext.authorizer.jwt.claims.merchant_id).toBe(text);
  });

  it.each([
    ["application/octet-stream", Buffer.from("bytes")],
    ["application/json", Buffer.from([0x22, 0xff, 0x22])],
  ])("holds a body of %s that is no text as base64", async (type, body) => {
    const event = await eventOf("/payments", { method: "POST", body, headers: { "content-type": type } });
    expect(event).toMatchObject({ body: body.toString("base64"), isBase64Encoded: true });
  });

  it("joins a header that was sent twice", async () => {
    const { authorization } = await bearer();
    const answer = await sendRaw(
      `GET /payments/1 HTTP/1.1\r\nhost: x\r\nIdempotency-Key: a\r\nidempotency-key: b\r\nAuthorization: ${authorization}\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toContain('"idempotency-key":"a,b"');
  });

  it.each([
    ["PUT", "/payments"],
    ["GET", "/nowhere"],
    ["OPTIONS", "/payments"],
    ["GET", "/payments/"],
  ])("goes to $default for %s %s, without a token", async (method, path) => {
    const event = (await (await call(path, { method })).json()) as Event;
    expect(event).toMatchObject({
      routeKey: "$default",
      rawPath: path,
      requestContext: { http: { method, path } },
    });
    expect(event.requestContext.authorizer).toBeUndefined();
  });
});

describe("a token", () => {
  it("is granted for the scopes that were asked", async () => {
    const answer = await askToken({ grant_type: "client_credentials", scope: "payments:read" });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      token_type: "Bearer",
      expires_in: 3600,
      scope: "payments:read",
    });
  });

  it.each([
    [{ grant_type: "password" }, undefined, 400, "unsupported_grant_type"],
    [{}, undefined, 400, "invalid_request"],
    [{ grant_type: "client_credentials", scope: "root" }, undefined, 400, "invalid_scope"],
    [{ grant_type: "client_credentials" }, "Bearer x", 401, "invalid_client"],
    [{ grant_type: "client_credentials" }, `Basic ${btoa("m1:")}`, 401, "invalid_client"],
    [{ grant_type: "client_credentials" }, `Basic ${btoa(":secret")}`, 401, "invalid_client"],
  ])("is refused for %j with %s: %d %s", async (fields, authorization, status, error) => {
    const answer = await askToken(fields as Record<string, string>, authorization);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error });
  });

  it("is refused where it is missing, not ours, for others or expired", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: "RS256" })
      .setExpirationTime("1h")
      .sign(privateKey);
    const good = (await bearer()).authorization;
    for (const authorization of [
      "",
      "Bearer",
      "Bearer x.y.z",
      `Bearer ${forged}`,
      good?.slice(0, -8),
      `${good}, ${good}`,
    ]) {
      const answer = await call("/payments/1", { headers: authorization ? { authorization } : {} });
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
      await expectProblem(answer, 401, "Unauthenticated");
    }
  });

  it("is refused once it has expired", async () => {
    const tokens = await openTokens(join(home, "api-gateway", "signing-key.json"));
    const token = await tokens.sign("m1", "ops", -1);
    await expectProblem(
      await call("/payments/1", { headers: { authorization: `Bearer ${token}` } }),
      401,
      "Unauthenticated",
    );
  });

  it("can be checked with the published key, which holds no private part", async () => {
    const { keys } = (await (await call("/.well-known/jwks.json")).json()) as {
      keys: Record<string, string>[];
    };
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: "RSA", alg: "RS256", use: "sig" });
    expect(Object.keys(keys[0] ?? {})).not.toContain("d");
  });
});

describe("the answer", () => {
  it("is the function's, with its status, headers and cookies", async () => {
    invoke = () =>
      json(200, {
        statusCode: 202,
        headers: { Location: "/payments/1" },
        cookies: ["a=1", "b=2"],
        body: "b2s=",
        isBase64Encoded: true,
      });
    const answer = await call("/nowhere");
    expect(answer.status).toBe(202);
    expect(answer.headers.get("location")).toBe("/payments/1");
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await answer.text()).toBe("ok");
  });

  it("is 200 and JSON where the function only returned a value", async () => {
    invoke = () => json(200, { fine: true });
    expect(await (await call("/nowhere")).json()).toEqual({ fine: true });
  });

  it.each<[string, Reply]>([
    ["fails", json(200, { errorType: "Error" }, { "x-amz-function-error": "Unhandled" })],
    ["is throttled", json(429, {})],
    ["is not there", { status: 200, destroy: true }],
    ["returns no JSON", { status: 200, body: "{" }],
  ])("is a 503 that may be tried again when the function %s", async (_, reply) => {
    invoke = () => reply;
    const answer = await call("/nowhere");
    expect(answer.headers.get("retry-after")).toBe("1");
    await expectProblem(answer, 503, "ServiceUnavailable");
  });

  it("is a 500 when the function names a header that HTTP does not allow", async () => {
    invoke = () => json(200, { statusCode: 200, headers: { "bad header": "x" } });
    await expectProblem(await call("/nowhere"), 500, "InternalError");
  });
});

describe("bad input", () => {
  it("over 10 MB is 413, and 10 MB is not", async () => {
    const post = (size: number) => call("/nowhere", { method: "POST", body: Buffer.alloc(size, "a") });
    await expectProblem(await post(10 * 1024 * 1024 + 1), 413, "ContentTooLarge");
    invoke = () => json(200, { statusCode: 200, body: "ok" });
    expect((await post(10 * 1024 * 1024)).status).toBe(200);
  });

  it.each(["/payments/%", "/payments/%zz", "/payments/%ff", "/payments?a=%c3%28", "/%"])(
    "in the URL %s is 400",
    async (path) => {
      const answer = await sendRaw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*"code":"InvalidRequest"/s);
    },
  );

  it.each([
    ["a target that is no path", "GET nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"],
    ["raw bytes in the URL", "GET /\u00e9 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"],
    ["no HTTP at all", "hello\r\n\r\n"],
    ["an unknown method", "STEAL / HTTP/1.1\r\n\r\n"],
    ["a broken length", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n"],
    ["headers without end", `GET / HTTP/1.1\r\nx: ${"a".repeat(20_000)}\r\n\r\n`],
    ["a tunnel", "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n"],
  ])("that is %s is 400, and the gateway lives on", async (_, text) => {
    expect(await sendRaw(text)).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json/s);
    expect((await call("/nowhere")).status).toBe(200);
  });

  it("that is a double slash is only an unknown path", async () => {
    const answer = await sendRaw("GET //payments HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    expect(answer).toContain('"rawPath":"//payments"');
  });
});

describe("health", () => {
  it("is the function's answer while every part is healthy", async () => {
    expect((await call("/health")).status).toBe(200);
  });

  it("is 503 and names the part that is not", async () => {
    sick.add("step-functions");
    const problem = await expectProblem(await call("/health"), 503, "ServiceUnavailable");
    expect(problem.detail).toContain("step-functions");
  });
});

describe("HEAD", () => {
  it("takes the route of GET, with its token, and has no body", async () => {
    const events: Event[] = [];
    invoke = (event) => {
      events.push(event);
      return json(200, { statusCode: 200, headers: { "x-more": "1" }, body: "{}" });
    };
    const answer = await call("/payments/1", { method: "HEAD", headers: await bearer() });
    expect([answer.status, answer.headers.get("x-more"), await answer.text()]).toEqual([200, "1", ""]);
    expect(events).toMatchObject([
      {
        routeKey: "HEAD /payments/{payment_id}",
        pathParameters: { payment_id: "1" },
        requestContext: { http: { method: "HEAD" }, authorizer: { jwt: { claims: { merchant_id: "m1" } } } },
      },
    ]);
    const refused = await call("/payments/1", { method: "HEAD" });
    expect([refused.status, await refused.text()]).toEqual([401, ""]);
    expect(events).toHaveLength(1);
  });

  it("is answered on the routes that only a laptop has", async () => {
    const answer = await call("/.well-known/jwks.json", { method: "HEAD" });
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      "application/json",
      "",
    ]);
    expect((await call("/sandbox/operations", { method: "HEAD" })).status).toBe(400);
  });
});

describe("a trailing slash", () => {
  it.each(["/payments/", "/health/", "/payments/1/events/"])(
    "takes %s to $default, and no token is read",
    async (path) => {
      for (const authorization of ["Bearer x.y.z", (await bearer()).authorization ?? ""]) {
        const event = (await (await call(path, { headers: { authorization } })).json()) as Event;
        expect(event).toMatchObject({ routeKey: "$default", rawPath: path });
        expect(event.requestContext).not.toHaveProperty("authorizer");
      }
    },
  );

  it("of a route that only a laptop has leads to the route", async () => {
    const answer = await call("/sandbox/operations/?payment_id=p1", { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([
      308,
      "/sandbox/operations?payment_id=p1",
    ]);
    expect(await (await call("/sandbox/operations//?payment_id=p1")).json()).toEqual({
      operations: [{ id: "p1" }],
    });
  });
});

describe("the sandbox's routes", () => {
  it("know a payment by its id in capitals too", async () => {
    const id = "2f6c1f0e-0000-8000-8000-00000000000a";
    const answer = await call(`/sandbox/operations?payment_id=${id.toUpperCase()}`);
    expect(await answer.json()).toEqual({ operations: [{ id }] });
  });

  it("show the provider's books for a payment", async () => {
    expect(await (await call("/sandbox/operations?payment_id=p1")).json()).toEqual({
      operations: [{ id: "p1" }],
    });
    await expectProblem(await call("/sandbox/operations"), 400, "InvalidRequest");
  });

  it.each([
    ["StartExecution", "throttle", "step-functions"],
    ["dynamodb", "conflict", "dynamodb"],
    ["PutEvents", "partial", "messaging"],
    ["streams", "pause", "messaging"],
    ["provider", "unavailable", "sandbox"],
    ["post-ledger", "fail_after", "lambda"],
  ])("hand a fault of %s to the part that has it", async (target, fault, part) => {
    const order = { target, fault, count: 1 };
    expect((await call("/sandbox/faults", { method: "POST", body: JSON.stringify(order) })).status).toBe(201);
    expect(asked).toEqual([`POST ${part} /_local/faults ${JSON.stringify(order)}`]);
  });

  it.each([
    ["{", [""]],
    ["[]", [""]],
    [{}, ["/target", "/count"]],
    [{ target: "moon", fault: "x", count: 1 }, ["/target"]],
    [{ target: "toString", fault: "x", count: 1 }, ["/target"]],
    [{ target: "dynamodb", fault: "x", count: 1 }, ["/fault"]],
    [
      { target: "provider", fault: 1, count: 0, seconds: -1, rate: 2 },
      ["/fault", "/count", "/seconds", "/rate"],
    ],
    [{ target: "post-ledger", fault: "fail_before", count: 1, often: true }, ["/often"]],
  ])("refuse the order %j", async (order, pointers) => {
    const body = typeof order === "string" ? order : JSON.stringify(order);
    const problem = await expectProblem(
      await call("/sandbox/faults", { method: "POST", body }),
      400,
      "InvalidRequest",
    );
    expect((problem.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
    expect(asked).toEqual([]);
  });

  it("turn a kill switch where SSM keeps it", async () => {
    const order = { name: "card/stop-intake", value: "on" };
    const answer = await call("/sandbox/switches", { method: "POST", body: JSON.stringify(order) });
    expect([answer.status, await answer.json()]).toEqual([200, order]);
    const put = { Name: "/local-switches/card/stop-intake", Value: "on", Overwrite: true };
    expect(asked).toEqual([`POST messaging / ${JSON.stringify(put)}`]);
  });

  it.each([
    ["[]", [""]],
    [{}, ["/name", "/value"]],
    [{ name: "card/stop-everything", value: "on" }, ["/name"]],
    [{ name: "card/stop-intake", value: true }, ["/value"]],
    [{ name: "card/stop-intake", value: "off", seconds: 5 }, ["/seconds"]],
  ])("turn no switch for the order %j", async (order, pointers) => {
    const body = typeof order === "string" ? order : JSON.stringify(order);
    const answer = await call("/sandbox/switches", { method: "POST", body });
    const problem = await expectProblem(answer, 400, "InvalidRequest");
    expect((problem.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
    expect(asked).toEqual([]);
  });

  it("clear the faults of every part", async () => {
    expect((await call("/sandbox/faults", { method: "DELETE" })).status).toBe(204);
    expect(asked).toHaveLength(5);
  });

  it("add up what all parts counted", async () => {
    const counts = await (await call("/sandbox/counters")).json();
    expect(counts).toMatchObject({ shared: 5, "step-functions.calls": 2, "messaging.calls": 2 });
  });
});

describe("another origin", () => {
  it("may ask before it calls, and no function sees that", async () => {
    const headers = {
      origin: "http://shop",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
    };
    const answer = await call("/payments", { method: "OPTIONS", headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-allow-headers")).toBe("authorization");
  });

  it("may read the answer, which names no origin where the request had none", async () => {
    const answer = await call("/nowhere", { headers: { origin: "http://shop" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect((await call("/nowhere")).headers.get("access-control-allow-origin")).toBeNull();
  });
});

/** Sends bytes that no HTTP client would, and returns what comes back. */
async function sendRaw(text: string): Promise<string> {
  const socket = connect(portOf(gateway.url), "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write(Buffer.from(text, "latin1"));
  await once(socket, "close");
  return Buffer.concat(chunks).toString();
}
