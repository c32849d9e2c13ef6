// When a provider gets no new work, and when it is tried again. A few failures in a row open the
// breaker. Each hold is twice as long as the last. When a hold is over, single sagas go through as
// probes, and one answer closes the breaker. Pure: adapters keep the state.

/** Moments and durations are milliseconds; moments since the epoch, 0 for never. */
export type BreakerState = {
  /** Calls without an answer since `failing_since`, with no answer between them. */
  failures: number;
  failing_since: number;
  /** How long the current or last hold is; 0 while the breaker is closed. */
  hold_ms: number;
  open_until: number;
  /** When the last probe was let through in this hold. */
  probed_at: number;
};

/** What time means to a breaker, in milliseconds as they pass here. */
export type Pace = { window: number; firstHold: number; longestHold: number; probeEvery: number };

/** Failures further apart than the window are accidents of single calls, not an outage. */
export const PACE: Pace = { window: 10_000, firstHold: 2_000, longestHold: 30_000, probeEvery: 1_000 };
/** One call fails by itself now and then; five in a row do not. */
export const FAILURES_TO_OPEN = 5;

export const CLOSED: BreakerState = {
  failures: 0,
  failing_since: 0,
  hold_ms: 0,
  open_until: 0,
  probed_at: 0,
};

export type BreakerStatus = "closed" | "open" | "probing";

export function breakerStatus({ hold_ms, open_until }: BreakerState, now: number): BreakerStatus {
  if (hold_ms === 0) return "closed";
  return now < open_until ? "open" : "probing";
}

/** The state after a call that got no answer; undefined when that says nothing new. */
export function afterFailure(state: BreakerState, now: number, pace: Pace): BreakerState | undefined {
  const standing = breakerStatus(state, now);
  if (standing === "open") return undefined;
  if (standing === "probing") return held(state, Math.min(state.hold_ms * 2, pace.longestHold), now);
  const inRow = state.failures > 0 && now - state.failing_since <= pace.window;
  const failures = inRow ? state.failures + 1 : 1;
  const counted = { ...CLOSED, failures, failing_since: inRow ? state.failing_since : now };
  return failures < FAILURES_TO_OPEN ? counted : held(counted, pace.firstHold, now);
}

const held = (state: BreakerState, hold_ms: number, now: number): BreakerState => ({
  ...state,
  hold_ms,
  open_until: now + hold_ms,
  probed_at: 0,
});

/** The state after an answer, whatever it was; undefined when nothing changes. */
export const afterAnswer = ({ failures, hold_ms }: BreakerState): BreakerState | undefined =>
  failures === 0 && hold_ms === 0 ? undefined : CLOSED;

/**
 * The state after a probe was let through; undefined when no probe is due. A probe that gets no
 * answer is replaced by the next.
 */
export function afterProbe(state: BreakerState, now: number, pace: Pace): BreakerState | undefined {
  const due = breakerStatus(state, now) === "probing" && now - state.probed_at >= pace.probeEvery;
  return due ? { ...state, probed_at: now } : undefined;
}
