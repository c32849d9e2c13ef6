// Which facts are news: what the payment shows already need not be written.
import { describe, expect, it } from "@jest/globals";
import { type PaymentRecord, unmarked } from "../../../functions/lib/domain/payment.ts";
import type { Fact } from "../../../functions/lib/domain/provider-fact.ts";
import { isNews } from "../../../functions/receive-provider-webhook/news.ts";
import { acceptanceFor } from "../../support/conformance/fixtures.ts";

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
  it.each<[string, Fact, Partial<PaymentRecord>]>([
    ["a hold that nobody recorded", fact("authorize", "succeeded"), {}],
    ["a second hold", fact("authorize", "succeeded", "id_2"), { authorization_id: "id_1" }],
    ["a hold without an id that nobody recorded", fact("authorize", "succeeded", ""), {}],
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
    ["it without its id", fact("authorize", "succeeded", ""), { authorization_id: "id_1" }],
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
