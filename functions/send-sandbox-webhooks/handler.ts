import { announcements, books, clock, webhookPost } from "../lib/adapters/sandbox/wiring.ts";
import { assertContract } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { SandboxAnnouncement } from "../lib/contracts/types.ts";
import { log } from "../lib/runtime/log.ts";
import { queueHandler } from "../lib/runtime/queue.ts";
import { sendSandboxWebhook } from "./send-sandbox-webhooks.ts";

const send = sendSandboxWebhook({ books, post: webhookPost(), announcements, clock });

export const handler = queueHandler(async (body) => {
  assertContract(schemas.SandboxAnnouncement, body);
  const announcement = body as SandboxAnnouncement;
  const outcome = await send(announcement);
  const lost = outcome === "given-up" || outcome === "refused";
  log[lost ? "error" : "info"]("webhook of the sandbox", { ...announcement, outcome });
});
