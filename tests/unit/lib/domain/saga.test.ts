// What a definition of a saga owes: an entry that lacks what its kind demands is refused before any
// payment meets it.
import { describe, expect, it } from "@jest/globals";
import { type SagaStep, saga, sagas } from "../../../../functions/lib/domain/saga.ts";
import { CARD } from "../../../../functions/lib/domain/saga-definition.ts";
import { NOTIFY, OPENING, RESERVE, SHIP } from "../../../support/imagined-saga.ts";

it("a definition that lacks nothing is the saga that it says", () => {
  expect(saga("card", [OPENING, RESERVE, SHIP, NOTIFY])).toEqual({
    rail: "card",
    steps: [OPENING, RESERVE, SHIP, NOTIFY],
  });
});

/** The entry without some of its members. */
const without = (entry: SagaStep, ...members: (keyof SagaStep)[]): SagaStep =>
  Object.fromEntries(
    Object.entries(entry).filter(([name]) => !members.includes(name as keyof SagaStep)),
  ) as SagaStep;

describe("a definition is refused when", () => {
  const { undoes: _, ...asksOnly } = { undoes: "", ...RESERVE.provider } as SagaStep["provider"] & object;
  it.each<[string, readonly SagaStep[], string]>([
    [
      "a step has no result",
      [OPENING, without(RESERVE, "result"), SHIP, NOTIFY],
      "reserve-goods lacks result",
    ],
    [
      "a step before the pivot has no undo",
      [OPENING, without(RESERVE, "undo"), SHIP, NOTIFY],
      "lacks undo: it is",
    ],
    ["an undo has no event", [OPENING, without(RESERVE, "undone"), SHIP, NOTIFY], "lacks undone: it is"],
    [
      "an undo does not say what it asks of the provider",
      [OPENING, { ...RESERVE, provider: asksOnly }, SHIP, NOTIFY],
      "reserve-goods lacks what its undo asks for",
    ],
    [
      "a Resolve has no provider to ask",
      [OPENING, without(RESERVE, "provider", "entersTransit"), SHIP, NOTIFY],
      "reserve-goods has resolve, and lacks provider",
    ],
    [
      "a Resolve that is not there may send back",
      [OPENING, { ...without(RESERVE, "resolve"), resumable: true }, SHIP, NOTIFY],
      "reserve-goods has resumable, and lacks resolve",
    ],
    [
      "the pivot has no Resolve",
      [OPENING, without(SHIP, "resolve"), NOTIFY],
      "ship-goods lacks resolve: it is pivot",
    ],
    ["the pivot asks nobody", [OPENING, without(SHIP, "provider"), NOTIFY], "ship-goods lacks provider"],
    ["the pivot has an undo", [OPENING, { ...SHIP, undo: "return-goods" }, NOTIFY], "ship-goods has undo"],
    [
      "the pivot asks for an undo that it has not",
      [OPENING, { ...SHIP, provider: { of: "carrier", asks: "ship", undoes: "return" } }, NOTIFY],
      "ship-goods asks for an undo, and has none",
    ],
    ["there is no pivot", [OPENING, RESERVE, NOTIFY], "there are 0 pivots"],
    [
      "nothing completes the payment",
      [OPENING, RESERVE, { ...SHIP, event: "payment.posted" }, NOTIFY],
      "0 steps",
    ],
    [
      "a step can be undone after the pivot",
      [OPENING, SHIP, RESERVE, NOTIFY],
      "reserve-goods comes too late",
    ],
    [
      "a step after the pivot has an undo",
      [OPENING, SHIP, { ...NOTIFY, undo: "unsay" }],
      "has undo: it is retriable",
    ],
    ["the last step is given up", [OPENING, RESERVE, SHIP], "the last step is not retriable"],
    [
      "the claim shows a result",
      [{ ...OPENING, result: "claim_id" }, SHIP, NOTIFY],
      "has result: it is opening",
    ],
    [
      "two functions have one name",
      [OPENING, { ...RESERVE, undo: "ship-goods" }, SHIP, NOTIFY],
      "named twice",
    ],
  ])("%s", (_, steps, complaint) => {
    expect(() => saga("card", steps)).toThrow(complaint);
  });

  it("two rails show another result of one step, or ask one operation for two steps", () => {
    const notified = { ...NOTIFY, result: "sent_at" };
    expect(() => sagas(CARD, saga("stablecoin", [OPENING, SHIP, notified]))).toThrow(
      "notify-payment shows another result on each rail",
    );
    const capturing = { ...SHIP, provider: { of: "carrier", asks: "capture" } };
    expect(() => sagas(CARD, saga("stablecoin", [OPENING, capturing, NOTIFY]))).toThrow(
      "capture belongs to two steps",
    );
  });

  it("two rails undo or resolve two steps by one function, or are one rail", () => {
    const resolving = { ...SHIP, resolve: "resolve-capture" };
    expect(() => sagas(CARD, saga("stablecoin", [OPENING, resolving, NOTIFY]))).toThrow(
      "resolve-capture belongs to two steps",
    );
    const undoing = { ...RESERVE, undo: "void-authorization" };
    expect(() => sagas(CARD, saga("stablecoin", [OPENING, undoing, SHIP, NOTIFY]))).toThrow(
      "void-authorization belongs to two steps",
    );
    expect(() => sagas(CARD, saga("card", [OPENING, SHIP, NOTIFY]))).toThrow("two sagas of the card rail");
  });
});
