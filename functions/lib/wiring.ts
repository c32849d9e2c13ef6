// Which adapter stands behind each port. A member is built when it is first asked for. Nothing here
// runs by itself, so a function's bundle holds only the adapters that its handler names. Only
// handlers import this file.

import { EventBridgeBus, eventBridgeClient } from "./adapters/aws/event-bus.ts";
import { readExecution as executionIn, StepFunctionsExecutions } from "./adapters/aws/saga-executions.ts";
import { StepFunctionsStarter } from "./adapters/aws/saga-starter.ts";
import { sqsClient } from "./adapters/aws/sqs.ts";
import { SsmSwitches, ssmClient } from "./adapters/aws/ssm-switches.ts";
import { SqsStartQueue } from "./adapters/aws/start-queue.ts";
import { sfnClient } from "./adapters/aws/step-functions.ts";
import { SqsVerificationQueue } from "./adapters/aws/verification-queue.ts";
import { DynamoAdmissions, everyone } from "./adapters/dynamodb/admissions.ts";
import { DynamoApprovals } from "./adapters/dynamodb/approvals.ts";
import { DynamoBreaker } from "./adapters/dynamodb/circuit-breaker.ts";
import { dynamoClient } from "./adapters/dynamodb/client.ts";
import { DynamoFindingStore } from "./adapters/dynamodb/finding-store.ts";
import { KnownAccounts } from "./adapters/dynamodb/known-accounts.ts";
import { DynamoLedgerStore } from "./adapters/dynamodb/ledger-store.ts";
import { DynamoOperatorJournal } from "./adapters/dynamodb/operator-journal.ts";
import { DynamoPaymentStore } from "./adapters/dynamodb/payment-store.ts";
import { DynamoPolicySource } from "./adapters/dynamodb/policy-source.ts";
import { DynamoQuoteStore } from "./adapters/dynamodb/quote-store.ts";
import { DynamoSweepCursor } from "./adapters/dynamodb/sweep-cursor.ts";
import { DynamoWriteThrottle } from "./adapters/dynamodb/write-throttle.ts";
import { HttpCardProvider } from "./adapters/providers/http-card-provider.ts";
import { HttpOffRampProvider, HttpOnRampProvider } from "./adapters/providers/http-ramp-provider.ts";
import { HttpRateSource } from "./adapters/providers/http-rate-source.ts";
import { sandboxNature } from "./adapters/providers/sandbox-nature.ts";
import { SecretCredentials, secretsClient } from "./adapters/providers/secret-credentials.ts";
import { StandardWebhookSignature } from "./adapters/providers/standard-webhook-signature.ts";
import { systemClock } from "./adapters/system-clock.ts";
import {
  CARD_PROVIDER,
  OFF_RAMP_PROVIDER,
  ON_RAMP_PROVIDER,
  PROVIDER_OF,
  type ProviderOperation,
} from "./domain/saga-definition.ts";
import type { Admissions } from "./ports/admissions.ts";
import type { Provider } from "./ports/provider.ts";
import type { WebhookSignature } from "./ports/webhook-signature.ts";
import { isProduction, policy, providerUrl, scaled, secretName, tableName } from "./runtime/config.ts";
import { LedgerExposure } from "./saga/exposure.ts";

// What a record of a table's stream holds, and over how many shards an index lies.
export { journalOf } from "./adapters/dynamodb/journal-writes.ts";
export { eventIn, INDEX_SHARDS, traceIn } from "./adapters/dynamodb/payment-item.ts";

/**
 * A member of the wiring: the first call builds it, every other returns the same. The annotation
 * lets the bundler leave out a member that nobody names, and all that it stands on.
 */
/* @__NO_SIDE_EFFECTS__ */
function once<Built>(build: () => Built): () => Built {
  let built: { value: Built } | undefined;
  return () => {
    built ??= { value: build() };
    return built.value;
  };
}

/**
 * Builds the members: `wired({ payments, clock })` is `{ payments: payments(), clock: clock() }`.
 */
export const wired = <Members extends Record<string, () => unknown>>(members: Members) =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, member()])) as {
    [Name in keyof Members]: ReturnType<Members[Name]>;
  };

export const clock = once(systemClock);

const dynamodb = once(dynamoClient);
const stepFunctions = once(sfnClient);
const sqs = once(sqsClient);

export const payments = once(() => {
  const tables = {
    payments: tableName("payments"),
    ledger: tableName("ledger"),
    integrity: tableName("integrity"),
  };
  return new DynamoPaymentStore(dynamodb(), clock(), tables);
});
export const ledger = once(
  () => new DynamoLedgerStore(dynamodb(), clock(), tableName("ledger"), tableName("integrity")),
);
export const accounts = once(() => new KnownAccounts(ledger(), clock()));
export const approvals = once(() => new DynamoApprovals(dynamodb(), clock(), tableName("integrity")));
export const operations = once(() => new DynamoOperatorJournal(dynamodb(), clock(), tableName("integrity")));
export const quotes = once(() => new DynamoQuoteStore(dynamodb(), clock(), tableName("payments")));
export const policies = once(
  () => new DynamoPolicySource(dynamodb(), clock(), tableName("payments"), policy()),
);
export const throttle = once(
  () => new DynamoWriteThrottle(dynamodb(), clock(), tableName("payments"), policies()),
);
export const breaker = once(() => new DynamoBreaker(dynamodb(), clock(), tableName("payments")));
export const exposure = once(() => new LedgerExposure(ledger(), clock(), policy().exposure_caps));
export const admissions = once(
  (): Admissions => (isProduction() ? new DynamoAdmissions(dynamodb(), tableName("payments")) : everyone),
);
export const cursor = once(() => new DynamoSweepCursor(dynamodb(), tableName("payments")));
export const findings = once(() => new DynamoFindingStore(dynamodb(), clock(), tableName("integrity")));

export const switches = once(() => new SsmSwitches(ssmClient(), clock()));
export const sagas = once(() => new StepFunctionsStarter(stepFunctions(), sqs()));
/** For whoever only asks for starts. */
export const starts = once(() => new SqsStartQueue(sqs()));
export const verifications = once(() => new SqsVerificationQueue(sqs()));
export const executions = once(() => new StepFunctionsExecutions(stepFunctions()));
/** The execution with its first `limit` events; undefined when there is none. */
export const readExecution = (rail: string, name: string, limit: number) =>
  executionIn(stepFunctions(), rail, name, limit);
export const bus = once(() => new EventBridgeBus(eventBridgeClient()));

/** The sandbox is one service, whatever of it is called. */
const credentials = once(() => new SecretCredentials(secretsClient(), clock(), secretName(CARD_PROVIDER)));

/** Two calls (ask, then send) fit below every provider step's timeout of 20 s less 2 s. */
const PROVIDER_TIMEOUT_MS = 8_000;

const sandbox = once(() => ({
  url: providerUrl(),
  credentials: credentials(),
  timeoutMs: scaled(PROVIDER_TIMEOUT_MS),
  takesOrders: !isProduction(),
  clock: clock(),
}));

export const cardProvider = once(() => new HttpCardProvider(sandbox()));
export const onRampProvider = once(() => new HttpOnRampProvider(sandbox()));
export const offRampProvider = once(() => new HttpOffRampProvider(sandbox()));
export const rates = once(() => new HttpRateSource(sandbox()));

/** Whoever is asked for the operation. */
export const providerOf = once(() => {
  const byName: Record<(typeof PROVIDER_OF)[ProviderOperation], Provider> = {
    [CARD_PROVIDER]: cardProvider(),
    [ON_RAMP_PROVIDER]: onRampProvider(),
    [OFF_RAMP_PROVIDER]: offRampProvider(),
  };
  return (operation: ProviderOperation): Provider => byName[PROVIDER_OF[operation]];
});

/** What is promised for the keys of the operation. The sandbox plays every provider. */
export const natureOf = once(() => {
  const nature = sandboxNature();
  return (_: ProviderOperation) => nature;
});

/** How each provider signs its webhooks, by its name. */
export const signatures = once(
  (): ReadonlyMap<string, WebhookSignature> =>
    new Map([[CARD_PROVIDER, new StandardWebhookSignature(credentials())]]),
);
