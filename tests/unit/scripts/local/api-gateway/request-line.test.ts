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

  it("cannot write to a terminal, and ends somewhere", () => {
    const told = line({ path: `/\u001b[2J${"x".repeat(500)}`, merchant: "m\u00071" });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(told).not.toMatch(/[\x00-\x1f]/);
    expect(told?.length).toBeLessThan(100);
  });

  it.each(["/health", "/_local/health"])("is none for %s", (path) => {
    expect(line({ path })).toBeUndefined();
  });
});
