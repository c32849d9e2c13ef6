// When a finding counts as opened, by the answer of the write. What the store keeps, the
// conformance suite tests.

import type * as Sdk from "@aws-sdk/client-dynamodb";
import { describe, expect, it, jest } from "@jest/globals";
import type * as Store from "../../../../../functions/lib/adapters/dynamodb/finding-store.ts";
import { coldStart } from "../../../../support/cold-start.ts";
import { linesOf, metricsIn, SPEAKING } from "../../../../support/log-lines.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";

const AT = "2026-01-01T00:00:00.000Z";

/**
 * What is measured when a finding is opened. `forbiddenBy` is the time of the finding that forbids
 * it; without it the write succeeds.
 */
async function measured(forbiddenBy?: string) {
  const { DynamoFindingStore } = coldStart<typeof Store>("lib/adapters/dynamodb/finding-store.ts", SPEAKING);
  const { ConditionalCheckFailedException } = jest.requireActual<typeof Sdk>("@aws-sdk/client-dynamodb");
  const send = async () => {
    if (forbiddenBy === undefined) return {};
    const Item = { found_at: { S: forbiddenBy } };
    throw new ConditionalCheckFailedException({ message: "no", $metadata: {}, Item });
  };
  const store = new DynamoFindingStore({ send } as unknown as Sdk.DynamoDBClient, new ManualClock(), "t");
  const finding = { payment_id: "a0", kind: "saga-failed", details: ["it gave up"], found_at: AT } as const;
  const lines = await linesOf(() => store.open({ ...finding, details: [...finding.details] }));
  return metricsIn(lines).map(({ name, dimensions }) => [name, dimensions.kind]);
}

describe("a finding", () => {
  it("is counted when it is opened", async () => {
    expect(await measured()).toEqual([["FindingsOpened", "saga-failed"]]);
  });

  it("is not counted when it stands already", async () => {
    expect(await measured("2025-12-31T00:00:00.000Z")).toEqual([]);
  });

  it("is counted when what stands is our own write, whose answer was lost", async () => {
    expect(await measured(AT)).toEqual([["FindingsOpened", "saga-failed"]]);
  });
});
