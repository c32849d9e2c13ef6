// The sandbox's webhooks that are to be sent, in a queue that holds each back for a while.
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { queueUrl, wholeSeconds } from "../../runtime/config.ts";
import type { Announcement, Announcements } from "../../sandbox/webhook-queue.ts";

export class SqsAnnouncements implements Announcements {
  private readonly client: SQSClient;

  constructor(client: SQSClient) {
    this.client = client;
  }

  async announce(announcement: Announcement, afterMs: number): Promise<void> {
    const message = {
      QueueUrl: queueUrl("sandbox-webhooks"),
      MessageBody: JSON.stringify(announcement),
      DelaySeconds: wholeSeconds(afterMs),
    };
    await this.client.send(new SendMessageCommand(message));
  }
}
