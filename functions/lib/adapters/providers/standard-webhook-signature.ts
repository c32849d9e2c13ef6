// Signatures by Standard Webhooks 1.0: HMAC-SHA256 over id, timestamp and body. The library refuses
// a timestamp more than five minutes off the system's clock.
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import type { Credentials } from "../../ports/credentials.ts";
import type { WebhookSignature } from "../../ports/webhook-signature.ts";

const HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"];

export class StandardWebhookSignature implements WebhookSignature {
  private readonly credentials: Credentials;

  constructor(credentials: Credentials) {
    this.credentials = credentials;
  }

  async isAuthentic(rawBody: string, headers: Record<string, string | undefined>): Promise<boolean> {
    const signed = Object.fromEntries(HEADERS.map((name) => [name, headers[name] ?? ""]));
    const { webhook_secrets } = await this.credentials.read();
    return webhook_secrets.some((secret) => verifies(new Webhook(secret), rawBody, signed));
  }
}

function verifies(webhook: Webhook, rawBody: string, headers: Record<string, string>): boolean {
  try {
    webhook.verify(rawBody, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
