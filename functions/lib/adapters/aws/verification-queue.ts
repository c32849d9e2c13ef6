// The integrity queue, for events that come to it another way than by the bus. They are in the
// bus's envelope, so that the queue's consumer sees no difference.
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { PaymentEvent } from "../../contracts/event-types.ts";
import { EVENT_SOURCE } from "../../domain/events.ts";
import type { VerificationQueue } from "../../ports/verification-queue.ts";
import { queueUrl } from "../../runtime/config.ts";
import { log } from "../../runtime/log.ts";
import { currentTrace } from "../../runtime/tracing.ts";
import { traceAttribute } from "./sqs.ts";

export class SqsVerificationQueue implements VerificationQueue {
  private readonly sqs: SQSClient;

  constructor(sqs: SQSClient) {
    this.sqs = sqs;
  }

  async enqueue(event: PaymentEvent, delaySeconds?: number): Promise<boolean> {
    const message = {
      QueueUrl: queueUrl("integrity"),
      MessageBody: JSON.stringify({ source: EVENT_SOURCE, detail: event }),
      ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
      ...traceAttribute(currentTrace()),
    };
    try {
      await this.sqs.send(new SendMessageCommand(message));
      return true;
    } catch (error) {
      log.error("the integrity queue took no message", { payment_id: event.payment_id, error });
      return false;
    }
  }
}
