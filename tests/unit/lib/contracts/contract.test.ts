// Contracts: everything that is wrong, at once, where it is wrong, in words that repeat no value.
import { describe, expect, it } from "@jest/globals";
import { assertContract, soundMembers, violations } from "../../../../functions/lib/contracts/contract.ts";
import { assertEvent, eventViolations } from "../../../../functions/lib/contracts/event-contract.ts";
import type { PaymentEvent } from "../../../../functions/lib/contracts/event-types.ts";
import type { Contract } from "../../../../functions/lib/contracts/schema.ts";
import * as schemas from "../../../../functions/lib/contracts/schemas.ts";
import { CardSaga } from "../../../support/card-saga.ts";

describe("violations", () => {
  it("are all named at once, each at its place", () => {
    const wrong = violations(schemas.DepositRequest, { amount: "1", "a/b~c": 1 });
    expect(wrong).toEqual(
      expect.arrayContaining([
        { pointer: "/amount", detail: expect.any(String) },
        { pointer: "/currency", detail: "is required" },
        { pointer: "/a~1b~0c", detail: "is not a known field" },
      ]),
    );
    expect(wrong).toHaveLength(3);
  });

  it.each<[Contract, Record<string, unknown>, string, string]>([
    [
      schemas.CardPaymentRequest,
      { currency: "inr" },
      "/currency",
      "must be three capital letters, ISO 4217, for example INR",
    ],
    [
      schemas.CardPaymentRequest,
      { currency: 356 },
      "/currency",
      "must be three capital letters, ISO 4217, for example INR",
    ],
    [
      schemas.CardPaymentRequest,
      { amount: "5" },
      "/amount",
      "must be an integer in minor units: 500 is 5.00",
    ],
    [
      schemas.CardPaymentRequest,
      { amount: 1.5 },
      "/amount",
      "must be an integer in minor units: 500 is 5.00",
    ],
    [schemas.CardPaymentRequest, { amount: 0 }, "/amount", "must be at least 1"],
    [schemas.CardPaymentRequest, { amount: 1e12 }, "/amount", "must be at most 999999999999"],
    [schemas.CardPaymentRequest, { user_id: "7" }, "/user_id", "must be a UUID"],
    [schemas.CardPaymentRequest, { rail: "cash" }, "/rail", "must be `card`"],
    [schemas.CardPaymentRequest, { reference: "" }, "/reference", "must have at least 1 character"],
    [
      schemas.CardPaymentRequest,
      { reference: "x".repeat(129) },
      "/reference",
      "must have at most 128 characters",
    ],
    [schemas.CardPaymentRequest, { metadata: [] }, "/metadata", "must be an object"],
    [schemas.CardPaymentRequest, { description: null }, "/description", "must be a string"],
    [schemas.PaymentChange, { description: 7 }, "/description", "must be a string or null"],
    [schemas.PaymentChange, { metadata: "x" }, "/metadata", "must be an object or null"],
    [schemas.PaymentChange, { metadata: { a: [] } }, "/metadata/a", "must be a string or null"],
    [schemas.CardPaymentRequest, { metadata: { a: 1 } }, "/metadata/a", "must be a string"],
    [
      schemas.CardPaymentRequest,
      { metadata: { "": "a" } },
      "/metadata",
      "has a name that must have at least 1 character",
    ],
    [schemas.OpenAccountRequest, { overdraft: true }, "/overdraft", "must be `allow` or `forbid`"],
    [schemas.RedriveRequest, { new_attempt: 1 }, "/new_attempt", "must be true or false"],
    [
      schemas.Policy,
      { max_amount: { euro: 1 } },
      "/max_amount",
      "has a name that must be three capital letters, ISO 4217, for example INR",
    ],
  ])("of $title say of %j what must be there", (contract, body, pointer, detail) => {
    expect(violations(contract, body)).toContainEqual({ pointer, detail });
  });

  it("leave the members in which nothing is wrong", () => {
    const body = {
      amount: { toString: 0 },
      currency: "EUR",
      "a/b~c": [[]],
      "a/b": {},
      metadata: { a: { b: 1 } },
    };
    const broken = violations(schemas.CardPaymentRequest, body);
    expect(soundMembers(body, broken)).toEqual({ currency: "EUR" });
    expect(soundMembers({ currency: "EUR" }, [{ pointer: "", detail: "x" }])).toEqual({ currency: "EUR" });
  });

  it("are none for what keeps its contract", () => {
    expect(violations(schemas.DepositRequest, { amount: 1, currency: "EUR" })).toEqual([]);
  });

  it("are a defect of ours for a schema that does not exist, and for our own value", () => {
    expect(() => assertContract(schemas.StartRequest, {})).toThrow("StartRequest: /payment_id is required");
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
});
