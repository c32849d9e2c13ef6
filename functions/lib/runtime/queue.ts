// Runs a function for each message of a queue. A message that fails comes back alone, without its
// neighbours.
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { withIds } from "./correlation.ts";
import { log } from "./log.ts";

const processor = new BatchProcessor(EventType.SQS);

/** The messages of a batch are worked on side by side, each in the trace of whoever sent it. */
const idsOf = (record: SQSRecord, context: Context) => ({
  request_id: context.awsRequestId,
  message_id: record.messageId,
  trace_header: record.attributes?.AWSTraceHeader,
});

export const queueHandler =
  (consume: (body: unknown, record: SQSRecord) => Promise<void>) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const one = (record: SQSRecord): Promise<void> =>
      withIds(idsOf(record, context), async () => {
        try {
          await consume(JSON.parse(record.body), record);
        } catch (error) {
          log.warn("message not consumed", { receives: record.attributes?.ApproximateReceiveCount, error });
          throw error;
        }
      });
    return processPartialResponse(event, one, processor, { context, throwOnFullBatchFailure: false });
  };
