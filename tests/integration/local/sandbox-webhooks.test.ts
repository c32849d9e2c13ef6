// The sandbox's webhooks as a receiver meets them: signed, until they are taken, whatever becomes
// of either side meanwhile.
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { StandardWebhookSignature } from "../../../functions/lib/adapters/providers/standard-webhook-signature.ts";
import { violations } from "../../../functions/lib/contracts/contract.ts";
import * as schemas from "../../../functions/lib/contracts/schemas.ts";
import { listen, type Request } from "../../../scripts/local/common/http.ts";
import { PROVIDER_KEY, PROVIDER_WEBHOOK_SECRET } from "../../../scripts/local/common/settings.ts";
import { type RunningPart, startPart } from "../../support/local-part.ts";
import { credentialsOf } from "../../support/memory/memory-credentials.ts";
import { closeServers, urlOf } from "../../support/servers.ts";
import { until } from "../../support/until.ts";

const home = mkdtempSync(join(tmpdir(), "contra-webhooks-"));
const came: Request[] = [];
/** What the receiver answers. */
let status = 503;
let receiver: Server;
let sandbox: RunningPart;

async function start(): Promise<void> {
  const urls = { "api-gateway": urlOf(receiver) };
  sandbox = await startPart("sandbox", home, urls, { CONTRA_TIME_SCALE: "10" });
}

const authorize = (reference: string, order = "") =>
  fetch(`${sandbox.url}/v1/authorizations`, {
    method: "POST",
    headers: { authorization: `Bearer ${PROVIDER_KEY}`, "idempotency-key": `${reference}:authorize` },
    body: JSON.stringify({ reference, amount: 500, currency: "INR", metadata: { sandbox: order } }),
  });

const about = (reference: string) => came.filter(({ body }) => body.includes(reference));

beforeAll(async () => {
  receiver = await listen(0, (request) => {
    came.push(request);
    return { status };
  });
  await start();
});
afterAll(async () => {
  await sandbox?.stop();
  closeServers(receiver);
  rmSync(home, { recursive: true, force: true });
});

it("are signed with the provider's secret and keep the contract", async () => {
  status = 204;
  await authorize("p-signed");
  await until(() => about("p-signed").length === 1, "the webhook comes");
  const [{ path, headers, body } = {} as Request] = about("p-signed");
  expect(path).toBe("/provider-webhooks/sandbox");
  const signature = new StandardWebhookSignature(credentialsOf(PROVIDER_KEY, PROVIDER_WEBHOOK_SECRET));
  expect(await signature.isAuthentic(body.toString(), headers as Record<string, string>)).toBe(true);
  expect(violations(schemas.ProviderWebhook, JSON.parse(body.toString()))).toEqual([]);
});

it("come twice where that was ordered, and under one id", async () => {
  status = 204;
  await authorize("p-twice", "duplicate_authorize");
  await until(() => about("p-twice").length === 2, "both come");
  expect(new Set(about("p-twice").map(({ headers }) => headers["webhook-id"])).size).toBe(1);
});

it("come again until they are taken, over a kill of the sandbox", async () => {
  status = 503;
  await authorize("p-killed");
  await until(() => about("p-killed").length > 0, "it was tried in vain");
  await sandbox.stop();
  const before = about("p-killed").length;
  status = 204;
  await start();
  await until(() => about("p-killed").length > before, "it comes again");
});
