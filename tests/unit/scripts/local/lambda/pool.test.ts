import { describe, expect, it } from "@jest/globals";
import { dueAt } from "../../../../../scripts/local/lambda/pool.ts";

describe("another environment of a function", () => {
  it("is due once an event has waited, and later the more there are", () => {
    expect(dueAt(1, 1_000, 0)).toBe(1_150);
    expect(dueAt(4, 1_000, 0)).toBe(1_600);
  });

  it("is due only after the last one had its time to help", () => {
    expect(dueAt(2, 1_000, 5_000)).toBe(5_300);
  });
});
