// The line per ended payment, from the events of the bus.
import { beforeEach, describe, expect, it } from "@jest/globals";
import { PaymentLines } from "../../../../../scripts/local/messaging/payment-lines.ts";

const ID = "0192f3c1-7d3e-8a11-9c55-000011112222";
const now = new Date(2026, 0, 1, 9, 5, 7);
let lines: PaymentLines;
let events: number;

beforeEach(() => {
  lines = new PaymentLines();
  events = 0;
});

const event = (type: string, status: string, second: number, data: object = {}) => ({
  event_id: `event-${++events}`,
  type: `payment.${type}`,
  payment_id: ID,
  occurred_at: `2026-01-01T08:05:0${second}.500Z`,
  status,
  data,
});
const accepted = (rail = "card", amount = 1_234, currency = "EUR") =>
  event("accepted", "PENDING", 0, { rail, amount, currency });
const failed = () =>
  event("failed", "FAILED", 3, { failure: { code: "CardDeclined", message: "", step: "", undone: [] } });
const told = (detail: unknown) => lines.lineOf(detail, now);

describe("an ended payment", () => {
  it("is told with its rail, its money, its end and its seconds", () => {
    expect(told(accepted())).toBeUndefined();
    const completed = event("completed", "COMPLETED", 2, { journal_id: "j", amount: 1_234, currency: "EUR" });
    expect(told(completed)).toBe(`09:05:07  => card payment ${ID} 12.34 EUR COMPLETED after 2.0 s`);
  });

  it("is told with what it failed with, and with the digits of its currency", () => {
    told(accepted("stablecoin", 500, "JPY"));
    const line = `09:05:07  => stablecoin payment ${ID} 500 JPY FAILED with CardDeclined after 3.0 s`;
    expect(told(failed())).toBe(line);
  });

  it("is told as far as it is known when it was accepted before this start", () => {
    expect(told(failed())).toBe(`09:05:07  => payment ${ID} FAILED with CardDeclined`);
  });

  it("writes nothing to a terminal but text, and no card number", () => {
    const failure = { code: "\u001b[2J 4111 1111 1111 1111" };
    const line = told(event("failed", "FAILED", 3, { failure }));
    expect(line).toBe(`09:05:07  => payment ${ID} FAILED with ?[2J [card]`);
  });

  it("is told once, however often its event comes", () => {
    const end = failed();
    expect([told(end), told(end)]).toEqual([expect.any(String), undefined]);
  });

  it("is told when it is parked, and again when it has ended", () => {
    told(accepted());
    const parked = event("parked", "IN_REVIEW", 4, {
      execution: "e",
      state: "VoidAuthorization",
      error: "ProviderUnavailable",
    });
    expect(told(parked)).toContain(
      "IN_REVIEW (parked at VoidAuthorization by ProviderUnavailable: a person must look) after 4.0 s",
    );
    expect(told(failed())).toContain("card payment");
  });
});

describe("an event that ends nothing", () => {
  it.each([event("authorized", "PROCESSING", 1), event("notified", "COMPLETED", 4), {}, null])(
    "has no line: %j",
    (detail) => {
      expect(told(detail)).toBeUndefined();
    },
  );
});
