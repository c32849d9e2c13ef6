import { httpHandler } from "../lib/runtime/http.ts";
import { log } from "../lib/runtime/log.ts";
import { measure } from "../lib/runtime/metrics.ts";
import { clock, findings, natureOf, payments, quotes, signatures, wired } from "../lib/wiring.ts";
import { receiveProviderWebhook } from "./receive-provider-webhook.ts";

const receive = receiveProviderWebhook(wired({ payments, quotes, findings, clock, signatures, natureOf }));

export const handler = httpHandler(
  {
    "POST /provider-webhooks/{provider}": async ({ path, headers, rawBody }) => {
      const received = await receive({ provider: path.provider ?? "", headers, rawBody });
      const { payment_id, outcome, disagreements } = received;
      measure({ ProviderWords: 1 }, { outcome });
      // The sentences quote the provider, with amounts: they stand in the finding, for people.
      if (disagreements.length > 0) log.error("the provider disagrees", { payment_id, outcome });
      return { statusCode: 204 };
    },
  },
  "raw",
);
