// Takes what a provider reports of its own accord, and keeps it as a fact if it is news. It never
// moves a payment: the saga's next poll reads the fact. So a report may come twice, late, in any
// order, and before our own answer.
import { violations } from "../lib/contracts/contract.ts";
import type { ProviderWebhook } from "../lib/contracts/types.ts";
import { holdsCardNumber, withoutCardNumbers } from "../lib/domain/card-data.ts";
import { doubtOf } from "../lib/domain/fact-doubt.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { type Classified, classifyFact, type Fact } from "../lib/domain/provider-fact.ts";
import { isConversion } from "../lib/domain/question.ts";
import { disagreementsOf, doubtFor, wordsForPeople } from "../lib/domain/reconciliation.ts";
import { OPERATIONS, type ProviderOperation, providerKey } from "../lib/domain/saga-definition.ts";
import { isPaymentId } from "../lib/domain/saga-executions.ts";
import { shownWord } from "../lib/domain/shown-word.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { InvalidRequest, NotFound, SignatureInvalid } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { FindingStore } from "../lib/ports/finding-store.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { ProviderNature } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { WebhookSignature } from "../lib/ports/webhook-signature.ts";
import { questionFor } from "../lib/saga/conversion-terms.ts";
import { isNews } from "./news.ts";

export type Ports = {
  payments: PaymentStore;
  quotes: QuoteStore;
  findings: Pick<FindingStore, "open">;
  clock: Clock;
  /** By the provider's name. */
  signatures: ReadonlyMap<string, WebhookSignature>;
  natureOf(operation: ProviderOperation): Pick<ProviderNature, "key_ttl_seconds" | "keeps_refusals">;
};

export type Webhook = {
  provider: string;
  headers: Record<string, string | undefined>;
  rawBody: string;
};

export type Received = {
  payment_id?: string;
  /** `ignored`: a type, an operation or a state that is not known here. */
  outcome: Classified | "ignored";
  /** Where the provider and the payment disagree, in sentences. */
  disagreements: string[];
};

/**
 * Throws NotFound for an unknown provider, ServiceUnavailable, SignatureInvalid or InvalidRequest,
 * in this order, then NotFound for an unknown payment.
 */
export const receiveProviderWebhook =
  (ports: Ports) =>
  async ({ provider, headers, rawBody }: Webhook): Promise<Received> => {
    const { payments, findings, clock, signatures } = ports;
    const signature = signatures.get(provider);
    if (!signature) throw new NotFound("there is no such provider");
    if (!(await signature.isAuthentic(rawBody, headers)))
      throw new SignatureInvalid("no valid signature of this provider for this body, now");
    const told = read(rawBody);
    if (!told) return { outcome: "ignored", disagreements: [] };
    const { payment_id, word } = told;
    const payment = await payments.load(payment_id);
    if (!payment) throw new NotFound("there is no such payment");
    const fact = await judged(ports, payment, word);
    const isKnown = !isNews(fact, payment);
    const outcome = isKnown ? "known" : await keep(payments, payment, fact);
    const now = isKnown ? payment : ((await payments.load(payment_id)) ?? payment);
    const disagreements = standing(now, fact, outcome);
    if (disagreements.length > 0) {
      const found_at = new Date(clock.now()).toISOString();
      await findings.open({ payment_id, kind: "provider-disagrees", details: disagreements, found_at });
    }
    return { payment_id, outcome, disagreements };
  };

/** The word with what makes it doubtful, by our record and our clock of this moment. */
async function judged({ quotes, natureOf, clock }: Ports, payment: PaymentRecord, word: Fact): Promise<Fact> {
  const { operation } = word;
  const isFixed = !isConversion(operation) || payment.quote_id !== undefined;
  const question = isFixed ? await questionFor(quotes, payment, operation) : undefined;
  const nature = natureOf(operation);
  const isOpen = word.state === "refused" && !nature.keeps_refusals;
  const open = isOpen ? { open: true as const } : {};
  return { ...word, ...open, ...doubtOf({ payment, question }, word, nature, clock) };
}

/**
 * A second final word is kept beside the first: from then on the payment is disputed. The first one
 * may be what we were answered, which the payment shows. A payment that has ended is not stopped.
 */
async function keep(payments: PaymentStore, payment: PaymentRecord, fact: Fact): Promise<Classified> {
  const { payment_id, status } = payment;
  const shown = isTerminal(status) ? undefined : shownWord(payment, fact.operation);
  if (shown && classifyFact(shown, fact) === "contradicts") await payments.recordFact(payment_id, shown);
  const recorded = await payments.recordFact(payment_id, fact);
  if (recorded.outcome === "contradicts") await payments.dispute(payment_id, recorded.kept, fact);
  return recorded.outcome;
}

/**
 * What a person has to hear of. It is opened for a word that is known as well: whoever kept it may
 * have died before. A payment that ends from now on is verified with the fact; one that has ended
 * is judged here. The payment is as it is after the write: what is known may be our own write.
 */
function standing(payment: PaymentRecord, fact: Fact, outcome: Classified): string[] {
  const about = [
    // Of a known word only what is kept counts: a person may have settled it since.
    ...(outcome === "known" ? [] : doubtFor(payment, fact)),
    ...wordsForPeople(payment),
    ...(isTerminal(payment.status) ? disagreementsOf(payment) : []),
  ];
  return [...new Set(about)];
}

const TYPE = "operation.updated";
const STATES = ["pending", "succeeded", "refused", "tombstoned"] as const;
const isOther = (known: readonly string[], value: unknown): boolean =>
  typeof value === "string" && !known.includes(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** The word, and of which payment; undefined for what is told of something that we do not know. */
function read(rawBody: string): { payment_id: string; word: Fact } | undefined {
  const webhook = parse(rawBody);
  if (isUnknown(webhook)) return undefined;
  const errors = violations("ProviderWebhook", webhook);
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
    ...(reference === undefined || reference === paymentId
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

/** Whose key it is: every key names its payment and its operation. */
function paymentOf(key: string, operation: ProviderOperation): string {
  const payment_id = key.slice(0, Math.max(0, key.lastIndexOf(":")));
  if (!isPaymentId(payment_id) || key !== providerKey(payment_id, operation))
    throw invalid("/operation/idempotency_key", "is not our key for this operation");
  return payment_id;
}

const invalid = (pointer: string, detail: string): InvalidRequest =>
  new InvalidRequest("the body is no webhook of a provider", [{ pointer, detail }]);

/** A member that is null is one that is not stated. */
function parse(rawBody: string): unknown {
  try {
    return JSON.parse(rawBody, (_, value) => value ?? undefined);
  } catch {
    throw new InvalidRequest("the body is not JSON", [{ pointer: "", detail: "is not JSON" }]);
  }
}
