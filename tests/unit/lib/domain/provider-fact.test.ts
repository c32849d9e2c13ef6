// Facts: which of a provider's answers is kept beside the one that came before.
import { describe, expect, it } from "@jest/globals";
import { classifyFact, type Fact } from "../../../../functions/lib/domain/provider-fact.ts";

const NOON = Date.parse("2026-01-01T12:00:00.000Z");
const fact = (operation: Fact["operation"], state: Fact["state"], id = "id_1"): Fact => ({
  operation,
  state,
  id,
  at: new Date(NOON).toISOString(),
});

describe("a fact", () => {
  it.each<[string, Fact | undefined, Fact, string]>([
    ["the first", undefined, fact("capture", "pending"), "recorded"],
    ["final after pending", fact("capture", "pending"), fact("capture", "refused"), "recorded"],
    ["pending after final", fact("capture", "succeeded"), fact("capture", "pending"), "known"],
    ["a repetition", fact("capture", "succeeded"), fact("capture", "succeeded"), "known"],
    ["the same without its id", fact("capture", "succeeded"), fact("capture", "succeeded", ""), "known"],
    ["the id that lacked", fact("capture", "succeeded", ""), fact("capture", "succeeded"), "recorded"],
    ["no id again", fact("capture", "succeeded", ""), fact("capture", "succeeded", ""), "known"],
    [
      "amounts without the id that is kept",
      fact("capture", "succeeded"),
      { ...fact("capture", "succeeded", ""), amount: 1000 },
      "known",
    ],
    [
      "another state without an id",
      fact("capture", "refused", ""),
      fact("capture", "succeeded", ""),
      "contradicts",
    ],
    ["another final state", fact("capture", "refused"), fact("capture", "succeeded"), "contradicts"],
    ["a second effect", fact("capture", "succeeded"), fact("capture", "succeeded", "id_2"), "contradicts"],
  ])("that is %s", (_, kept, told, outcome) => {
    expect(classifyFact(kept, told)).toBe(outcome);
  });
});
