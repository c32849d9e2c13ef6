// The breaker's judgement: a few failures in a row open it, holds double up to a bound, probes go
// one at a time, an answer closes.
import { describe, expect, it } from "@jest/globals";
import {
  afterAnswer,
  afterFailure,
  afterProbe,
  type BreakerState,
  breakerStatus,
  CLOSED,
  FAILURES_TO_OPEN,
  PACE,
} from "../../../../functions/lib/domain/circuit-breaker.ts";

const T0 = Date.parse("2026-01-01T00:00:00.000Z");

/** The state after so many failures, a second apart by default; `now` is the moment of the last. */
function failed(times: number, apart = 1_000, from = CLOSED): { state: BreakerState; now: number } {
  let state = from;
  let now = T0;
  for (let failure = 0; failure < times; failure++) {
    now = T0 + failure * apart;
    state = afterFailure(state, now, PACE) ?? state;
  }
  return { state, now };
}
const opened = () => failed(FAILURES_TO_OPEN);

describe("a breaker", () => {
  it("opens after a few failures in a row, for the first hold", () => {
    const { state, now } = opened();
    expect(breakerStatus(state, now)).toBe("open");
    expect(state.open_until - now).toBe(PACE.firstHold);
  });

  it("stays closed after one failure less", () => {
    const { state, now } = failed(FAILURES_TO_OPEN - 1);
    expect(breakerStatus(state, now)).toBe("closed");
  });

  it("stays closed when the failures lie further apart than the window", () => {
    const { state, now } = failed(20, PACE.window + 1);
    expect(breakerStatus(state, now)).toBe("closed");
  });

  it("forgets its failures with one answer in between", () => {
    const { state } = failed(FAILURES_TO_OPEN - 1);
    const answered = afterAnswer(state) ?? state;
    const again = failed(FAILURES_TO_OPEN - 1, 1_000, answered);
    expect(breakerStatus(again.state, again.now)).toBe("closed");
  });

  it("has nothing to note about an answer while it knows of no failure", () => {
    expect(afterAnswer(CLOSED)).toBeUndefined();
  });

  it("has nothing to note about failures while it is open", () => {
    const { state, now } = opened();
    expect(afterFailure(state, now + 1, PACE)).toBeUndefined();
  });

  it("holds twice as long when a call fails after the hold, and never longer than the bound", () => {
    let { state } = opened();
    const holds: number[] = [];
    for (let probe = 0; probe < 8; probe++) {
      state = afterFailure(state, state.open_until, PACE) ?? state;
      holds.push(state.hold_ms);
    }
    expect(holds).toEqual([4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000]);
  });

  it("closes with the first answer, even before the hold is over, and starts again with the first hold", () => {
    const { state } = opened();
    expect(afterAnswer(state)).toEqual(CLOSED);
  });
});

describe("a probe", () => {
  it("goes through once the hold is over, and no second one with it", () => {
    const { state } = opened();
    const probing = afterProbe(state, state.open_until, PACE);
    expect(probing).toMatchObject({ probed_at: state.open_until });
    expect(probing && afterProbe(probing, state.open_until + PACE.probeEvery - 1, PACE)).toBeUndefined();
  });

  it("is replaced by another when nothing was heard of it", () => {
    const { state } = opened();
    const probing = afterProbe(state, state.open_until, PACE) ?? state;
    expect(afterProbe(probing, state.open_until + PACE.probeEvery, PACE)).toBeDefined();
  });

  it.each([
    ["while the breaker is open", opened().state, opened().now],
    ["while it is closed", CLOSED, T0],
  ])("does not exist %s", (_, state, now) => {
    expect(afterProbe(state, now, PACE)).toBeUndefined();
  });
});
