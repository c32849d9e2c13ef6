// Takes what a provider reports of its own accord, and keeps it as a fact if it is news. It never
// moves a payment: the saga's next poll reads the fact. So a report may come twice, late, in any
// order, and before our own answer.
import { doubtOf } from "../lib/domain/fact-doubt.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { type Classified, classifyFact, type Fact } from "../lib/domain/provider-fact.ts";
import { isConversion } from "../lib/domain/question.ts";
import { disagreementsOf, doubtFor, wordsForPeople } from "../lib/domain/reconciliation.ts";
import type { ProviderOperation } from "../lib/domain/saga-definition.ts";
import { shownWord } from "../lib/domain/shown-word.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { NotFound, SignatureInvalid } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { FindingStore } from "../lib/ports/finding-store.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { ProviderNature } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { WebhookSignature } from "../lib/ports/webhook-signature.ts";
import { questionFor } from "../lib/saga/conversion-terms.ts";
import { isNews } from "./news.ts";
import { readWebhook, type Told, type Unsure } from "./read-webhook.ts";

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
    const signature = ports.signatures.get(provider);
    if (!signature) throw new NotFound("there is no such provider");
    if (!(await signature.isAuthentic(rawBody, headers)))
      throw new SignatureInvalid("no valid signature of this provider for this body, now");
    const told = readWebhook(rawBody);
    if (!told) return { outcome: "ignored", disagreements: [] };
    return "unsure" in told ? reportUnsure(ports, told) : record(ports, told);
  };

/** Keeps the word if it is news, and tells people of what does not agree. */
async function record(ports: Ports, { payment_id, word }: Told): Promise<Received> {
  const { payments } = ports;
  const payment = await payments.load(payment_id);
  if (!payment) throw new NotFound("there is no such payment");
  const fact = await judged(ports, payment, word);
  const isKnown = !isNews(fact, payment);
  const outcome = isKnown ? "known" : await keep(payments, payment, fact);
  const now = isKnown ? payment : ((await payments.load(payment_id)) ?? payment);
  // Of a known word only what is kept counts: a person may have settled it since.
  const disagreements = standing(now, outcome === "known" ? [] : doubtFor(now, fact));
  await open(ports, payment_id, disagreements);
  return { payment_id, outcome, disagreements };
}

/**
 * A webhook that can be read in two ways is no word: nothing of it is kept. People hear of it, and
 * the provider need not send it again. Throws NotFound for an unknown payment.
 */
async function reportUnsure(ports: Ports, { payment_id, unsure }: Unsure): Promise<Received> {
  if (payment_id === undefined) return { outcome: "ignored", disagreements: unsure };
  const payment = await ports.payments.load(payment_id);
  if (!payment) throw new NotFound("there is no such payment");
  const disagreements = standing(payment, unsure);
  await open(ports, payment_id, disagreements);
  return { payment_id, outcome: "ignored", disagreements };
}

async function open({ findings, clock }: Ports, payment_id: string, details: string[]): Promise<void> {
  if (details.length === 0) return;
  const found_at = new Date(clock.now()).toISOString();
  await findings.open({ payment_id, kind: "provider-disagrees", details, found_at });
}

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
function standing(payment: PaymentRecord, news: string[]): string[] {
  const about = [
    ...news,
    ...wordsForPeople(payment),
    ...(isTerminal(payment.status) ? disagreementsOf(payment) : []),
  ];
  return [...new Set(about)];
}
