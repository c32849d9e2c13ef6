// What must hold of every run once nothing is left to happen, as sentences about what does not.

import { journalId, sumsOf } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { STEPS_OF, type Step } from "../../functions/lib/domain/saga-definition.ts";
import { executionOf } from "../../functions/lib/domain/saga-executions.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import { kindOf } from "../../functions/lib/errors/registry.ts";
import { trailOf } from "../../functions/verify-integrity/trail.ts";
import { shortName } from "./engine.ts";
import type { World } from "./world.ts";

export function violationsOf(world: World): string[] {
  const ids = world.store.ids();
  const payment = world.store.read(ids[0] ?? "");
  if (!payment || ids.length !== 1) return [`one key made ${ids.length} payments`];
  return [
    ...(world.merchant.answers.size === 1
      ? []
      : [`one key was answered in ${world.merchant.answers.size} ways`]),
    ...wrongBooks(world, payment),
    ...wrongLedger(world, payment),
    ...wrongTrail(world, payment),
    ...wrongEnd(world, payment),
    ...world.stale.map((write) => `a stale owner wrote: ${write}`),
    ...world.findings
      .all()
      .filter(({ kind }) => ["trail-incomplete", "provider-disagrees", "value-stranded"].includes(kind))
      .flatMap(({ details }) => details.map((detail) => `integrity found: ${detail}`)),
  ];
}

/** What we say, compared with the provider's books and with what the merchant saw. */
function wrongBooks({ books, merchant }: World, payment: PaymentRecord): string[] {
  const { status, failure } = payment;
  const wrong = books.wrongBooks(payment);
  if (status === "COMPLETED" && merchant.cancelTaken) wrong.push("COMPLETED after its cancel was taken");
  if (status === "COMPLETED" && failure) wrong.push(`COMPLETED with the failure ${failure.code}`);
  return [...wrong, ...wrongReason(payment)];
}

/**
 * No step after the one that gave up asked a provider, nor did that one where it says that it could
 * not.
 */
function wrongReason({ failure, marks, rail }: PaymentRecord): string[] {
  const isGivenUp = failure?.code === "ProviderUnavailable" || failure?.code === "OutcomeUnknown";
  if (!failure || !isGivenUp) return [];
  const steps: readonly Step[] = STEPS_OF[rail];
  const at = steps.indexOf(failure.step as Step);
  const beyond = steps.slice(failure.code === "ProviderUnavailable" ? at : at + 1);
  return beyond
    .filter((step) => marks.asked[step] !== undefined)
    .map((step) => `${failure.code} of ${failure.step}, and ${step} asked`);
}

function wrongLedger({ store, books }: World, payment: PaymentRecord): string[] {
  const journals = [...store.journals.values()];
  const wrong = journals
    .filter(({ postings }) => [...sumsOf(postings).values()].some((sum) => sum !== 0n))
    .map(({ journal_id }) => `journal ${journal_id} is not zero-sum`);
  if (!isTerminal(payment.status)) return wrong;
  if (store.holders().length > 0) wrong.push(`${payment.status}, and listed as in transit`);
  return [...wrong, ...books.wrongLedger(payment, journals, store.quotes.get(payment.quote_id ?? ""))];
}

function wrongTrail({ store }: World, payment: PaymentRecord): string[] {
  const { wrong, journals } = trailOf(store.trail(payment.payment_id), payment);
  const promised = journals.map((step) => journalId(payment.payment_id, step)).sort();
  const written = [...store.journals.keys()].sort();
  if (promised.join() !== written.join()) wrong.push(`journals ${written}, promised by events ${promised}`);
  return wrong;
}

/**
 * Everything ends, or is parked with a reason where the provider never lets an undo or a Resolve
 * through.
 */
function wrongEnd(world: World, payment: PaymentRecord): string[] {
  const { engine, books, scenario } = world;
  const { status, notified_at, verified_at } = payment;
  const findings = world.findings.all().filter(({ closed_at }) => closed_at === undefined);
  // What the payment reached stands, whatever became of the execution's last try to hear of it; a
  // defect is never that.
  const wrong = [...engine.executions.values()]
    .filter(({ status: ended, error = "" }) => ended === "RUNNING" || isDefect(error))
    .map(({ name, status: ended, state, error }) => `${shortName(name)} is ${ended} at ${state}: ${error}`);
  if (status === "COMPLETED" && !notified_at) wrong.push("COMPLETED and never announced");
  if (verified_at) wrong.push(...findings.map(({ kind }) => `verified, and the finding ${kind} is open`));
  if (isTerminal(status)) return wrong;
  const last = engine.executions.get(executionOf(payment));
  const parked = status === "IN_REVIEW" && findings.some(({ kind }) => kind === "saga-failed");
  if (!books.blocks(payment) || !parked || !scenario.parksAt.includes(last?.state ?? ""))
    wrong.push(`${status} for ever: its saga ${last?.status} at ${last?.state}: ${last?.error}`);
  return wrong;
}

const isDefect = (error: string): boolean => kindOf(error) === "defect";
