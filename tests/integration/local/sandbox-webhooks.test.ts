// The sandbox's webhooks as a receiver meets them: signed, until they are taken, whatever becomes of either side meanwhile.
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { StandardWebhookSignature } from "../../../functions/lib/adapters/standard-webhook-signature.ts";
import { violations } from "../../../functions/lib/contracts/contract.ts";
import { listen, type Request } from "../../../scripts/local/lib/http.ts";
import { PROVIDER_KEY, PROVIDER_WEBHOOK_SECRET } from "../../../scripts/local/lib/settings.ts";
import { type RunningPart, startPart } from "../../support/local-part.ts";

const home = mkdtempSync(join(tmpdir(), "contra-webhooks-"));
const came: Request[] = [];
/** What the receiver answers. */
let status = 503;
let receiver: Server;
let sandbox: RunningPart;

async function start(): Promise<void> {
  const gateway = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  sandbox = await startPart("sandbox", home, { gateway }, { CONTRA_TIME_SCALE: "10" });
}

const authorize = (reference: string, order = "") =>
  fetch(`${sandbox.url}/v1/authorizations`, {
    method: "POST",
    headers: { authorization: `Bearer ${PROVIDER_KEY}`, "idempotency-key": `${reference}:authorize` },
    body: JSON.stringify({ reference, amount: 500, currency: "INR", metadata: { sandbox: order } }),
  });

const about = (reference: string) => came.filter(({ body }) => body.includes(reference));

async function until(what: string, ask: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (ask()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`not within ten seconds: ${what}`);
}

beforeAll(async () => {
  receiver = await listen(0, (request) => {
    came.push(request);
    return { status };
  });
  await start();
});
afterAll(async () => {
  await sandbox.stop();
  receiver.close();
  receiver.closeAllConnections();
  rmSync(home, { recursive: true, force: true });
});

it("are signed with the provider's secret and keep the contract", async () => {
  status = 204;
  await authorize("p-signed");
  await until("the webhook comes", () => about("p-signed").length === 1);
  const [{ path, headers, body } = {} as Request] = about("p-signed");
  expect(path).toBe("/provider-webhooks/sandbox");
  const signature = new StandardWebhookSignature([PROVIDER_WEBHOOK_SECRET]);
  expect(signature.isAuthentic(body.toString(), headers as Record<string, string>)).toBe(true);
  expect(violations("ProviderWebhook", JSON.parse(body.toString()))).toEqual([]);
});

it("come twice where that was ordered, and under one id", async () => {
  status = 204;
  await authorize("p-twice", "duplicate_authorize");
  await until("both come", () => about("p-twice").length === 2);
  expect(new Set(about("p-twice").map(({ headers }) => headers["webhook-id"])).size).toBe(1);
});

it("come again until they are taken, over a kill of the sandbox", async () => {
  status = 503;
  await authorize("p-killed");
  await until("it was tried in vain", () => about("p-killed").length > 0);
  await sandbox.stop();
  const before = about("p-killed").length;
  status = 204;
  await start();
  await until("it comes again", () => about("p-killed").length > before);
});
