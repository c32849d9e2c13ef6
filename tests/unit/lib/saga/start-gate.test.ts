// Who is let through the gate in front of new sagas. Switches are read first, so that a held start
// takes no probe's place.
import { describe, expect, it } from "@jest/globals";
import { FAILURES_TO_OPEN, PACE } from "../../../../functions/lib/domain/circuit-breaker.ts";
import { CARD_PROVIDER } from "../../../../functions/lib/domain/saga-definition.ts";
import { holdOnStart, isStartHeld } from "../../../../functions/lib/saga/start-gate.ts";
import { ManualClock } from "../../../support/memory/manual-clock.ts";
import { MemoryBreaker } from "../../../support/memory/memory-circuit-breaker.ts";
import { MemoryExposure } from "../../../support/memory/memory-exposure.ts";
import { MemorySwitches } from "../../../support/memory/memory-switches.ts";

const CARD = { rail: "card" } as const;
const STABLECOIN = { rail: "stablecoin" } as const;

function gate() {
  const clock = new ManualClock();
  return {
    clock,
    breaker: new MemoryBreaker(clock),
    switches: new MemorySwitches(),
    exposure: new MemoryExposure(),
  };
}

async function outage(breaker: MemoryBreaker): Promise<void> {
  for (let failure = 0; failure < FAILURES_TO_OPEN; failure++)
    await breaker.report(CARD_PROVIDER, "unavailable");
}

describe("a saga may start", () => {
  it("while nothing is wrong", async () => {
    const open = gate();
    expect([await holdOnStart(open, CARD), await isStartHeld(open, CARD)]).toEqual([undefined, false]);
  });

  it("not while its provider does not answer", async () => {
    const held = gate();
    await outage(held.breaker);
    expect([await holdOnStart(held, CARD), await isStartHeld(held, CARD)]).toEqual(["breaker", true]);
  });

  it.each(["card/hold-starts", `${CARD_PROVIDER}/hold-starts`])("not while %s is on", async (name) => {
    const held = gate();
    held.switches.on.add(name);
    expect([await holdOnStart(held, CARD), await isStartHeld(held, CARD)]).toEqual(["switch", true]);
    held.switches.on.delete(name);
    expect(await holdOnStart(held, CARD)).toBeUndefined();
  });

  it("not while its rail holds as much value in transit as it may; the other rail's may", async () => {
    const held = gate();
    held.exposure.full.add("stablecoin");
    expect([await holdOnStart(held, STABLECOIN), await isStartHeld(held, STABLECOIN)]).toEqual([
      "exposure",
      true,
    ]);
    expect([await holdOnStart(held, CARD), await isStartHeld(held, CARD)]).toEqual([undefined, false]);
  });

  it("while other switches are on", async () => {
    const open = gate();
    for (const what of ["stop-intake", "stop-pivots"]) open.switches.on.add(`card/${what}`);
    expect(await holdOnStart(open, CARD)).toBeUndefined();
  });

  it("unless a switch holds it, once it was cancelled before anybody claimed it: as no probe", async () => {
    const held = gate();
    await outage(held.breaker);
    held.exposure.full.add("card");
    const cancelled = { ...CARD, cancel_requested_at: 1 };
    const claimed = { ...cancelled, owner_execution: "attempt-1" };
    expect([await holdOnStart(held, cancelled), await isStartHeld(held, cancelled)]).toEqual([
      undefined,
      false,
    ]);
    expect([await holdOnStart(held, claimed), await isStartHeld(held, claimed)]).toEqual(["exposure", true]);
    held.exposure.full.clear();
    held.clock.advance(PACE.firstHold);
    await holdOnStart(held, cancelled);
    expect(await holdOnStart(held, CARD)).toBeUndefined();
    held.switches.on.add("card/hold-starts");
    expect([await holdOnStart(held, cancelled), await isStartHeld(held, cancelled)]).toEqual([
      "switch",
      true,
    ]);
  });

  it("alone, as a probe, after the hold; a held start takes no probe's place", async () => {
    const probing = gate();
    await outage(probing.breaker);
    probing.clock.advance(PACE.firstHold);
    probing.switches.on.add("card/hold-starts");
    expect(await holdOnStart(probing, CARD)).toBe("switch");
    probing.switches.on.clear();
    expect([await holdOnStart(probing, CARD), await holdOnStart(probing, CARD)]).toEqual([
      undefined,
      "breaker",
    ]);
  });

  it("of another rail although the card provider is down", async () => {
    const held = gate();
    await outage(held.breaker);
    expect(await holdOnStart(held, STABLECOIN)).toBeUndefined();
  });
});
