// Whatever a merchant calls its metadata's keys, the answer with it is the same bytes again after
// it was kept without.
import { describe, it } from "@jest/globals";
import fc from "fast-check";
import { annotationsIn, metadataItem } from "../../functions/lib/adapters/dynamodb/payment-item.ts";
import { erasedAnswer, withoutPersonal, withPersonal } from "../../functions/lib/domain/personal-data.ts";

/** Names that every object has by itself are keys like any other. */
const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }),
  fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)),
  fc.nat(99).map(String),
);
const metadata = fc
  .array(fc.tuple(key, fc.string({ maxLength: 60, unit: "binary" })), { maxLength: 50 })
  .map((pairs) => JSON.parse(JSON.stringify(Object.fromEntries(pairs))) as Record<string, string>);
const answerWith = (members: object): string =>
  JSON.stringify({ payment_id: "p", ...members, status: "PENDING" });

describe("metadata", () => {
  it("comes back from its item to the byte, into the answer that was kept without it", () => {
    fc.assert(
      fc.property(metadata, fc.uuid(), (given, user_id) => {
        const first = answerWith({ user_id, metadata: given });
        const kept = { user_id, ...annotationsIn(metadataItem("p", { metadata: given })) };
        return withPersonal(withoutPersonal(first), kept) === first;
      }),
      { numRuns: 500 },
    );
  });

  it("is in no byte of an answer that was erased", () => {
    fc.assert(
      fc.property(metadata, fc.uuid(), (given, user_id) => {
        const erased = answerWith({});
        const first = answerWith({ user_id, metadata: given });
        return erasedAnswer(first) === erased && erasedAnswer(withoutPersonal(first)) === erased;
      }),
    );
  });
});
