// Undoes AuthorizePayment: what is held under its key, or may still be, is released. The tombstone
// comes first. An authorization that was never intended calls nobody.
import type { SagaInput } from "../lib/contracts/types.ts";
import type { Guard } from "../lib/domain/guard.ts";
import { isKeyExpired } from "../lib/domain/key-expiry.ts";
import { mayHaveHappened } from "../lib/domain/open-effects.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { heardOf, reliedOn } from "../lib/domain/provider-fact.ts";
import { questionOf } from "../lib/domain/question.ts";
import { providerKey } from "../lib/domain/saga-definition.ts";
import { InvariantBroken, OutcomeUnknown, UndoRefused } from "../lib/errors/registry.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import type { ProviderAnswer } from "../lib/ports/provider.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";
import { afterIntent } from "../lib/saga/money-step.ts";
import {
  type Asked,
  answerTo,
  describeAnswer,
  differing,
  isFinalRefusal,
  outcomeTold,
  type ProviderPorts,
} from "../lib/saga/provider-outcome.ts";
import { hasSendWindowPassed } from "../lib/saga/ruled-out.ts";

const UNDOES = "authorize-payment";
export const throws = [
  "UndoRefused",
  "OutcomeUnknown",
  "AnswerDiffers",
  "ContradictionStands",
  "Superseded",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = ProviderPorts & { provider: CardProvider };

export const voidAuthorization =
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const { payments } = ports;
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const { payment } = await payments.mark(payment_id, "tombstone", UNDOES, guard);
    if (payment.capture_id) throw new InvariantBroken("a captured payment is not voided");
    if (!mayHaveHappened(payment, UNDOES)) return;
    if (payment.marks.undone[UNDOES] !== undefined) return;
    await afterIntent(async () => {
      const loaded = await loadPayment(payments, { payment_id, execution });
      if (reliedOn(loaded.facts, "capture")?.state === "succeeded")
        throw new InvariantBroken("the provider says that it captured");
      assertSettled(ports, loaded);
      const asked = { payment: loaded, operation: "void", question: questionOf(loaded, "void") } as const;
      const answer =
        (await releaseTold(ports, asked)) ??
        (await refusedSince(ports, asked)) ??
        (await release(ports, asked));
      if (answer.outcome === "differs") throw await differing(ports, asked, answer);
      assertReleased(ports, answer, loaded);
      const { authorization_id } = payment;
      // What was released, and not only found to be absent, is what we know that we did.
      const changes = answer.outcome === "succeeded" ? { released: true as const } : {};
      await payments.commit(payment, {
        guard,
        step: "void-authorization",
        status: "PROCESSING",
        changes,
        event: { type: "payment.voided", data: authorization_id ? { authorization_id } : {} },
        journals: [],
        achieves: { undone: UNDOES },
      });
    });
  };

/**
 * A provider that decides a refused key anew may still hold, on account of a request that is on its
 * way. A void before that would be answered for good, and release nothing of it. Throws
 * OutcomeUnknown until no request can arrive any more.
 */
function assertSettled({ provider, clock }: Ports, { authorization_id, marks }: PaymentRecord): void {
  if (provider.nature.keeps_refusals || authorization_id !== undefined) return;
  if (!hasSendWindowPassed(marks.intent[UNDOES] ?? 0, provider, clock))
    throw new OutcomeUnknown("what was refused may still be decided anew");
}

/**
 * What the provider told: that it released the hold, or that there is none and never will be. A
 * hold that we recorded does exist, whatever was told.
 */
async function releaseTold(ports: Ports, asked: Asked<"void">): Promise<ProviderAnswer | undefined> {
  const { facts, authorization_id } = asked.payment;
  const released = await outcomeTold(ports, asked);
  if (released?.outcome === "succeeded") return released;
  const held = reliedOn(facts, "authorize")?.state;
  const isFinal = isFinalRefusal(asked.payment, "authorize", ports.provider);
  const isNone = held === "tombstoned" || (held === "refused" && isFinal);
  return isNone && authorization_id === undefined ? { outcome: "tombstoned" } : undefined;
}

/**
 * It told that the authorization was pending, and never what became of it. Asked, it may say that
 * it refused: no request can arrive any more that it would decide anew.
 */
async function refusedSince(
  ports: Ports,
  { payment, question }: Asked<"void">,
): Promise<ProviderAnswer | undefined> {
  const { provider } = ports;
  if (payment.authorization_id !== undefined || heardOf(payment.facts, "authorize")?.state !== "pending")
    return undefined;
  const asked = { payment, operation: "authorize", question } as const;
  const found = await answerTo(ports, asked, provider.find(providerKey(payment.payment_id, "authorize")));
  return found.outcome === "refused" ? { outcome: "tombstoned" } : undefined;
}

/**
 * Asks for the release. A hold is named by the id that we recorded, because a provider forgets keys
 * and no ids. An id that was only told is named once the key has expired: until then every try says
 * the same under the void's own key.
 */
async function release(ports: Ports, { payment, question }: Asked<"void">): Promise<ProviderAnswer> {
  const { provider, clock } = ports;
  const { payment_id, facts } = payment;
  const told = heardOf(facts, "authorize");
  const isForgotten = isKeyExpired(payment, "authorize", provider.nature, clock);
  // So is one that a person named.
  const isNamed = isForgotten || told?.by !== undefined;
  const isOurs = told?.state === "succeeded" && told.reference === undefined;
  const toldId = isNamed && isOurs ? told.id : undefined;
  const authorization_id = payment.authorization_id ?? toldId;
  const answer = provider.void({
    ...payment,
    key: providerKey(payment_id, "void"),
    authorize_key: providerKey(payment_id, "authorize"),
    ...(authorization_id ? { authorization_id } : {}),
  });
  // The answer tells of the hold: its key is the one that may be forgotten.
  return answerTo(ports, { payment, operation: "authorize", question }, answer);
}

/** What was captured in part, and given back as a person said, holds nothing any more. */
function wasGivenBack(facts: PaymentRecord["facts"]): boolean {
  const capture = reliedOn(facts, "capture");
  return capture?.by !== undefined && capture.state !== "succeeded";
}

/**
 * Throws unless nothing is held, nor can be any more. Without a tombstone an authorization that the
 * provider has not seen counts as released only once it cannot arrive any more.
 */
function assertReleased(
  { provider, clock }: Ports,
  answer: ProviderAnswer,
  { facts, authorization_id, marks }: PaymentRecord,
): void {
  const { outcome } = answer;
  if (outcome === "succeeded" || (outcome === "tombstoned" && authorization_id === undefined)) return;
  if (answer.outcome === "refused") {
    if (answer.captured && wasGivenBack(facts)) return;
    if (answer.captured) throw new InvariantBroken("the provider captured what is to be voided");
    throw new UndoRefused(answer.message);
  }
  if (answer.outcome === "rejected") throw new UndoRefused(describeAnswer(answer));
  const told = heardOf(facts, "authorize")?.state;
  const mayBeHeld = authorization_id !== undefined || told === "succeeded" || told === "pending";
  const isWindowPassed = hasSendWindowPassed(marks.intent[UNDOES] ?? 0, provider, clock);
  // One that keeps tombstones was to set one: that it knows of no hold promises nothing.
  const isRuledOut = outcome === "absent" && !provider.nature.tombstones && isWindowPassed && !mayBeHeld;
  if (!isRuledOut) throw new OutcomeUnknown(`void ${describeAnswer(answer)}`);
}
