// Routes: the scope that each demands, and how an unknown path differs from an unknown method.
import { describe, expect, it } from "@jest/globals";
import { methodsOf, scopeOf } from "../../../../functions/lib/runtime/routes.ts";
import { coldStart } from "../../../support/cold-start.ts";
import { call, type Handler, request } from "../../../support/http-event.ts";

describe("routes", () => {
  it.each([
    ["POST /payments", "payments:write"],
    ["GET /payments/{payment_id}", "payments:read"],
    ["GET /integrity/report", "ops"],
    ["GET /health", undefined],
  ])("%s demands %p", (route, scope) => {
    expect(scopeOf(route)).toBe(scope);
  });

  it.each([
    ["/payments", ["POST"]],
    ["/payments/1", ["GET"]],
    ["/payments/", []],
    ["/payments/1/2", []],
    ["/", []],
  ])("the path %s knows %p", (path, methods) => {
    expect(methodsOf(path)).toEqual(methods);
  });
});

describe("what no route matches", () => {
  const answer = (rawPath: string) =>
    call(coldStart<Handler>("refuse-route/handler.ts"), request("$default", { rawPath, claims: null }));

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
