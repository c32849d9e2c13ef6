// Reads what a provider writes, tolerantly: what is new there is let pass. What decides something
// has to be readable in one way alone.
import { violations } from "../lib/contracts/contract.ts";
import { type JsonFault, MOST_NESTED, readJson, unsureOf } from "../lib/contracts/json-text.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { ProviderWebhook } from "../lib/contracts/types.ts";
import { holdsCardNumber, withoutCardNumbers } from "../lib/domain/card-data.ts";
import type { Fact } from "../lib/domain/provider-fact.ts";
import { OPERATIONS, type ProviderOperation, providerKey } from "../lib/domain/saga-definition.ts";
import { isPaymentId } from "../lib/domain/saga-executions.ts";
import { canonicalUuid } from "../lib/domain/uuid.ts";
import { InvalidRequest } from "../lib/errors/registry.ts";

export type Told = { payment_id: string; word: Fact };
/** `unsure`: what can be read in two ways, in sentences. The payment is the one of the last key. */
export type Unsure = { payment_id?: string; unsure: string[] };

const TYPE = "operation.updated";
const STATES = ["pending", "succeeded", "refused", "tombstoned"] as const;
const isOther = (known: readonly string[], value: unknown): boolean =>
  typeof value === "string" && !known.includes(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/**
 * The word, and of which payment; undefined for what is told of something that we do not know.
 * Throws InvalidRequest.
 */
export function readWebhook(rawBody: string): Told | Unsure | undefined {
  const { webhook, faults } = parse(rawBody);
  const isIgnored = isUnknown(webhook);
  const unsure = unsureIn(faults, isIgnored ? DECIDING : READ);
  if (unsure.length > 0) return { ...meantIn(webhook), unsure };
  if (isIgnored) return undefined;
  const errors = violations(schemas.ProviderWebhook, webhook);
  if (errors.length > 0) throw new InvalidRequest("the body is no webhook of a provider", errors);
  const { operation: told } = webhook as ProviderWebhook;
  const operation = told.operation as ProviderOperation;
  const payment_id = paymentOf(told.idempotency_key, operation);
  return { payment_id, word: { operation, state: told.state as Fact["state"], ...wordIn(told, payment_id) } };
}

/** True of a type, an operation or a state that is not known: the rest may have any shape. */
function isUnknown(webhook: unknown): boolean {
  if (!isObject(webhook)) return false;
  const told = isObject(webhook.operation) ? webhook.operation : {};
  return isOther([TYPE], webhook.type) || isOther(OPERATIONS, told.operation) || isOther(STATES, told.state);
}

/** What is told beside the state. What says nothing new of the payment is left out. */
function wordIn(told: ProviderWebhook["operation"], paymentId: string) {
  const { id = "", reference, amount, currency, receive_amount, receive_currency, at } = told;
  const time = momentOf(at);
  if (Number.isNaN(time.valueOf())) throw invalid("/operation/at", "is no moment of any calendar");
  return {
    // What is kept is shown to people. A card number is no id: it says as little as none.
    id: holdsCardNumber(id) ? "" : id,
    at: time.toISOString(),
    ...(reference === undefined || canonicalUuid(reference) === paymentId
      ? {}
      : { reference: withoutCardNumbers(reference) }),
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
    ...(receive_amount ? { received: receive_amount } : {}),
    ...(receive_currency === undefined ? {} : { received_currency: receive_currency }),
  };
}

/** A space, small letters and a leap second (`:60`) are of RFC 3339, and not of Date. */
const momentOf = (at: string): Date =>
  new Date(
    at
      .toUpperCase()
      .replace(" ", "T")
      .replace(/:60(?=[.Z+-])/, ":59"),
  );

/** The end of the key's payment. */
const endOfId = (key: string): number => Math.max(0, key.lastIndexOf(":"));
const paymentIdIn = (key: string): string => canonicalUuid(key.slice(0, endOfId(key)));

/** Whose key it is: every key names its payment and its operation. */
function paymentOf(key: string, operation: ProviderOperation): string {
  const payment_id = paymentIdIn(key);
  const canonical = `${payment_id}${key.slice(endOfId(key))}`;
  if (!isPaymentId(payment_id) || canonical !== providerKey(payment_id, operation))
    throw invalid("/operation/idempotency_key", "is not our key for this operation");
  return payment_id;
}

const invalid = (pointer: string, detail: string): InvalidRequest =>
  new InvalidRequest("the body is no webhook of a provider", [{ pointer, detail }]);

/** A member that is null is one that is not stated. */
function parse(rawBody: string): { webhook: unknown; faults: JsonFault[] } {
  try {
    const { value, faults } = readJson(rawBody);
    if (value === undefined) throw invalid("", `is nested more than ${MOST_NESTED} deep`);
    return { webhook: JSON.parse(rawBody, (_, stated) => stated ?? undefined), faults };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InvalidRequest("the body is not JSON", [{ pointer: "", detail: "is not JSON" }]);
  }
}

/** What says whether a webhook is about something that we know. */
const DECIDING = ["/type", "/operation", "/operation/operation", "/operation/state"];
/** The other members that are read. */
const READ = [
  ...DECIDING,
  ...["id", "idempotency_key", "reference", "at"].map((name) => `/operation/${name}`),
  ...["amount", "currency", "receive_amount", "receive_currency"].map((name) => `/operation/${name}`),
];

/**
 * Two words in one, or one that a number cannot hold, as sentences. In members that nobody reads
 * they mean nothing. U+FFFD is the provider's own: its signature covers the bytes.
 */
function unsureIn(faults: JsonFault[], members: readonly string[]): string[] {
  const sentences = unsureOf(faults, members).map(({ path, fault }) => {
    const member = path.at(-1);
    const what = fault === "twice" ? `${member} twice` : `a number for ${member} with too many digits`;
    return `a webhook of the provider says ${what}: it was not taken`;
  });
  return [...new Set(sentences)];
}

/** The payment of its key, as far as there is one. */
function meantIn(webhook: unknown): { payment_id?: string } {
  const told = isObject(webhook) && isObject(webhook.operation) ? webhook.operation : {};
  const key = typeof told.idempotency_key === "string" ? told.idempotency_key : "";
  const payment_id = paymentIdIn(key);
  return isPaymentId(payment_id) ? { payment_id } : {};
}
