// Where the provider's word and a payment that has ended part.
import { describe, expect, it } from "@jest/globals";
import { type PaymentRecord, unmarked } from "../../../../functions/lib/domain/payment.ts";
import type { Fact } from "../../../../functions/lib/domain/provider-fact.ts";
import { disagreementsOf } from "../../../../functions/lib/domain/reconciliation.ts";
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

describe("a payment that has ended", () => {
  it.each<[string, Partial<PaymentRecord>, RegExp]>([
    [
      "FAILED, and captured",
      { status: "FAILED", ...undone(), facts: { capture: fact("capture", "succeeded") } },
      /captured id_1, and the payment shows FAILED/,
    ],
    [
      "FAILED, and captured under no id",
      { status: "FAILED", ...undone(), facts: { capture: fact("capture", "succeeded", "") } },
      /captured , and the payment shows FAILED/,
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
    [
      "about a capture that it told of without its id",
      { status: "COMPLETED", capture_id: "id_1", facts: { capture: fact("capture", "succeeded", "") } },
    ],
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
      "with a hold that was released, whatever the provider's clock says",
      {
        status: "FAILED",
        ...undone(),
        released: true,
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
