// Runs a function over a batch of a table's stream. The stream resumes at the position that the
// function returns.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { withIds } from "./correlation.ts";
import { log } from "./log.ts";

/** `item` as the table has it; the adapter that wrote it reads it. */
export type StreamItem = { position: string; item: Record<string, AttributeValue> };

/**
 * The inserted items of the batch, with their positions. The event source's filter passes only
 * inserts.
 */
function itemsOf(event: DynamoDBStreamEvent): StreamItem[] {
  return event.Records.flatMap(({ dynamodb }) => {
    const image = dynamodb?.NewImage as StreamItem["item"] | undefined;
    return image && dynamodb?.SequenceNumber ? [{ position: dynamodb.SequenceNumber, item: image }] : [];
  });
}

/** `leftMs` is what the function has left to live. */
export const streamHandler =
  (consume: (items: StreamItem[], leftMs: number) => Promise<string | undefined>) =>
  (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
    withIds({ request_id: context.awsRequestId }, async () => {
      const resumeAt = await consume(itemsOf(event), context.getRemainingTimeInMillis());
      if (resumeAt === undefined) return { batchItemFailures: [] };
      log.warn("stream batch stopped early", { position: resumeAt });
      return { batchItemFailures: [{ itemIdentifier: resumeAt }] };
    });
