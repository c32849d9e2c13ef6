// Contracts: everything that is wrong, at once, where it is wrong, in words that repeat no value.
import { describe, expect, it } from "@jest/globals";
import { assertContract, violations } from "../../../../functions/lib/contracts/contract.ts";
import {
  assertEvent,
  eventTitle,
  eventViolations,
} from "../../../../functions/lib/contracts/event-contract.ts";
import type { PaymentEvent } from "../../../../functions/lib/contracts/event-types.ts";
import { CardSaga } from "../../../support/card-saga.ts";

describe("violations", () => {
  it("are all named at once, each at its place", () => {
    const wrong = violations("DepositRequest", { amount: "1", "a/b~c": 1 });
    expect(wrong).toEqual(
      expect.arrayContaining([
        { pointer: "/amount", detail: expect.any(String) },
        { pointer: "/currency", detail: "is required" },
        { pointer: "/a~1b~0c", detail: "is not a known field" },
      ]),
    );
    expect(wrong).toHaveLength(3);
  });

  it("are none for what keeps its contract", () => {
    expect(violations("DepositRequest", { amount: 1, currency: "EUR" })).toEqual([]);
  });

  it("are a defect of ours for a schema that does not exist, and for our own value", () => {
    expect(() => violations("Nonsense", {})).toThrow(expect.objectContaining({ name: "ContractViolated" }));
    expect(() => assertContract("StartRequest", {})).toThrow("StartRequest: /payment_id is required");
  });
});

describe("an event", () => {
  it("keeps the schema of its type and version, whatever the saga did", async () => {
    const saga = await CardSaga.after("notify-payment");
    const events = await saga.payments.events(saga.payment_id);
    expect(events.flatMap(eventViolations)).toEqual([]);
  });

  it.each([
    ["an unknown type", { type: "payment.imagined" }],
    ["a version of tomorrow", { version: 2 }],
    ["another status", { status: "FAILED" }],
    ["a field that nobody knows", { user_id: "u" }],
    ["data of another event", { data: { rail: "card" } }],
  ])("is refused with %s", async (_, change) => {
    const saga = await CardSaga.after("notify-payment");
    const event = (await saga.payments.events(saga.payment_id)).at(-1);
    const other = { ...event, ...change } as PaymentEvent;
    expect(eventViolations(other)).not.toEqual([]);
    expect(() => assertEvent(other)).toThrow(expect.objectContaining({ name: "ContractViolated" }));
  });

  it("has its schema's title by its type and version", () => {
    expect(eventTitle("payment.authorized.v1")).toBe("PaymentAuthorizedV1");
    expect(eventTitle("payment.in_review.v12")).toBe("PaymentInReviewV12");
  });
});
