// The start queue: starts that Step Functions could not take, and those that somebody asks for.
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { StartQueue } from "../../ports/saga-starter.ts";
import { queueUrl } from "../../runtime/config.ts";
import { log } from "../../runtime/log.ts";
import { measure } from "../../runtime/metrics.ts";
import { currentTrace } from "../../runtime/tracing.ts";
import { traceAttribute } from "./sqs.ts";

export class SqsStartQueue implements StartQueue {
  private readonly sqs: SQSClient;

  constructor(sqs: SQSClient) {
    this.sqs = sqs;
  }

  async enqueue(paymentId: string, delaySeconds = 0, execution?: string): Promise<boolean> {
    const MessageBody = JSON.stringify({ payment_id: paymentId, execution });
    const message = {
      QueueUrl: queueUrl("start"),
      MessageBody,
      DelaySeconds: delaySeconds,
      ...traceAttribute(currentTrace()),
    };
    try {
      await this.sqs.send(new SendMessageCommand(message));
      measure({ StartsQueued: 1 });
      return true;
    } catch (error) {
      log.error("the start queue took no message", { payment_id: paymentId, error });
      return false;
    }
  }
}
