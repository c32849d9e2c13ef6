// Facts: which of them is kept, which is news, and where the provider's word and an ended payment part.
import { describe, expect, it } from "@jest/globals";
import { disagreementsOf } from "../../../../functions/lib/domain/disagreements.ts";
import { type PaymentRecord, unmarked } from "../../../../functions/lib/domain/payment.ts";
import { type Fact, isNews, judgeFact } from "../../../../functions/lib/domain/provider-fact.ts";
import { acceptanceFor } from "../../../support/conformance/fixtures.ts";

const NOON = Date.parse("2026-01-01T12:00:00.000Z");
const fact = (operation: Fact["operation"], state: Fact["state"], id = "id_1"): Fact => ({
  operation,
  state,
  id,
  at: new Date(NOON).toISOString(),
});
const payment = (more: Partial<PaymentRecord> = {}): PaymentRecord => ({
  ...acceptanceFor({ key: "facts" }).payment,
  status: "PROCESSING",
  ...more,
});
const undone = (at = NOON + 1): Pick<PaymentRecord, "marks"> => ({
  marks: { ...unmarked(), undone: { "authorize-payment": at } },
});
const declined = (step: string) => ({ failure: { code: "CardDeclined", message: "no", step } });

describe("a fact", () => {
  it.each<[string, Fact | undefined, Fact, string]>([
    ["the first", undefined, fact("capture", "pending"), "recorded"],
    ["final after pending", fact("capture", "pending"), fact("capture", "refused"), "recorded"],
    ["pending after final", fact("capture", "succeeded"), fact("capture", "pending"), "known"],
    ["a repetition", fact("capture", "succeeded"), fact("capture", "succeeded"), "known"],
    ["another final state", fact("capture", "refused"), fact("capture", "succeeded"), "contradicts"],
    ["a second effect", fact("capture", "succeeded"), fact("capture", "succeeded", "id_2"), "contradicts"],
  ])("that is %s", (_, standing, told, outcome) => {
    expect(judgeFact(standing, told)).toBe(outcome);
  });

  it.each<[string, Fact, Partial<PaymentRecord>]>([
    ["a hold that nobody recorded", fact("authorize", "succeeded"), {}],
    ["a second hold", fact("authorize", "succeeded", "id_2"), { authorization_id: "id_1" }],
    ["a refusal that nobody recorded", fact("capture", "refused"), { authorization_id: "id_1" }],
    [
      "a refusal of what is recorded",
      fact("capture", "refused"),
      { capture_id: "id_1", status: "COMPLETED" },
    ],
    ["a capture of a failed payment", fact("capture", "succeeded"), { status: "FAILED" }],
    ["a release that nobody recorded", fact("void", "succeeded"), {}],
    ["a release of a captured payment", fact("void", "succeeded"), { ...undone(), capture_id: "id_2" }],
    ["a capture under way", fact("capture", "pending"), {}],
  ])("is news: %s", (_, told, more) => {
    expect(isNews(told, payment(more))).toBe(true);
  });

  it.each<[string, Fact, Partial<PaymentRecord>]>([
    ["the hold that is recorded", fact("authorize", "succeeded"), { authorization_id: "id_1" }],
    [
      "the capture that is recorded",
      fact("capture", "succeeded"),
      { capture_id: "id_1", status: "COMPLETED" },
    ],
    ["the refusal that is recorded", fact("authorize", "refused"), declined("authorize-payment")],
    ["the release that is recorded", fact("void", "succeeded"), undone()],
    ["a void that may be tried again", fact("void", "refused"), {}],
    ["a tombstone of a failed payment", fact("capture", "tombstoned"), { status: "FAILED" }],
    ["under way what is recorded", fact("capture", "pending"), { capture_id: "id_1", status: "COMPLETED" }],
    [
      "what was told before",
      fact("capture", "succeeded"),
      { facts: { capture: fact("capture", "succeeded") } },
    ],
  ])("is no news: %s", (_, told, more) => {
    expect(isNews(told, payment(more))).toBe(false);
  });
});

describe("a payment that has ended", () => {
  it.each<[string, Partial<PaymentRecord>, RegExp]>([
    [
      "FAILED, and captured",
      { status: "FAILED", ...undone(), facts: { capture: fact("capture", "succeeded") } },
      /captured id_1, and the payment shows FAILED/,
    ],
    [
      "captured twice",
      { status: "COMPLETED", capture_id: "id_1", facts: { capture: fact("capture", "succeeded", "id_2") } },
      /captured id_2, and the payment shows id_1/,
    ],
    [
      "COMPLETED, and never captured",
      { status: "COMPLETED", capture_id: "id_1", facts: { capture: fact("capture", "tombstoned") } },
      /says tombstoned of the capture id_1/,
    ],
    [
      "FAILED, and held",
      { status: "FAILED", facts: { authorize: fact("authorize", "succeeded") } },
      /holds id_1, and the payment is FAILED/,
    ],
    [
      "held after it was released",
      { status: "CANCELED", ...undone(NOON - 1), facts: { authorize: fact("authorize", "succeeded") } },
      /holds id_1, and the payment is CANCELED/,
    ],
    [
      "held twice",
      {
        status: "COMPLETED",
        authorization_id: "id_1",
        facts: { authorize: fact("authorize", "succeeded", "id_2") },
      },
      /holds id_2, and the payment shows id_1/,
    ],
    [
      "COMPLETED on a hold that was refused",
      { status: "COMPLETED", authorization_id: "id_1", facts: { authorize: fact("authorize", "refused") } },
      /says refused of the hold id_1/,
    ],
    [
      "COMPLETED, and released",
      { status: "COMPLETED", capture_id: "id_1", facts: { void: fact("void", "succeeded") } },
      /released what the payment shows as captured/,
    ],
  ])("disagrees with its provider: %s", (_, more, sentence) => {
    expect(disagreementsOf(payment(more))).toEqual([expect.stringMatching(sentence)]);
  });

  it.each<[string, Partial<PaymentRecord>]>([
    ["without facts", { status: "FAILED" }],
    [
      "with facts that it shows",
      {
        status: "COMPLETED",
        authorization_id: "id_1",
        capture_id: "id_2",
        facts: { authorize: fact("authorize", "succeeded"), capture: fact("capture", "succeeded", "id_2") },
      },
    ],
    [
      "with a hold that was released after it was made",
      {
        status: "FAILED",
        ...undone(),
        facts: { authorize: fact("authorize", "succeeded"), void: fact("void", "succeeded") },
      },
    ],
    [
      "with what was refused or left undecided",
      {
        status: "FAILED",
        facts: { authorize: fact("authorize", "refused"), capture: fact("capture", "pending") },
      },
    ],
  ])("agrees with its provider %s", (_, more) => {
    expect(disagreementsOf(payment(more))).toEqual([]);
  });
});
