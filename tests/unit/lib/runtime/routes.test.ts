// Routes: the scope that each demands, and how an unknown path differs from an unknown method.
import { describe, expect, it } from "@jest/globals";
import { methodsOf, scopesOf } from "../../../../functions/lib/runtime/routes.ts";
import { coldStart } from "../../../support/cold-start.ts";
import { call, type Handler, request } from "../../../support/http-event.ts";

describe("routes", () => {
  it.each([
    ["POST /payments", ["payments:write"]],
    ["GET /payments/{payment_id}", ["payments:read"]],
    ["HEAD /payments/{payment_id}", ["payments:read"]],
    ["GET /integrity/report", ["ops"]],
    ["HEAD /integrity/report", ["ops"]],
    ["POST /accounts", ["payments:write", "ops"]],
    ["HEAD /payments", []],
    ["GET /health", []],
  ])("%s demands one of %p", (route, scopes) => {
    expect(scopesOf(route)).toEqual(scopes);
  });

  it.each([
    ["/payments", ["POST"]],
    ["/payments/1", ["GET", "HEAD", "PATCH"]],
    ["/v1/charges/1", ["GET", "HEAD"]],
    ["/payments/", []],
    ["/payments/1/2", []],
    ["/", []],
  ])("the path %s knows %p", (path, methods) => {
    expect(methodsOf(path)).toEqual(methods);
  });
});

describe("what no route matches", () => {
  const sent = (rawPath: string, more: Parameters<typeof request>[1] = {}) =>
    request("$default", { rawPath, claims: null, ...more });
  const answer = (rawPath: string) => call(coldStart<Handler>("refuse-route/handler.ts"), sent(rawPath));
  const moved = async (rawPath: string, rawQueryString = "", method = "GET") => {
    const event = sent(rawPath, { rawQueryString, method });
    return coldStart<Handler>("refuse-route/handler.ts").handler(event, {} as never);
  };

  it.each([
    ["/payments/", "", "/payments"],
    ["/payments//", "a=1&b=%20", "/payments?a=1&b=%20"],
    ["/payments/1/events/", "", "/payments/1/events"],
    ["/payments/\u00e9\r\nx/", "q=\n", "/payments/%C3%A9%0D%0Ax?q=%0A"],
    ["/health/", "", "/health"],
  ])("is %j with %j, and belongs to %s", async (path, query, location) => {
    for (const method of ["GET", "HEAD", "POST", "DELETE"]) {
      const { statusCode, headers, body } = await moved(path, query, method);
      expect({ statusCode, body, location: headers?.location }).toEqual({ statusCode: 308, location });
    }
  });

  it.each([
    "/",
    "//",
    "//evil.example/",
    "/nowhere/",
    "/payments/4111111111111111/",
    "/payments/4111%201111%201111%201111/",
  ])("does not lead from %s anywhere", async (path) => {
    const { status, headers, text } = await answer(path);
    expect(status).toBe(404);
    expect(headers).not.toHaveProperty("location");
    expect(text).not.toContain("1111");
  });

  it.each(["x=4111111111111111", "x=4111%2D1111%2D1111%2D1111", "4111=1111&1111=1111"])(
    "is led nowhere with a card number in its query: %s",
    async (query) => {
      const { statusCode, headers, body } = await moved("/payments/", query);
      expect(statusCode).toBe(404);
      expect(JSON.stringify({ headers, body })).not.toContain("1111");
    },
  );

  it("is 404 for a path that does not exist", async () => {
    expect((await answer("/nowhere")).body).toMatchObject({ status: 404, code: "NotFound" });
  });

  it("is 405 for a method that the path does not know, naming those it does", async () => {
    const { body } = await answer("/v1/charges");
    expect(body).toMatchObject({ status: 405, code: "MethodNotAllowed", detail: "this path knows POST" });
  });
});

describe("health", () => {
  it("is open to everybody", async () => {
    const health = coldStart<Handler>("check-health/handler.ts");
    expect((await call(health, request("GET /health", { claims: null }))).status).toBe(200);
  });
});
