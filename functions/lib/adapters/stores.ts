// The stores of a function, on one DynamoDB client: made when the function starts, kept while it lives.

import { LedgerExposure } from "../adapters/ledger-exposure.ts";
import {
  CARD_PROVIDER,
  OFF_RAMP_PROVIDER,
  ON_RAMP_PROVIDER,
  PROVIDER_OF,
  type ProviderOperation,
} from "../domain/saga-definition.ts";
import type { Credentials } from "../ports/credentials.ts";
import type { Provider } from "../ports/provider.ts";
import type { WebhookSignature } from "../ports/webhook-signature.ts";
import { isProduction, policy, providerUrl, scaled, secretName, tableName } from "../runtime/config.ts";
import { DynamoAdmissions, everyone } from "./dynamodb/admissions.ts";
import { DynamoBreaker } from "./dynamodb/circuit-breaker.ts";
import { dynamoClient } from "./dynamodb/client.ts";
import { DynamoFindingStore } from "./dynamodb/finding-store.ts";
import { DynamoLedgerStore } from "./dynamodb/ledger-store.ts";
import { DynamoPaymentStore } from "./dynamodb/payment-store.ts";
import { DynamoPolicySource } from "./dynamodb/policy-source.ts";
import { DynamoQuoteStore } from "./dynamodb/quote-store.ts";
import { DynamoSweepCursor } from "./dynamodb/sweep-cursor.ts";
import { HttpCardProvider } from "./providers/http-card-provider.ts";
import { HttpOffRampProvider, HttpOnRampProvider } from "./providers/http-ramp-provider.ts";
import { HttpRateSource } from "./providers/http-rate-source.ts";
import { measured } from "./providers/measured-provider.ts";
import { SecretCredentials, secretsClient } from "./providers/secret-credentials.ts";
import { StandardWebhookSignature } from "./providers/standard-webhook-signature.ts";
import { systemClock } from "./system-clock.ts";

export const clock = systemClock();
const client = dynamoClient();
const tables = { payments: tableName("payments"), ledger: tableName("ledger") };

export const payments = new DynamoPaymentStore(client, clock, tables);
export const ledger = new DynamoLedgerStore(client, clock, tables.ledger);
export const quotes = new DynamoQuoteStore(client, clock, tables.payments);
export const policies = new DynamoPolicySource(client, tables.payments, policy());
export const breaker = new DynamoBreaker(client, clock, tables.payments);
export const exposure = new LedgerExposure(ledger, clock, policy().exposure_caps);
export const admissions = isProduction() ? new DynamoAdmissions(client, tables.payments) : everyone;
export const cursor = new DynamoSweepCursor(client, tables.payments);
export const findings = new DynamoFindingStore(client, clock, tableName("integrity"));

/** The sandbox is one service, whatever of it is called. */
const credentials = (): Credentials =>
  new SecretCredentials(secretsClient(), clock, secretName(CARD_PROVIDER));

/** Two calls (ask, then send) fit below every provider step's timeout of 20 s less 2 s. */
const PROVIDER_TIMEOUT_MS = 8_000;

const provider = () => ({
  url: providerUrl(),
  credentials: credentials(),
  timeoutMs: scaled(PROVIDER_TIMEOUT_MS),
});
const withOrders = () => ({ ...provider(), takesOrders: !isProduction() });

export const cardProvider = () => measured(new HttpCardProvider(withOrders()), clock);
export const onRampProvider = () => measured(new HttpOnRampProvider(withOrders()), clock);
export const offRampProvider = () => measured(new HttpOffRampProvider(withOrders()), clock);

/** Whoever is asked for the operation. */
export function providers(): (operation: ProviderOperation) => Provider {
  const byName: Record<(typeof PROVIDER_OF)[ProviderOperation], Provider> = {
    [CARD_PROVIDER]: cardProvider(),
    [ON_RAMP_PROVIDER]: onRampProvider(),
    [OFF_RAMP_PROVIDER]: offRampProvider(),
  };
  return (operation) => byName[PROVIDER_OF[operation]];
}

export const rates = (): HttpRateSource => new HttpRateSource(provider());

/** How each provider signs its webhooks, by its name. */
export const webhookSignatures = (): ReadonlyMap<string, WebhookSignature> =>
  new Map([[CARD_PROVIDER, new StandardWebhookSignature(credentials())]]);
