// Stream batches: what was inserted, in its order, and the position from which the stream comes
// again.
import { describe, expect, it } from "@jest/globals";
import type { Context, DynamoDBStreamEvent } from "aws-lambda";
import type * as Stream from "../../../../functions/lib/runtime/stream.ts";
import { coldStart } from "../../../support/cold-start.ts";

const { streamHandler } = coldStart<typeof Stream>("lib/runtime/stream.ts");
const insert = (position: string) => ({
  dynamodb: { SequenceNumber: position, NewImage: { pk: { S: position } } },
});
const CONTEXT = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 30_000 } as Context;
const event = (...Records: unknown[]) => ({ Records }) as DynamoDBStreamEvent;

describe("a stream's batch", () => {
  it("hands over the inserted items in their order", async () => {
    const seen: string[] = [];
    const handler = streamHandler(async (items) => {
      seen.push(...items.map(({ position, item }) => `${position} ${item.pk?.S}`));
      return undefined;
    });
    expect(await handler(event(insert("1"), insert("2")), CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(["1 1", "2 2"]);
  });

  it("comes again from the position that the consumer names", async () => {
    const handler = streamHandler(async () => "2");
    expect(await handler(event(insert("1"), insert("2")), CONTEXT)).toEqual({
      batchItemFailures: [{ itemIdentifier: "2" }],
    });
  });

  it("leaves out records without a new image", async () => {
    let count = -1;
    const handler = streamHandler(async (items) => {
      count = items.length;
      return undefined;
    });
    await handler(event({ dynamodb: { SequenceNumber: "1" } }, {}), CONTEXT);
    expect(count).toBe(0);
  });

  it("comes again whole when the consumer fails", async () => {
    const handler = streamHandler(() => Promise.reject(new Error("down")));
    await expect(handler(event(insert("1")), CONTEXT)).rejects.toThrow("down");
  });
});
