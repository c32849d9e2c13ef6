// What goes wrong in one world, drawn once from the seed. Some worlds are calm, some know a single
// kind of fault, and some know all of them at the same time. After `calm_at_ms` everything works
// again, for whatever is still to be settled.
import type { Policy, Rail } from "../../functions/lib/contracts/types.ts";
import { SWITCHES, switchNames } from "../../functions/lib/domain/saga-definition.ts";
import type { Random } from "../../scripts/lib/random.ts";
import { drawHabits, drawNature, type Habits, type Nature } from "./natures.ts";
import { drawPayments, moment, type PaymentPlan } from "./payment-plan.ts";

export const STORE_FAULTS = ["contention", "unavailable", "lost", "late", "resent"] as const;
export const PROVIDER_FAULTS = ["unavailable", "lost", "late", "duplicate", "pending", "sticky"] as const;
export type StoreFault = (typeof STORE_FAULTS)[number];
export type ProviderFault = (typeof PROVIDER_FAULTS)[number];

export type Window = { from_ms: number; to_ms: number };
type Outage<Fault> = Window & { fault: Fault };
type Part<Fault extends string> = { odds: Record<Fault, number>; outage?: Outage<Fault> };

/** `mute`: it is done, and nobody hears of it, whatever is asked about its key. */
type Trouble = { fault: ProviderFault | "mute"; odds: number; until_ms: number };

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
  /** How far a host's clock may be from the true time, either way. */
  host_skew_ms: number;
  /** How old what Step Functions says of an execution may be. */
  stale_ms: number;
  nature: Nature;
  habits: Habits;
  /** How the provider tells of its own accord; absent where it tells nothing. */
  webhooks?: WebhookPlan;
  /** What becomes of value in transit while the off-ramp stays down. */
  outage: Required<Policy>["off_ramp_outage"];
  /** A source account that forbids an overdraft, and what it is funded with. */
  funds?: { at_ms: number; amount: number };
  /** An operator says of what is parked what is not so. */
  errs: boolean;
  /** No person is about before the weekend is over. */
  weekend: boolean;
  /** While the merchant is switched off. */
  disabled?: Window;
  /** Kill switches that somebody throws, and takes back. */
  switches: (Window & { name: string })[];
  /** While no journal is folded into the balances. */
  fold_dead?: Window;
  payments: readonly PaymentPlan[];
};

export type WebhookPlan = {
  lost: number;
  twice: number;
  late: number;
  /** How far the provider's clock is ahead. */
  skew_ms: number;
  /** It tells no amounts. */
  isCurt: boolean;
  /** The operation of which it tells no success. */
  untold?: string;
};

const MINUTE = 60_000;

const drawWebhooks = (random: Random, [first = "", ...others]: readonly string[]): WebhookPlan => ({
  lost: random.rarely(0.6),
  twice: random.rarely(0.3),
  late: random.rarely(0.5),
  skew_ms: random.chance(0.3) ? random.between(-30, 30) * MINUTE : 0,
  isCurt: random.chance(0.1),
  ...(random.chance(0.3) ? { untold: random.pick([first, ...others]) } : {}),
});

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

const calm = <Fault extends string>(faults: readonly Fault[]): Part<Fault> => ({
  odds: Object.fromEntries(faults.map((fault) => [fault, 0])) as Record<Fault, number>,
});

/**
 * Mostly the two that matter most: what happens after we gave up, and what is not answered for a
 * while.
 */
const TROUBLES = [
  ...(["late", "late", "unavailable", "unavailable"] as const),
  ...(["lost", "mute", "mute", "pending", "sticky"] as const),
] as const;

function drawTroubles(random: Random, operations: readonly string[], share: number): FaultPlan["troubles"] {
  const troubled = operations.filter(() => random.chance(share));
  const draw = (): Trouble => ({
    fault: random.pick(TROUBLES),
    odds: random.between(0.4, 1),
    until_ms: random.between(0, 5) * MINUTE,
  });
  return Object.fromEntries(troubled.map((operation) => [operation, draw()]));
}

/**
 * Mostly while the first tries run: then one may be refused for lack of funds beside one that is
 * not. The funds are not always enough for every payment.
 */
function drawFunds(random: Random, payments: readonly PaymentPlan[]): Pick<FaultPlan, "funds"> {
  if (!random.chance(0.3)) return {};
  const all = payments.reduce((sum, { amount }) => sum + amount, 0);
  const amount = random.pick([all, all, all - 1, payments[0]?.amount ?? all]);
  return { funds: { at_ms: random.chance(0.7) ? random.between(0, 2_500) : moment(random), amount } };
}

function drawSwitches(random: Random, rail: Rail): FaultPlan["switches"] {
  return SWITCHES.filter(() => random.chance(0.05)).map((what) => {
    const [first = rail, ...others] = switchNames(what, rail);
    const from_ms = moment(random);
    return { name: random.pick([first, ...others]), from_ms, to_ms: from_ms + random.between(0, 3) * MINUTE };
  });
}

const SOUND: FaultPlan["lambda"] = { crash: 0, abandon: 0, twice: 0, throttle: 0, cold: 0 };

const drawLambda = (random: Random, rough: boolean): FaultPlan["lambda"] => ({
  crash: random.rarely(0.06),
  abandon: rough ? random.between(0.1, 0.4) : random.rarely(0.4),
  twice: random.rarely(0.1),
  throttle: random.rarely(0.1),
  cold: random.rarely(0.2),
});

/** A window that begins about now and lasts up to `most` milliseconds, in some of the worlds. */
function drawWindow(random: Random, share: number, before: number, most: number): Window | undefined {
  if (!random.chance(share)) return undefined;
  const at = moment(random);
  return { from_ms: at - before, to_ms: at + random.between(0, most) };
}

/** `operations` are the provider's, as troubles name them. */
export function drawFaultPlan(random: Random, rail: Rail, operations: readonly string[]): FaultPlan {
  const isFaulty = random.chance(0.93);
  // Half of the runs meet a machine that gives up at once on functions that go on: there the undo
  // runs beside its step.
  const rough = random.chance(0.5);
  // In a third of the worlds our own parts are sound, so that more payments come as far as the
  // pivot, and the provider's troubles weigh more.
  const isSound = random.chance(0.35);
  const payments = drawPayments(random, operations);
  const disabled = drawWindow(random, 0.08, 1_000, 2_000);
  const foldDead = drawWindow(random, 0.1, 1_000, 20 * MINUTE);
  return {
    calm_at_ms: isFaulty ? random.between(1, 25) * MINUTE : 0,
    slow: random.rarely(0.2),
    store: isSound ? calm(STORE_FAULTS) : part(random, STORE_FAULTS, random.chance(0.8) ? 0.06 : 0.3),
    provider: part(random, PROVIDER_FAULTS, random.chance(0.5) ? 0.15 : 0.4),
    troubles: drawTroubles(random, operations, isSound ? 0.5 : 0.2),
    patience: rough ? random.pick([0, 0, 1]) : Number.POSITIVE_INFINITY,
    lambda: isSound ? SOUND : drawLambda(random, rough),
    host_skew_ms: random.rarely(500),
    stale_ms: random.rarely(5_000),
    nature: drawNature(random),
    habits: drawHabits(random),
    ...(random.chance(0.65) ? { webhooks: drawWebhooks(random, operations) } : {}),
    outage: {
      // An impatient machine would go round hundreds of times a minute: the pace of a resume is
      // that of its retries.
      action: random.pick(rough ? ["unwind", "unwind", "hold"] : ["unwind", "resume", "hold"]),
      after_seconds: random.pick(rough ? [0, 60, 300] : [0, 60, 300, 900]),
      tell: "treasury",
    },
    ...drawFunds(random, payments),
    errs: random.chance(0.3),
    weekend: random.chance(0.1),
    ...(disabled ? { disabled } : {}),
    switches: drawSwitches(random, rail),
    ...(foldDead ? { fold_dead: foldDead } : {}),
    payments,
  };
}

export const isWithin = (window: Window | undefined, now: number): boolean =>
  window !== undefined && now >= window.from_ms && now < window.to_ms;

/** The fault of the provider that meets this call now; `about` is the operation of its key. */
export function providerFaultOf(
  { troubles, provider }: FaultPlan,
  { what, about }: { what: string; about: string },
  random: Random,
  now: number,
): ProviderFault | undefined {
  const silence = troubles[about];
  if (silence?.fault === "mute") return now < silence.until_ms ? "lost" : faultOf(provider, random, now);
  const trouble = troubles[what];
  const meets = trouble && now < trouble.until_ms && random.chance(trouble.odds);
  return meets ? (trouble.fault as ProviderFault) : faultOf(provider, random, now);
}

/** The fault that meets a call at this moment: the outage's, or one by chance. */
export function faultOf<Fault extends string>(
  { odds, outage }: Part<Fault>,
  random: Random,
  now: number,
): Fault | undefined {
  if (outage && isWithin(outage, now) && random.chance(0.95)) return outage.fault;
  for (const fault of Object.keys(odds) as Fault[]) if (random.chance(odds[fault])) return fault;
  return undefined;
}
