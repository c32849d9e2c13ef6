// Sends the sandbox's webhooks, signed by Standard Webhooks 1.0 when they are sent: an old
// signature would be refused as stale.
import { Webhook } from "standardwebhooks";
import type { Post } from "../../sandbox/webhook.ts";

const TIMEOUT_MS = 10_000;

/** `secret` is asked for each time, so that it may rotate. */
export function signedPost(url: string, secret: () => Promise<string>, now: () => number): Post {
  return async (id, body) => {
    const webhook = new Webhook(await secret());
    const moment = now();
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(BigInt(moment) / 1_000n),
      "webhook-signature": webhook.sign(id, new Date(moment), body),
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
    await answer.arrayBuffer();
    return answer.status;
  };
}
