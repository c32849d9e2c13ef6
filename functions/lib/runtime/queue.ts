// Runs a function for each message of a queue; a message that fails comes back alone, and its neighbours do not.
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { log } from "./log.ts";

const processor = new BatchProcessor(EventType.SQS);

export const queueHandler =
  (consume: (body: unknown, record: SQSRecord) => Promise<void>) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const one = async (record: SQSRecord): Promise<void> => {
      try {
        await consume(JSON.parse(record.body), record);
      } catch (error) {
        log.warn("message not consumed", { message_id: record.messageId, error });
        throw error;
      }
    };
    return processPartialResponse(event, one, processor, { context, throwOnFullBatchFailure: false });
  };
