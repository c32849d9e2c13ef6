// Signatures of webhooks: who knows the secret, over these bytes, now.
import { describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { StandardWebhookSignature } from "../../../../../functions/lib/adapters/providers/standard-webhook-signature.ts";
import { credentialsOf } from "../../../../support/memory/memory-credentials.ts";

const OLD = "whsec_b2xk";
const NEW = "whsec_bmV3";
const BODY = '{"type":"operation.updated"}';
const MINUTE = 60_000;

function headersOf(secret: string, at = new Date(), id = "msg_1"): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, BODY),
  };
}
const signature = new StandardWebhookSignature(credentialsOf("key", OLD));

describe("a webhook's signature", () => {
  it("is authentic when it was made now, over this body, with the secret", async () => {
    expect(await signature.isAuthentic(BODY, headersOf(OLD))).toBe(true);
  });

  it("may be made with either secret while they rotate, and with neither other", async () => {
    const rotating = new StandardWebhookSignature(credentialsOf("key", OLD, NEW));
    const sent = [OLD, NEW, "whsec_ZWxzZQ=="].map((one) => rotating.isAuthentic(BODY, headersOf(one)));
    const verdicts = await Promise.all(sent);
    expect(verdicts).toEqual([true, true, false]);
  });

  it("may stand among others", async () => {
    const { "webhook-signature": good, ...rest } = headersOf(OLD);
    const several = `v1a,AAAA v1,AAAA v1 ${good}`;
    expect(await signature.isAuthentic(BODY, { ...rest, "webhook-signature": several })).toBe(true);
  });

  it.each([
    ["of another secret", BODY, headersOf(NEW)],
    ["of another body", `${BODY} `, headersOf(OLD)],
    ["of another id", BODY, { ...headersOf(OLD), "webhook-id": "msg_2" }],
    ["of another second", BODY, { ...headersOf(OLD), "webhook-timestamp": "1" }],
    ["six minutes old", BODY, headersOf(OLD, new Date(Date.now() - 6 * MINUTE))],
    ["six minutes ahead", BODY, headersOf(OLD, new Date(Date.now() + 6 * MINUTE))],
    ["without a version", BODY, { ...headersOf(OLD), "webhook-signature": "AAAA" }],
    ["without a time", BODY, { ...headersOf(OLD), "webhook-timestamp": "now" }],
  ])("is not authentic when it is %s", async (_, body, headers) => {
    expect(await signature.isAuthentic(body, headers)).toBe(false);
  });

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])(
    "is not authentic without %s",
    async (name) => {
      expect(await signature.isAuthentic(BODY, { ...headersOf(OLD), [name]: undefined })).toBe(false);
    },
  );

  it.each(["", "whsec_", "whsec_no base64"])("is not verified with the secret %p", async (secret) => {
    const broken = new StandardWebhookSignature(credentialsOf("key", secret));
    await expect(broken.isAuthentic(BODY, headersOf(OLD))).rejects.toThrow();
  });
});
