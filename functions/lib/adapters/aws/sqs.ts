// The SQS client, and how a message carries the trace of whoever sent it.
import { type SendMessageCommandInput, SQSClient } from "@aws-sdk/client-sqs";
import { traced } from "../../runtime/tracing.ts";
import { deadline } from "./request-handler.ts";

export const sqsClient = (): SQSClient =>
  traced(
    new SQSClient({
      maxAttempts: 3,
      // The queue's URL names it; where the queue is, the endpoint says.
      useQueueUrlAsEndpoint: false,
      requestHandler: deadline(5_000),
    }),
  );

export const traceAttribute = (
  trace: string | undefined,
): Pick<SendMessageCommandInput, "MessageSystemAttributes"> =>
  trace === undefined
    ? {}
    : { MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: trace } } };
