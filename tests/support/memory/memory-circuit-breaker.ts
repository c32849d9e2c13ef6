// A breaker whose state is a variable: the real judgement, shared by everybody at once.
import {
  afterAnswer,
  afterFailure,
  afterProbe,
  type BreakerState,
  breakerStatus,
  CLOSED,
  PACE,
} from "../../../functions/lib/domain/circuit-breaker.ts";
import type { Breaker } from "../../../functions/lib/ports/breaker.ts";
import type { Clock } from "../../../functions/lib/ports/clock.ts";

export class MemoryBreaker implements Breaker {
  private readonly clock: Clock;
  private readonly states = new Map<string, BreakerState>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  async isOpen(provider: string): Promise<boolean> {
    return breakerStatus(this.stateOf(provider), this.clock.now()) === "open";
  }

  async admits(provider: string): Promise<boolean> {
    const state = this.stateOf(provider);
    const standing = breakerStatus(state, this.clock.now());
    if (standing !== "probing") return standing === "closed";
    const probe = afterProbe(state, this.clock.now(), PACE);
    if (probe) this.states.set(provider, probe);
    return probe !== undefined;
  }

  async report(provider: string, health: "answered" | "unavailable"): Promise<void> {
    const state = this.stateOf(provider);
    const next = health === "answered" ? afterAnswer(state) : afterFailure(state, this.clock.now(), PACE);
    if (next) this.states.set(provider, next);
  }

  private stateOf(provider: string): BreakerState {
    return this.states.get(provider) ?? CLOSED;
  }
}
