// Who is let through the gate in front of new sagas. Switches are read first, so that a held start
// takes no probe's place.
import { describe, expect, it } from "@jest/globals";
import { FAILURES_TO_OPEN, PACE } from "../../../../functions/lib/domain/circuit-breaker.ts";
import { CARD_PROVIDER } from "../../../../functions/lib/domain/saga-definition.ts";
import { areStartsHeld, holdOnStart } from "../../../../functions/lib/saga/start-gate.ts";
import { ManualClock } from "../../../support/memory/manual-clock.ts";
import { MemoryBreaker } from "../../../support/memory/memory-circuit-breaker.ts";
import { MemoryExposure } from "../../../support/memory/memory-exposure.ts";
import { MemorySwitches } from "../../../support/memory/memory-switches.ts";

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
    expect([await holdOnStart(open, "card"), await areStartsHeld(open, "card")]).toEqual([undefined, false]);
  });

  it("not while its provider does not answer", async () => {
    const held = gate();
    await outage(held.breaker);
    expect([await holdOnStart(held, "card"), await areStartsHeld(held, "card")]).toEqual(["breaker", true]);
  });

  it.each(["card/hold-starts", `${CARD_PROVIDER}/hold-starts`])("not while %s is on", async (name) => {
    const held = gate();
    held.switches.on.add(name);
    expect([await holdOnStart(held, "card"), await areStartsHeld(held, "card")]).toEqual(["switch", true]);
    held.switches.on.delete(name);
    expect(await holdOnStart(held, "card")).toBeUndefined();
  });

  it("not while its rail holds as much value in transit as it may; the other rail's may", async () => {
    const held = gate();
    held.exposure.full.add("stablecoin");
    expect([await holdOnStart(held, "stablecoin"), await areStartsHeld(held, "stablecoin")]).toEqual([
      "exposure",
      true,
    ]);
    expect([await holdOnStart(held, "card"), await areStartsHeld(held, "card")]).toEqual([undefined, false]);
  });

  it("while other switches are on", async () => {
    const open = gate();
    for (const what of ["stop-intake", "stop-pivots"]) open.switches.on.add(`card/${what}`);
    expect(await holdOnStart(open, "card")).toBeUndefined();
  });

  it("alone, as a probe, after the hold; a held start takes no probe's place", async () => {
    const probing = gate();
    await outage(probing.breaker);
    probing.clock.advance(PACE.firstHold);
    probing.switches.on.add("card/hold-starts");
    expect(await holdOnStart(probing, "card")).toBe("switch");
    probing.switches.on.clear();
    expect([await holdOnStart(probing, "card"), await holdOnStart(probing, "card")]).toEqual([
      undefined,
      "breaker",
    ]);
  });

  it("of another rail although the card provider is down", async () => {
    const held = gate();
    await outage(held.breaker);
    expect(await holdOnStart(held, "stablecoin")).toBeUndefined();
  });
});
