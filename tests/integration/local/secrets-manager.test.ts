// Secrets Manager at the bus part, through the real SDK: the providers' secrets are there, and a
// rotation survives kill -9.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { freePort, localAws, type RunningPart, startPart } from "../../support/local-part.ts";
import { writeManifest } from "./messaging-stubs.ts";

const home = mkdtempSync(join(tmpdir(), "contra-secrets-"));
const credentials = { key: "everybody", webhook_secrets: ["whsec_b25l"] };
const manifest = writeManifest(home, {
  providers: { bank: { description: "A provider.", public_credentials: credentials } },
});
const SecretId = "local-provider/bank";

let part: RunningPart;
let url: string;
let client: SecretsManagerClient;
const start = () => startPart("messaging", home, { messaging: url }, { CONTRA_MANIFEST: manifest });

beforeAll(async () => {
  url = `http://127.0.0.1:${await freePort()}`;
  part = await start();
  client = new SecretsManagerClient(localAws(url));
});

afterAll(async () => {
  client?.destroy();
  await part?.stop();
  rmSync(home, { recursive: true });
});

const read = (more: object = {}) => client.send(new GetSecretValueCommand({ SecretId, ...more }));
const put = (SecretString: string, more: object = {}) =>
  client.send(new PutSecretValueCommand({ SecretId, SecretString, ...more }));

describe("secrets", () => {
  it("hold what the manifest says that everybody knows, by name and by ARN", async () => {
    const { SecretString, ARN } = await read();
    expect(JSON.parse(SecretString ?? "")).toEqual(credentials);
    expect((await read({ SecretId: ARN })).SecretString).toBe(SecretString);
  });

  it("keep the value before, and a rotation through kill -9 and a new start", async () => {
    await put("next", { ClientRequestToken: "0".repeat(32) });
    await put("next", { ClientRequestToken: "0".repeat(32) });
    await part.stop(); // SIGKILL
    part = await start();
    expect((await read()).SecretString).toBe("next");
    const { SecretString } = await read({ VersionStage: "AWSPREVIOUS" });
    expect(JSON.parse(SecretString ?? "")).toEqual(credentials);
  });

  it.each([{ SecretId: "local-provider/other" }, { VersionStage: "AWSPENDING" }])(
    "say so when there is none: %p",
    async (input) => {
      await expect(read(input)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    },
  );

  it("are not made by putting a value", async () => {
    await expect(put("x", { SecretId: "local-provider/other" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});
