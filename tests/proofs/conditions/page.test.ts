// The page says who misses what, and is read back by the next run.
import { describe, expect, it } from "@jest/globals";
import { conditionsPage, knownFrom } from "./page.ts";

const WRITE = "PaymentStore.commit PAYMENT";
const long =
  "a payment store in DynamoDB: judges what is there when it writes: and commits nothing where an undo has begun";
const rows = [
  { write: WRITE, part: "version = :read_version", missedBy: "a race" },
  { write: WRITE, part: "attribute_not_exists(tombstone_<step>)", missedBy: long },
  { write: "Books.strike STRIKE", part: "OR strikes < :times", missedBy: "strikes" },
];

describe("the page of conditions", () => {
  it("names for each condition the test that misses it, and is read back", () => {
    const page = conditionsPage(rows);
    expect(page.indexOf("## Books.strike")).toBeLessThan(page.indexOf("## PaymentStore.commit"));
    expect(page).toContain("- `version = :read_version`: a race\n");
    expect(knownFrom(page)).toEqual({
      [`${WRITE}: version = :read_version`]: "a race",
      [`${WRITE}: attribute_not_exists(tombstone_<step>)`]: long,
      "Books.strike STRIKE: OR strikes < :times": "strikes",
    });
  });

  it("is the same whatever the order in which they were found", () => {
    expect(conditionsPage([...rows].reverse())).toBe(conditionsPage(rows));
  });

  it("leaves no blank where nobody misses one", () => {
    expect(conditionsPage([{ write: WRITE, part: "a = :a" }])).toContain("- `a = :a`: nobody\n");
  });
});
