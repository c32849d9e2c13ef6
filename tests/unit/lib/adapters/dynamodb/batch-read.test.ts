// Reading many items at once: DynamoDB may leave some out, and that is no absence.
import "../../../../support/function-environment.ts";

import type { BatchGetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { readItems } from "../../../../../functions/lib/adapters/dynamodb/batch-read.ts";
import type { Item } from "../../../../../functions/lib/adapters/dynamodb/item.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";

const keys = (count: number): Item[] => Array.from({ length: count }, (_, n) => ({ pk: { S: `k${n}` } }));

/** A table that has every item, and answers so many keys of a call at most. */
function table(atMost: number) {
  const calls: number[] = [];
  const send = async ({ input }: BatchGetItemCommand) => {
    const asked = input.RequestItems?.t?.Keys ?? [];
    calls.push(asked.length);
    const left = asked.slice(atMost);
    return {
      Responses: { t: asked.slice(0, atMost) },
      UnprocessedKeys: left.length > 0 ? { t: { Keys: left } } : {},
    };
  };
  return { calls, client: { send } as unknown as DynamoDBClient };
}

describe("a read of many items", () => {
  it("takes a call for each hundred keys, and none for no key", async () => {
    const { calls, client } = table(100);
    expect(await readItems(client, new ManualClock(), "t", keys(201))).toHaveLength(201);
    expect(calls).toEqual([100, 100, 1]);
    expect(await readItems(client, new ManualClock(), "t", [])).toEqual([]);
    expect(calls).toHaveLength(3);
  });

  it("asks again for what was left out, and for nothing else", async () => {
    const { calls, client } = table(40);
    const items = await readItems(client, new ManualClock(), "t", keys(100));
    expect(new Set(items.map(({ pk }) => pk?.S)).size).toBe(100);
    expect(calls).toEqual([100, 60, 20]);
  });

  it("gives up while everything is left out, and calls nothing absent", async () => {
    const { calls, client } = table(0);
    const read = readItems(client, new ManualClock(), "t", keys(3));
    await expect(read).rejects.toMatchObject({ name: "StoreContention" });
    expect(calls.length).toBeGreaterThan(1);
  });
});
