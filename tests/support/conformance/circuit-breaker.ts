// What every breaker does for its callers, wherever its state is kept. Two environments share it,
// as two functions do.
import { beforeEach, describe, expect, it } from "@jest/globals";
import { FAILURES_TO_OPEN, PACE } from "../../../functions/lib/domain/circuit-breaker.ts";
import type { Breaker } from "../../../functions/lib/ports/breaker.ts";
import type { ManualClock } from "../memory/manual-clock.ts";

export type Shared = { clock: ManualClock; here: Breaker; there: Breaker };

/** An environment that knows of trouble may go by what it read a second ago. */
const NOTICED_MS = 1_000;
let provider = "";
let providers = 0;

export function describeBreaker(name: string, make: () => Shared): void {
  describe(`${name}: a breaker`, () => {
    let shared: Shared;
    beforeEach(() => {
      shared = make();
      provider = `provider-${++providers}`;
    });

    async function fail(breaker: Breaker, times: number): Promise<void> {
      for (let failure = 0; failure < times; failure++) await breaker.report(provider, "unavailable");
    }

    it("lets everything through to a provider that nobody complained about", async () => {
      const { here } = shared;
      expect([await here.isOpen(provider), await here.admits(provider)]).toEqual([false, true]);
    });

    it("counts the failures of all environments together", async () => {
      const { here, there, clock } = shared;
      await fail(here, FAILURES_TO_OPEN - 1);
      expect(await here.isOpen(provider)).toBe(false);
      await fail(there, 1);
      clock.advance(NOTICED_MS);
      expect([await here.isOpen(provider), await there.isOpen(provider)]).toEqual([true, true]);
      expect(await here.admits(provider)).toBe(false);
    });

    it("counts failures that come at the same moment", async () => {
      const { here, there } = shared;
      const reports = Array.from({ length: FAILURES_TO_OPEN }, (_, index) =>
        (index % 2 ? here : there).report(provider, "unavailable"),
      );
      await Promise.all(reports);
      shared.clock.advance(NOTICED_MS);
      expect(await here.isOpen(provider)).toBe(true);
    });

    it("is open for one provider and not for another", async () => {
      await fail(shared.here, FAILURES_TO_OPEN);
      expect(await shared.here.isOpen(provider)).toBe(true);
      expect(await shared.here.isOpen(`${provider}-other`)).toBe(false);
    });

    it("admits one probe after its hold, whoever asks, and another when that one says nothing", async () => {
      const { here, there, clock } = shared;
      await fail(here, FAILURES_TO_OPEN);
      clock.advance(PACE.firstHold);
      expect(await here.isOpen(provider)).toBe(false);
      const admitted = await Promise.all([here, there, here, there].map((one) => one.admits(provider)));
      expect(admitted.filter(Boolean)).toHaveLength(1);
      clock.advance(PACE.probeEvery + NOTICED_MS);
      expect(await there.admits(provider)).toBe(true);
    });

    it("opens again, for longer, when the probe fails", async () => {
      const { here, there, clock } = shared;
      await fail(here, FAILURES_TO_OPEN);
      clock.advance(PACE.firstHold);
      await there.admits(provider);
      await fail(there, 1);
      clock.advance(PACE.firstHold * 2 - 1);
      expect([await here.isOpen(provider), await here.admits(provider)]).toEqual([true, false]);
    });

    it("closes for everybody when the probe is answered", async () => {
      const { here, there, clock } = shared;
      await fail(here, FAILURES_TO_OPEN);
      clock.advance(PACE.firstHold);
      await there.admits(provider);
      await there.report(provider, "answered");
      clock.advance(NOTICED_MS);
      const admitted = await Promise.all([here, there, here, there].map((one) => one.admits(provider)));
      expect(admitted).toEqual([true, true, true, true]);
    });

    it("does not open on failures with an answer between them", async () => {
      const { here } = shared;
      await fail(here, FAILURES_TO_OPEN - 1);
      await here.report(provider, "answered");
      await fail(here, FAILURES_TO_OPEN - 1);
      expect(await here.isOpen(provider)).toBe(false);
    });
  });
}
