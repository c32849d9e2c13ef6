// A minute of one cell. Payments come at random, and AWS throttles. The simulation goes on until
// the last payment has ended. The same seed gives the same minute: it reads nothing from outside.
import { Random } from "../../lib/random.ts";
import { per, type Rail } from "../costs.ts";
import { limitOf, type Profile } from "../headroom.ts";
import { QUOTAS } from "../quotas.ts";
import { StartQueue } from "./start-queue.ts";
import { Timeline } from "./timeline.ts";
import { type Slowdown, TokenBucket } from "./token-bucket.ts";

export type Weather = {
  starts?: Slowdown[];
  transitions?: Slowdown[];
  /** The share of start messages that SQS refuses too. The sweep finds those payments. */
  unqueued?: number;
};
export type Minute = {
  profile: Profile;
  rate: number;
  seed: number;
  seconds?: number;
  weather?: Weather;
  /** False: the start queue's consumer lets a throttled message fail. */
  patient?: boolean;
};
export type Outcome = {
  offered: number;
  refused: number;
  accepted: number;
  ended: number;
  queued: number;
  swept: number;
  longestQueue: number;
  deadLetters: number;
  /** Accepted, not ended, and in no queue that somebody looks at. */
  lost: number;
  /** Seconds from the last payment's arrival to the last payment's end. */
  drained: number;
  /** From acceptance to the end, in seconds, unsorted. */
  waits: number[];
};

/**
 * The rail that is simulated. The throttles see of a payment only its start and its transitions,
 * and a conversion has one transition more.
 */
export const SIMULATED: Rail = "card";
/** Seconds. What does not end within a day never ends. */
const DAY = 86_400;
const START_BURST = 1_300;
const API_BURST = 5_000;
/** The sweep runs every minute and takes what has been pending for a minute. */
const SWEEP_SECONDS = 60;

const quota = (name: string, profile: Profile): number => {
  const found = QUOTAS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no quota ${name}`);
  return limitOf(found, profile);
};

export function simulate({
  profile,
  rate,
  seed,
  seconds = 60,
  weather = {},
  patient = true,
}: Minute): Outcome {
  const random = new Random(seed);
  const timeline = new Timeline();
  const requests = new TokenBucket(API_BURST, quota("API Gateway requests", profile));
  const starts = new TokenBucket(START_BURST, quota("StartExecution", profile), weather.starts);
  const perSecond = quota("state transitions", profile);
  const transitions = new TokenBucket(perSecond, perSecond, weather.transitions);
  const states = Math.ceil(per("states.transitions", SIMULATED));
  const acceptedAt: number[] = [];
  const forgotten = new Set<number>();
  const outcome = { offered: 0, refused: 0, ended: 0, queued: 0, swept: 0, waits: [] as number[] };
  let lastEnd = 0;

  const step = (payment: number, entered: number): void => {
    if (entered === states) {
      outcome.ended += 1;
      outcome.waits.push(timeline.now - (acceptedAt[payment] as number));
      lastEnd = timeline.now;
      return;
    }
    // Step Functions delays a throttled transition. It does not refuse it.
    const enters = transitions.reserve(timeline.now);
    timeline.plan(enters + random.between(0.1, 0.5), () => step(payment, entered + 1));
  };
  const queue = new StartQueue({ timeline, random, starts, started: (payment) => step(payment, 0) }, patient);

  const accept = (): void => {
    outcome.offered += 1;
    if (!requests.take(timeline.now)) {
      outcome.refused += 1;
      return;
    }
    const payment = acceptedAt.push(timeline.now) - 1;
    if (starts.take(timeline.now)) step(payment, 0);
    else if (random.chance(weather.unqueued ?? 0)) forgotten.add(payment);
    else {
      outcome.queued += 1;
      queue.send(payment);
    }
  };
  const arrive = (): void => {
    const next = timeline.now - Math.log(1 - random.next()) / rate;
    if (next >= seconds) return;
    timeline.plan(next, () => {
      accept();
      arrive();
    });
  };
  const sweep = (): void => {
    for (const payment of forgotten) {
      if (timeline.now - (acceptedAt[payment] as number) < SWEEP_SECONDS) continue;
      forgotten.delete(payment);
      outcome.swept += 1;
      queue.send(payment);
    }
    if (timeline.now < seconds || forgotten.size > 0) timeline.after(SWEEP_SECONDS, sweep);
  };

  arrive();
  timeline.after(SWEEP_SECONDS, sweep);
  timeline.runUntil(DAY);
  const accepted = acceptedAt.length;
  const { deadLetters, longest } = queue;
  return {
    ...outcome,
    accepted,
    deadLetters,
    longestQueue: longest,
    lost: accepted - outcome.ended - deadLetters,
    drained: Math.max(0, lastEnd - seconds),
  };
}
