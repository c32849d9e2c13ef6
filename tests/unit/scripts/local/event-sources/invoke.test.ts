// Which records of a batch a function reports as failed, by Lambda's rules for
// ReportBatchItemFailures.
import { describe, expect, it } from "@jest/globals";
import { failedIds } from "../../../../../scripts/local/event-sources/invoke.ts";

const failed = (payload: unknown) => [...failedIds(payload, ["a", "b", "c"])];

describe("a function's report on its batch", () => {
  it.each([null, undefined, "done", {}, { batchItemFailures: null }, { batchItemFailures: [] }])(
    "reads %j as success",
    (payload) => {
      expect(failed(payload)).toEqual([]);
    },
  );

  it("names the records that failed", () => {
    expect(failed({ batchItemFailures: [{ itemIdentifier: "b" }] })).toEqual(["b"]);
  });

  it.each([[["a"]], [[{ itemIdentifier: "" }]], [[{ itemIdentifier: "x" }]], [[null]], ["a"]])(
    "reads %j, which is no such report, as the failure of the whole batch",
    (report) => {
      expect(failed({ batchItemFailures: report })).toEqual(["a", "b", "c"]);
    },
  );
});
