import { clock, findings, payments, webhookSignatures } from "../lib/adapters/stores.ts";
import { httpHandler } from "../lib/runtime/http.ts";
import { log } from "../lib/runtime/log.ts";
import { receiveProviderWebhook } from "./receive-provider-webhook.ts";

const receive = receiveProviderWebhook({ payments, findings, clock, signatures: webhookSignatures() });

export const handler = httpHandler(
  {
    "POST /provider-webhooks/{provider}": async ({ path, headers, rawBody }) => {
      const received = await receive({ provider: path.provider ?? "", headers, rawBody });
      if (received.disagreements.length > 0) log.error("the provider disagrees", received);
      return { statusCode: 204 };
    },
  },
  "raw",
);
