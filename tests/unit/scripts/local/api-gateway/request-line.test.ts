// The line per request: readable, and nothing in it that must not leave the stack.
import { describe, expect, it } from "@jest/globals";
import { type Answered, requestLine } from "../../../../../scripts/local/api-gateway/request-line.ts";

const ID = "0192f3c1-7d3e-8a11-9c55-000011112222";
const at = new Date(2026, 0, 1, 9, 5, 7);
const line = (answered: Partial<Answered>) =>
  requestLine({ at, method: "GET", path: "/payments", status: 200, milliseconds: 12.4, ...answered });

describe("a request's line", () => {
  it("says when, what, how it was answered, how fast, and whose it is", () => {
    const answered = { method: "POST", status: 202, merchant: "m1" };
    expect(line(answered)).toBe(`09:05:07  POST   ${"/payments".padEnd(53)}  202    12 ms  m1`);
  });

  it("is as long for every path of ours, so that columns stand", () => {
    const lengths = ["/payments", `/payments/${ID}`, `/payments/${ID}/events`].map(
      (path) => line({ path, merchant: "m1" })?.length,
    );
    expect(new Set(lengths).size).toBe(1);
  });

  it("keeps a payment's id whole, whatever digits it has", () => {
    expect(line({ path: `/payments/${ID}/events` })).toContain(`/payments/${ID}/events`);
  });

  it("hides a card number that stands in a path", () => {
    const told = line({ path: "/payments/4111111111111111" });
    expect(told).toContain("/payments/[card]");
    expect(told).not.toMatch(/4111/);
  });

  it.each([
    "/payments/4111%201111%201111%201111",
    "/payments/%34111111111111111",
    "/payments/4111+1111+1111+1111",
    "/payments/4111.1111.1111.1111",
    "/payments/4111_1111_1111_1111",
    "/payments/4111%0A1111,%201111%091111",
  ])("hides a card number however it is written: %s", (path) => {
    expect(line({ path })).toContain("/payments/[card] ");
    expect(line({ path })).not.toContain("1111");
  });

  it.each([
    "/payments/4111/1111/1111/1111",
    "/payments/%25344111%252F11111111111",
    "/４１１１/１１１１/１１１１/１１１１",
  ])("hides a card number over segments, encoded again, or in digits of another script: %s", (path) => {
    expect(line({ path })).not.toMatch(/1111|１１１１/);
  });

  it("hides a card number that calls itself a merchant", () => {
    expect(line({ merchant: "4111-1111-1111-1111" })).toMatch(/ \[card\]$/);
  });

  it.each(["/payments/%25341111111111111111", "/payments/%FF4111111111111111", "/payments/%4"])(
    "hides what cannot be read: %s",
    (path) => {
      expect(line({ path })).toContain("/payments/[undecodable] ");
    },
  );

  it("hides a token that stands in a path, and no other word", () => {
    const path = "/payments/eyJhbGciOiJFUzI1NiJ9.eyJzdWIi_Q.c2ln-A/events";
    expect(line({ path })).toContain("/payments/[token]/events ");
    expect(line({ path: "/payments/eyes" })).toContain("/payments/eyes ");
  });

  it.each(["/.well-known/jwks.json", "/_local/faults", "/payments/4111.1111.1111.1112", "/a+b/1.2_3"])(
    "keeps a path without a secret as it is: %s",
    (path) => {
      expect(line({ path })).toContain(` ${path} `);
    },
  );

  it("cannot write to a terminal, and ends somewhere", () => {
    const told = line({ path: `/\u001b[2J%1b[2J${"x".repeat(500)}`, merchant: "m\u00071" });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(told).not.toMatch(/[\x00-\x1f]/);
    expect(told?.length).toBeLessThan(100);
  });

  it.each(["/health", "/_local/health"])("is none for %s", (path) => {
    expect(line({ path })).toBeUndefined();
  });
});
