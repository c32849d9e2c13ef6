// Whatever a provider does and in whatever order its calls report, the breaker keeps its bounds.
import { describe, it } from "@jest/globals";
import fc from "fast-check";
import {
  afterAnswer,
  afterFailure,
  afterProbe,
  type BreakerState,
  breakerStatus,
  CLOSED,
  FAILURES_TO_OPEN,
  PACE,
} from "../../functions/lib/domain/circuit-breaker.ts";

type Step = { after: number; what: "answered" | "unavailable" | "probe" };

const step: fc.Arbitrary<Step> = fc.record({
  after: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 60_000 })),
  what: fc.constantFrom<Step["what"]>("answered", "unavailable", "unavailable", "unavailable", "probe"),
});
const steps = fc.array(step, { maxLength: 60 });

/** The states of a history, each with its moment. */
function play(history: Step[]): { state: BreakerState; now: number; step: Step }[] {
  let state = CLOSED;
  let now = 1_000_000;
  return history.map((step) => {
    now += step.after;
    if (step.what === "answered") state = afterAnswer(state) ?? state;
    else if (step.what === "probe") state = afterProbe(state, now, PACE) ?? state;
    else state = afterFailure(state, now, PACE) ?? state;
    return { state, now, step };
  });
}

describe("a breaker, whatever happens", () => {
  it("never holds longer than the longest hold, and never shorter than the first", () => {
    fc.assert(
      fc.property(steps, (history) =>
        play(history).every(({ state, now }) => {
          if (breakerStatus(state, now) !== "open") return true;
          const { hold_ms, open_until } = state;
          return hold_ms >= PACE.firstHold && hold_ms <= PACE.longestHold && open_until - now <= hold_ms;
        }),
      ),
    );
  });

  it("is closed after every answer", () => {
    fc.assert(
      fc.property(steps, (history) =>
        play(history).every(
          ({ state, now, step }) => step.what !== "answered" || breakerStatus(state, now) === "closed",
        ),
      ),
    );
  });

  it("never opens on fewer failures in a row than it takes", () => {
    fc.assert(
      fc.property(steps, (history) => {
        let inRow = 0;
        return play(history).every(({ state, now, step }) => {
          if (step.what === "answered") inRow = 0;
          if (step.what === "unavailable") inRow += 1;
          return inRow >= FAILURES_TO_OPEN || breakerStatus(state, now) === "closed";
        });
      }),
    );
  });

  it("lets a probe through sooner or later, however long the provider was down", () => {
    fc.assert(
      fc.property(steps, (history) => {
        const last = play(history).at(-1);
        if (!last || last.state.hold_ms === 0) return true;
        return afterProbe(last.state, last.now + PACE.longestHold + PACE.probeEvery, PACE) !== undefined;
      }),
    );
  });
});
