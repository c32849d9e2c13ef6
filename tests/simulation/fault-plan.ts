// What goes wrong in one run, drawn once from the seed. Some runs are calm, some know a single kind
// of fault, and some know all of them at the same time. After `calm_at_ms` everything works again,
// for whatever is still to be settled.
import type { Policy } from "../../functions/lib/contracts/types.ts";
import type { ProviderNature } from "../../functions/lib/ports/provider.ts";
import type { Random } from "../../scripts/lib/random.ts";

export const STORE_FAULTS = ["contention", "unavailable", "lost", "late", "resent"] as const;
export const PROVIDER_FAULTS = ["unavailable", "lost", "late", "duplicate", "pending", "sticky"] as const;
export type StoreFault = (typeof STORE_FAULTS)[number];
export type ProviderFault = (typeof PROVIDER_FAULTS)[number];

type Outage<Fault> = { fault: Fault; from_ms: number; to_ms: number };
type Part<Fault extends string> = { odds: Record<Fault, number>; outage?: Outage<Fault> };

type Trouble = { fault: ProviderFault; odds: number; until_ms: number };

export type FaultPlan = {
  calm_at_ms: number;
  /** The share of calls that take seconds instead of milliseconds. */
  slow: number;
  store: Part<StoreFault>;
  provider: Part<ProviderFault>;
  /** What one operation of the provider suffers from, beside what all of them do. */
  troubles: Partial<Record<string, Trouble>>;
  /**
   * How often the forward steps are tried again at most: impatience brings the undo while a step
   * still runs.
   */
  patience: number;
  lambda: { crash: number; abandon: number; twice: number; throttle: number; cold: number };
  nature: Omit<ProviderNature, "name">;
  /** The first thing that the provider is asked to do, the pivot, and the undo for so long. */
  refuses: { first: boolean; pivot: boolean; undo_until_ms: number };
  /** What becomes of value in transit while the off-ramp stays down. */
  outage: Required<Policy>["off_ramp_outage"];
  /** When an account that forbids an overdraft gets its funds; absent where it allows one. */
  funded_at_ms?: number;
  /** When the merchant withdraws the payment. */
  cancel_at_ms?: number;
  /** An operator says of what is parked what is not so. */
  errs: boolean;
  /** When somebody starts another attempt, whatever the running one does. */
  attempts_at_ms: number[];
  /** While the merchant is switched off. */
  disabled?: { from_ms: number; to_ms: number };
};

const MINUTE = 60_000;

const nature = (
  key_ttl_seconds: number,
  replays_errors: boolean,
  tombstones: boolean,
): FaultPlan["nature"] => ({
  key_ttl_seconds,
  replays_errors,
  tombstones,
  in_flight_seconds: 15,
  takes_orders: false,
});
/** Good and bad providers: one that forgets its keys within a minute, one that promises nothing. */
const NATURES = [
  nature(86_400, true, true),
  nature(86_400, false, false),
  nature(60, false, true),
  nature(60, true, false),
] as const;

function part<Fault extends string>(
  random: Random,
  faults: readonly [Fault, ...Fault[]],
  most: number,
): Part<Fault> {
  const odds = Object.fromEntries(faults.map((fault) => [fault, random.rarely(most)])) as Record<
    Fault,
    number
  >;
  if (random.chance(0.6)) return { odds };
  const from_ms = random.between(0, 3_000);
  const length = random.chance(0.5) ? random.between(0, 4 * MINUTE) : random.between(0, 15 * MINUTE);
  return { odds, outage: { fault: random.pick(faults), from_ms, to_ms: from_ms + length } };
}

/**
 * Mostly the two that matter most: what happens after we gave up, and what is not answered for a
 * while.
 */
const TROUBLES = ["late", "late", "unavailable", "unavailable", "lost", "pending", "sticky"] as const;

function drawTroubles(random: Random, operations: readonly string[]): FaultPlan["troubles"] {
  const troubled = operations.filter(() => random.chance(0.25));
  const draw = (): Trouble => ({
    fault: random.pick(TROUBLES),
    odds: random.between(0.4, 1),
    until_ms: random.between(0, 5) * MINUTE,
  });
  return Object.fromEntries(troubled.map((operation) => [operation, draw()]));
}

/**
 * A moment of the first seconds, where steps run, or of the first minutes, where they are retried.
 */
const moment = (random: Random): number =>
  random.chance(0.6) ? random.between(0, 3_000) : random.between(0, 6 * MINUTE);

/**
 * Mostly while the first tries run: then one may be refused for lack of funds beside one that is
 * not.
 */
function funding(random: Random): Pick<FaultPlan, "funded_at_ms"> {
  if (!random.chance(0.3)) return {};
  return { funded_at_ms: random.chance(0.7) ? random.between(0, 2_500) : moment(random) };
}

/** `operations` are the provider's, as troubles name them. */
export function drawFaultPlan(random: Random, operations: readonly string[]): FaultPlan {
  const isFaulty = random.chance(0.93);
  // Half of the runs meet a machine that gives up at once on functions that go on: there the undo
  // runs beside its step.
  const rough = random.chance(0.5);
  const disabledAt = moment(random);
  return {
    calm_at_ms: isFaulty ? random.between(1, 25) * MINUTE : 0,
    slow: random.rarely(0.2),
    store: part(random, STORE_FAULTS, random.chance(0.8) ? 0.06 : 0.3),
    provider: part(random, PROVIDER_FAULTS, random.chance(0.5) ? 0.15 : 0.4),
    troubles: rough || random.chance(0.5) ? drawTroubles(random, operations) : {},
    patience: rough ? random.pick([0, 0, 1]) : Number.POSITIVE_INFINITY,
    lambda: {
      crash: random.rarely(0.06),
      abandon: rough ? random.between(0.1, 0.4) : random.rarely(0.4),
      twice: random.rarely(0.1),
      throttle: random.rarely(0.1),
      cold: random.rarely(0.2),
    },
    nature: random.pick(NATURES),
    refuses: {
      first: random.chance(0.08),
      pivot: random.chance(0.12),
      undo_until_ms: random.chance(0.1) ? random.between(0, 20 * MINUTE) : 0,
    },
    outage: {
      // An impatient machine would go round hundreds of times a minute: the pace of a resume is
      // that of its retries.
      action: random.pick(rough ? ["unwind", "unwind", "hold"] : ["unwind", "resume", "hold"]),
      after_seconds: random.pick(rough ? [0, 60, 300] : [0, 60, 300, 900]),
      tell: "treasury",
    },
    ...funding(random),
    ...(random.chance(0.25) ? { cancel_at_ms: moment(random) } : {}),
    errs: random.chance(0.3),
    attempts_at_ms: random.chance(0.25)
      ? [moment(random), ...(random.chance(0.2) ? [moment(random)] : [])]
      : [],
    ...(random.chance(0.08)
      ? { disabled: { from_ms: disabledAt - 1_000, to_ms: disabledAt + random.between(0, 2_000) } }
      : {}),
  };
}

/** The fault of the provider that meets this operation now. */
export function providerFaultOf(
  { troubles, provider }: FaultPlan,
  what: string,
  random: Random,
  now: number,
): ProviderFault | undefined {
  const trouble = troubles[what];
  if (trouble && now < trouble.until_ms && random.chance(trouble.odds)) return trouble.fault;
  return faultOf(provider, random, now);
}

/** The fault that meets a call at this moment: the outage's, or one by chance. */
export function faultOf<Fault extends string>(
  { odds, outage }: Part<Fault>,
  random: Random,
  now: number,
): Fault | undefined {
  if (outage && now >= outage.from_ms && now < outage.to_ms && random.chance(0.95)) return outage.fault;
  for (const fault of Object.keys(odds) as Fault[]) if (random.chance(odds[fault])) return fault;
  return undefined;
}
