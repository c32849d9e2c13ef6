// The stores of a function, on one DynamoDB client: made when the function starts, kept while it lives.

import { CARD_PROVIDER } from "../domain/rails.ts";
import type { WebhookSignature } from "../ports/webhook-signature.ts";
import {
  defaultPolicy,
  isProduction,
  providerKey,
  providerUrl,
  providerWebhookSecrets,
  scaled,
  tableName,
} from "../runtime/config.ts";
import { dynamoClient } from "./dynamodb.ts";
import { DynamoBreaker } from "./dynamodb-breaker.ts";
import { DynamoFindingStore } from "./dynamodb-finding-store.ts";
import { DynamoLedgerStore } from "./dynamodb-ledger-store.ts";
import { DynamoPaymentStore } from "./dynamodb-payment-store.ts";
import { DynamoPolicySource } from "./dynamodb-policy-source.ts";
import { HttpCardProvider } from "./http-card-provider.ts";
import { StandardWebhookSignature } from "./standard-webhook-signature.ts";
import { systemClock } from "./system-clock.ts";

export const clock = systemClock();
const client = dynamoClient();
const tables = { payments: tableName("payments"), ledger: tableName("ledger") };

export const payments = new DynamoPaymentStore(client, clock, tables);
export const ledger = new DynamoLedgerStore(client, clock, tables.ledger);
export const policies = new DynamoPolicySource(client, tables.payments, defaultPolicy());
export const breaker = new DynamoBreaker(client, clock, tables.payments);
export const findings = new DynamoFindingStore(client, clock, tableName("integrity"));

/** Two calls (ask, then send) fit below every provider step's timeout of 20 s less 2 s. */
const PROVIDER_TIMEOUT_MS = 8_000;

export const cardProvider = (): HttpCardProvider =>
  new HttpCardProvider({
    url: providerUrl(),
    key: providerKey(),
    timeoutMs: scaled(PROVIDER_TIMEOUT_MS),
    takesOrders: !isProduction(),
  });

/** How each provider signs its webhooks, by its name. */
export const webhookSignatures = (): ReadonlyMap<string, WebhookSignature> =>
  new Map([[CARD_PROVIDER, new StandardWebhookSignature(providerWebhookSecrets())]]);
