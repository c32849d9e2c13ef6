// A provider's credentials in Secrets Manager: read at first use, and again when they are five
// minutes old. While the store does not answer, the values of the last read hold. The log names the
// secret and the kind of trouble, never its value.
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { violations } from "../../contracts/contract.ts";
import * as schemas from "../../contracts/schemas.ts";
import type { ProviderCredentials } from "../../contracts/types.ts";
import { ServiceUnavailable } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Credentials } from "../../ports/credentials.ts";
import { log } from "../../runtime/log.ts";
import { traced } from "../../runtime/tracing.ts";
import { deadline } from "../aws/request-handler.ts";
import { isFresh } from "../short-memory.ts";

/** One try, and a short one: it is part of the provider call's own deadline. */
export const secretsClient = (): SecretsManagerClient =>
  traced(new SecretsManagerClient({ maxAttempts: 1, requestHandler: deadline(1_000) }));

const FRESH_MS = 300_000;

export class SecretCredentials implements Credentials {
  private readonly client: SecretsManagerClient;
  private readonly clock: Clock;
  private readonly secret: string;
  private known: ProviderCredentials | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(client: SecretsManagerClient, clock: Clock, secret: string) {
    this.client = client;
    this.clock = clock;
    this.secret = secret;
  }

  async read(): Promise<ProviderCredentials> {
    if (this.known && isFresh(this.askedAt, FRESH_MS, this.clock)) return this.known;
    // Set before the answer: with a value known, one try in five minutes, however it ends.
    this.askedAt = this.clock.now();
    const read = await this.fetched();
    if (typeof read === "object") this.known = read;
    else log.error("a secret cannot be read", { secret: this.secret, reason: read });
    if (!this.known) throw new ServiceUnavailable("the provider's credentials cannot be read");
    return this.known;
  }

  /**
   * The credentials, or why there are none: the name of the store's error, because a message may
   * quote the secret.
   */
  private async fetched(): Promise<ProviderCredentials | string> {
    try {
      const command = new GetSecretValueCommand({ SecretId: this.secret });
      return parsed((await this.client.send(command)).SecretString ?? "");
    } catch (error) {
      return error instanceof Error ? error.name : "unknown";
    }
  }
}

/** Neither the parser's message nor an unknown field's name is shown: each could be the secret. */
function parsed(text: string): ProviderCredentials | string {
  const value = jsonOf(text);
  const isWhole = violations(schemas.ProviderCredentials, value).length === 0;
  return isWhole
    ? (value as ProviderCredentials)
    : "its value breaks schemas/internal/provider-credentials.json";
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
