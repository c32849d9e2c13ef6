// A webhook as the sandbox's provider would sign it now, or as somebody who has another secret.
import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { PROVIDER_WEBHOOK_SECRET } from "../../../scripts/local/common/settings.ts";

export type Sent = { headers: Record<string, string>; body: string };

export function signed(
  operation: object,
  secret = PROVIDER_WEBHOOK_SECRET,
  at = new Date(),
  type = "operation.updated",
): Sent {
  const body = JSON.stringify({ type, operation });
  const id = `msg_${randomUUID()}`;
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  return { headers, body };
}
