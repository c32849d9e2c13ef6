// The provider behind an applied stack: the laptop's sandbox, whose webhooks go to the applied API,
// or the stack's own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from "@aws-sdk/client-secrets-manager";
import { PROVIDER_KEY } from "../../../scripts/local/common/settings.ts";
import type { Operation } from "../../proofs/lib/client.ts";
import { freePort, type RunningPart, startPart } from "../../support/local-part.ts";

export type Sandbox = {
  readonly url: string;
  operations(paymentId: string): Promise<Operation[]>;
  counters(): Promise<Record<string, number>>;
  stop(): Promise<void>;
};

async function operationsIn(url: string, paymentId: string, key = PROVIDER_KEY): Promise<Operation[]> {
  const query = new URLSearchParams({ reference: paymentId });
  const answer = await fetch(`${url}/v1/books?${query}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  if (!answer.ok) throw new Error(`the provider's books: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { operations: Operation[] }).operations;
}

/** It counts nothing, and ends with its stack. It takes calls with the workspace's own key only. */
export const appliedSandbox = (url: string, workspace: string, aws: SecretsManagerClientConfig): Sandbox => ({
  url,
  operations: async (paymentId) => {
    const secret = new GetSecretValueCommand({ SecretId: `${workspace}-provider/sandbox` });
    const { SecretString = "" } = await new SecretsManagerClient(aws).send(secret);
    const { key } = JSON.parse(SecretString) as { key: string };
    if (key === PROVIDER_KEY) throw new Error("everybody knows the key of the applied sandbox");
    return operationsIn(url, paymentId, key);
  },
  counters: async () => ({}),
  stop: async () => undefined,
});

export class LaptopSandbox implements Sandbox {
  readonly url: string;
  private readonly part: RunningPart;
  private readonly home: string;

  private constructor(part: RunningPart, home: string) {
    this.part = part;
    this.url = part.url;
    this.home = home;
  }

  /** `api` is where its webhooks go, which need not answer yet. */
  static async start(api: string): Promise<LaptopSandbox> {
    const home = mkdtempSync(join(tmpdir(), "contra-e2e-sandbox-"));
    const sandbox = `http://127.0.0.1:${await freePort()}`;
    return new LaptopSandbox(await startPart("sandbox", home, { sandbox, "api-gateway": api }), home);
  }

  operations(paymentId: string): Promise<Operation[]> {
    return operationsIn(this.url, paymentId);
  }

  async counters(): Promise<Record<string, number>> {
    return (await (await fetch(`${this.url}/_local/counters`)).json()) as Record<string, number>;
  }

  async stop(): Promise<void> {
    await this.part.stop();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 20 });
  }
}
