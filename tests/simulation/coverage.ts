// Which nature of a provider meets which fault, counted from the plans of the worlds that the proof
// runs: what is drawn together in none of them is not simulated.
import { Random } from "../../scripts/lib/random.ts";
import { drawFaultPlan, type FaultPlan } from "./fault-plan.ts";
import type { PaymentPlan } from "./payment-plan.ts";
import { SCENARIOS } from "./scenarios.ts";

type Trait = { name: string; is: (plan: FaultPlan) => boolean };

const anyPayment =
  (is: (payment: PaymentPlan) => unknown) =>
  ({ payments }: FaultPlan): boolean =>
    payments.some((payment) => Boolean(is(payment)));

/** A fault of the provider, at any time, in any operation. */
const provider =
  (...faults: string[]) =>
  ({ provider: { odds, outage }, troubles }: FaultPlan): boolean =>
    faults.some(
      (fault) =>
        odds[fault as keyof typeof odds] > 0 ||
        outage?.fault === fault ||
        Object.values(troubles).some((trouble) => trouble?.fault === fault),
    );

const words = (is: (words: NonNullable<FaultPlan["webhooks"]>) => boolean) => (plan: FaultPlan) =>
  plan.webhooks !== undefined && is(plan.webhooks);

const told = (is: (payment: PaymentPlan) => unknown) => (plan: FaultPlan) =>
  plan.webhooks !== undefined && anyPayment(is)(plan);

export const NATURES: readonly Trait[] = [
  { name: "keys for a day", is: ({ nature }) => nature.key_ttl_seconds > 3_600 },
  { name: "for 10 min", is: ({ nature }) => nature.key_ttl_seconds === 600 },
  { name: "for 1 min", is: ({ nature }) => nature.key_ttl_seconds === 60 },
  { name: "no tombstones", is: ({ nature }) => !nature.tombstones },
  { name: "keeps no refusals", is: ({ nature }) => !nature.keeps_refusals },
  { name: "validates late", is: ({ nature }) => !nature.validates_first },
  { name: "replays errors", is: ({ nature }) => nature.replays_errors },
  { name: "read side lags", is: ({ habits }) => habits.read_lag_ms > 0 },
];

export const FAULTS: readonly Trait[] = [
  { name: "several payments share all of it", is: ({ payments }) => payments.length > 1 },
  { name: "the store fails, loses answers, writes late or twice", is: ({ store }) => isAny(store.odds) },
  { name: "functions die, run twice, are given up on", is: ({ lambda }) => isAny(lambda) },
  { name: "the machine gives up at once", is: ({ patience }) => patience < Number.POSITIVE_INFINITY },
  { name: "hosts' clocks differ", is: ({ host_skew_ms }) => host_skew_ms > 0 },
  { name: "DescribeExecution is stale", is: ({ stale_ms }) => stale_ms > 0 },
  { name: "an execution is stopped by hand", is: anyPayment(({ aborted_at_ms }) => aborted_at_ms) },
  { name: "a new attempt takes over", is: anyPayment(({ attempts_at_ms }) => attempts_at_ms.length) },
  { name: "a switch is thrown", is: ({ switches }) => switches.length > 0 },
  { name: "the fold is dead", is: ({ fold_dead }) => fold_dead !== undefined },
  { name: "no person before Monday", is: ({ weekend }) => weekend },
  { name: "an operator says what is not so", is: ({ errs }) => errs },
  { name: "the merchant withdraws", is: anyPayment(({ cancel_at_ms }) => cancel_at_ms) },
  { name: "the provider is down", is: provider("unavailable") },
  { name: "answers are lost", is: provider("lost") },
  { name: "nobody hears of an operation for minutes", is: provider("mute") },
  { name: "requests arrive late, or twice", is: provider("late", "duplicate") },
  { name: "operations settle later", is: provider("pending") },
  { name: "something is declined", is: anyPayment(({ refuses }) => refuses.first || refuses.pivot) },
  { name: "a request is not taken", is: anyPayment(({ rejects }) => rejects) },
  { name: "something else is done", is: anyPayment(({ wrong }) => wrong?.where === "deeds") },
  { name: "something else is answered", is: anyPayment(({ wrong }) => wrong && wrong.where !== "deeds") },
  { name: "webhooks are lost", is: words(({ lost, untold }) => lost > 0 || untold !== undefined) },
  { name: "webhooks come twice", is: words(({ twice }) => twice > 0) },
  { name: "webhooks come late, after the end too", is: words(({ late }) => late > 0) },
  { name: "webhooks by a wrong clock", is: words(({ skew_ms }) => skew_ms !== 0) },
  { name: "webhooks of something else", is: told(({ wrong }) => wrong) },
  { name: "webhooks of what nobody asked for", is: told(({ forged }) => forged) },
  { name: "webhooks that contradict", is: told(({ lie }) => lie && !lie.isMisdated) },
  { name: "webhooks with an impossible date", is: told(({ lie }) => lie?.isMisdated) },
];

const isAny = (odds: Record<string, number>): boolean => Object.values(odds).some((odd) => odd > 0);

/** In how many worlds of the first `seeds` seeds of every rail each nature meets each fault. */
export function coverage(seeds: number): number[][] {
  const counts = FAULTS.map(() => NATURES.map(() => 0));
  for (const { rail, operations } of SCENARIOS)
    for (let seed = 0; seed < seeds; seed++) count(drawFaultPlan(new Random(seed), rail, operations), counts);
  return counts;
}

function count(plan: FaultPlan, counts: number[][]): void {
  const natures = NATURES.map(({ is }) => is(plan));
  for (const [index, { is }] of FAULTS.entries())
    if (is(plan))
      for (const [column, holds] of natures.entries())
        if (holds) (counts[index] as number[])[column] = (counts[index]?.[column] ?? 0) + 1;
}

/** As a table of Markdown. */
export function coverageTable(seeds: number): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |\n`;
  const rows = coverage(seeds).map((counts, index) => row([FAULTS[index]?.name ?? "", ...counts]));
  const head = row(["fault", ...NATURES.map(({ name }) => name)]);
  return [head, row(["---", ...NATURES.map(() => "---:")]), ...rows].join("");
}
