// Problem documents: our own errors by their class, the store's as 503, everything else as 500.
import { describe, expect, it } from "@jest/globals";
import {
  CardDeclined,
  InvalidRequest,
  RateLimited,
  REGISTRY,
  ReferenceTaken,
  RequestError,
  StoreContention,
  StoreUnavailable,
} from "../../../../functions/lib/errors/registry.ts";
import { problemFor } from "../../../../functions/lib/runtime/problem.ts";

const problem = (error: unknown) => {
  const { statusCode, headers, body } = problemFor(error, "/payments", "request-1");
  return { status: statusCode, headers, body: JSON.parse(body ?? "") };
};

describe("a problem document", () => {
  const requestErrors = Object.values(REGISTRY)
    .map((Leaf) => new Leaf("why"))
    .filter((error) => error instanceof RequestError);

  it.each(requestErrors.map((error) => [error.name, error] as const))("tells of %s", (name, error) => {
    const { status, headers, body } = problem(error);
    expect(status).toBe(error.status);
    expect(headers).toMatchObject({ "content-type": "application/problem+json" });
    expect(body).toMatchObject({
      type: `urn:contra:problem:${name}`,
      title: error.title,
      status,
      detail: "why",
      instance: "/payments",
      code: name,
      request_id: "request-1",
    });
  });

  it("holds all field errors at once, and no member for none", () => {
    const errors = [
      { pointer: "/amount", detail: "is required" },
      { header: "Idempotency-Key", detail: "x" },
      { parameter: "limit", detail: "is no number" },
    ];
    expect(problem(new InvalidRequest("why", errors)).body.errors).toEqual(errors);
    expect(problem(new InvalidRequest("why")).body).not.toHaveProperty("errors");
  });

  it.each([
    ["a pointer", { pointer: "/4111 1111 1111 1111", detail: "x" }, { pointer: "/[card]", detail: "x" }],
    [
      "a pointer whose name has slashes",
      { pointer: "/metadata/4111~11111~11111~11111", detail: "x" },
      { pointer: "/metadata/[card]", detail: "x" },
    ],
    [
      "a sentence",
      { pointer: "/a~1b", detail: "not 4111111111111111" },
      { pointer: "/a~1b", detail: "not [card]" },
    ],
    ["a parameter", { parameter: "4111-1111-1111-1111", detail: "x" }, { parameter: "[card]", detail: "x" }],
  ])("shows no card number in %s", (_, error, shown) => {
    expect(problem(new InvalidRequest("why", [error])).body.errors).toEqual([shown]);
  });

  it("shows no card number in its detail", () => {
    expect(problem(new InvalidRequest("is 4111-1111-1111-1111 it?")).body.detail).toBe("is [card] it?");
  });

  it.each([
    ["/payments/4111111111111111", "/payments/%5Bcard%5D"],
    ["/payments/4111/1111/1111/1111", "/payments/%5Bcard%5D"],
    ["/payments/4111%201111%201111%201111/events", "/payments/%5Bcard%5D/events"],
    ["/payments/%EF%BC%94111111111111111", "/payments/%5Bcard%5D"],
    ["/payments/%2534111%252D1111%252D1111%252D1111", "/payments/%5Bcard%5D"],
    ["/payments/2f6c1f0e-0000-8000-8000-000000000001", "/payments/2f6c1f0e-0000-8000-8000-000000000001"],
    ["/accounts/a%20b%25/balance", "/accounts/a%20b%25/balance"],
  ])("is about %s as %s", (path, instance) => {
    const { body } = problemFor(new InvalidRequest("why"), path, "request-1");
    expect(JSON.parse(body ?? "").instance).toBe(instance);
  });

  it("holds the error's further members", () => {
    expect(problem(new ReferenceTaken("why", [], { payment_id: "p" })).body.payment_id).toBe("p");
  });

  it.each([new StoreContention("shard 7"), new StoreUnavailable("shard 7")])(
    "answers a %s with 503 and when to try again",
    (error) => {
      const { status, headers, body } = problem(error);
      expect([status, body.code]).toEqual([503, "ServiceUnavailable"]);
      expect(headers).toMatchObject({ "retry-after": "1" });
      expect(body.detail).not.toContain("shard");
    },
  );

  it.each([new Error("secret"), new CardDeclined("secret"), "secret", undefined, null, { statusCode: 404 }])(
    "answers 500 for %p and keeps its inside to itself",
    (error) => {
      const { status, body } = problem(error);
      expect([status, body.code]).toEqual([500, "InternalError"]);
      expect(JSON.stringify(body)).not.toContain("secret");
    },
  );

  it("asks for a retry only where a retry may help", () => {
    expect(problem(new InvalidRequest("why")).headers).not.toHaveProperty("retry-after");
    expect(problem(new Error("x")).headers).not.toHaveProperty("retry-after");
  });

  it("says to whom asks too often when to come again, and what the rate is", () => {
    const { status, headers, body } = problem(RateLimited.by("writes", 40, 4, 3, " for all routes together"));
    expect(status).toBe(429);
    expect(headers).toMatchObject({
      "content-type": "application/problem+json",
      "retry-after": "3",
      "ratelimit-policy": '"writes";q=40;w=4',
      ratelimit: '"writes";r=0;t=3',
    });
    expect(body).toMatchObject({
      code: "RateLimited",
      detail: "too many writes: 40 in 4 s for all routes together; try again in 3 s",
    });
  });
});
