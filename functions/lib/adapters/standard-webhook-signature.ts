// Signatures by Standard Webhooks 1.0: HMAC-SHA256 over id, timestamp and body. The library takes five minutes either way for
// stale, by the system's clock.
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import type { WebhookSignature } from "../ports/webhook-signature.ts";

const HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"];

export class StandardWebhookSignature implements WebhookSignature {
  private readonly webhooks: Webhook[];

  /** `whsec_…` each; two while they rotate. Throws for one that is empty or no base64. */
  constructor(secrets: string[]) {
    this.webhooks = secrets.map((secret) => new Webhook(secret));
  }

  isAuthentic(rawBody: string, headers: Record<string, string | undefined>): boolean {
    const signed = Object.fromEntries(HEADERS.map((name) => [name, headers[name] ?? ""]));
    return this.webhooks.some((webhook) => verifies(webhook, rawBody, signed));
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
