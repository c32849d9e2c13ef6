// Reading the kill switches: together, seldom, and never at the cost of what they are about.
import "../../../../support/function-environment.ts";

import { GetParametersByPathCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "@jest/globals";
import { SsmSwitches } from "../../../../../functions/lib/adapters/aws/ssm-switches.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";

/**
 * Parameters in pages of two, by the path that the functions compose. `broken`: the store does not
 * answer.
 */
class FakeStore {
  readonly values = new Map<string, string>();
  calls = 0;
  broken = false;

  readonly client = {
    send: async (command: unknown) => {
      this.calls += 1;
      if (this.broken) throw new Error("throttled");
      if (!(command instanceof GetParametersByPathCommand)) throw new Error("another command");
      const { Path = "", NextToken = "0" } = command.input;
      const all = [...this.values].filter(([name]) => name.startsWith(`${Path}/`));
      const from = Number(NextToken);
      const Parameters = all.slice(from, from + 2).map(([Name, Value]) => ({ Name, Value }));
      return { Parameters, ...(from + 2 < all.length ? { NextToken: String(from + 2) } : {}) };
    },
  } as unknown as SSMClient;

  turn(name: string, value: string): void {
    this.values.set(`/test-switches/${name}`, value);
  }
}

function make() {
  const store = new FakeStore();
  for (const subject of ["card", "sandbox"])
    for (const what of ["stop-intake", "hold-starts", "stop-pivots"]) store.turn(`${subject}/${what}`, "off");
  const clock = new ManualClock();
  return { store, clock, switches: new SsmSwitches(store.client, clock) };
}

describe("the switches", () => {
  it("are off until they are turned on", async () => {
    const { switches } = make();
    expect(await switches.isOn("stop-intake", "card")).toBe(false);
  });

  it.each(["card/stop-pivots", "sandbox/stop-pivots"])(
    "know %s for the card rail, on the last page too",
    async (name) => {
      const { store, switches } = make();
      store.turn(name, "on");
      expect(await switches.isOn("stop-pivots", "card")).toBe(true);
      expect(await switches.isOn("stop-intake", "card")).toBe(false);
    },
  );

  it("are read again where the clock was set back", async () => {
    const { store, clock, switches } = make();
    await switches.isOn("stop-intake", "card");
    store.turn("card/stop-intake", "on");
    clock.advance(-3_600_000);
    expect(await switches.isOn("stop-intake", "card")).toBe(true);
  });

  it("are read together and once in five seconds", async () => {
    const { store, clock, switches } = make();
    for (let payment = 0; payment < 20; payment++) {
      await switches.isOn("stop-intake", "card");
      await switches.isOn("hold-starts", "card");
    }
    expect(store.calls).toBe(3);
    store.turn("card/stop-intake", "on");
    expect(await switches.isOn("stop-intake", "card")).toBe(false);
    clock.advance(5_000);
    expect(await switches.isOn("stop-intake", "card")).toBe(true);
  });

  it("are all off for an environment that never could read them, and nothing is thrown", async () => {
    const { store, switches } = make();
    store.turn("card/stop-intake", "on");
    store.broken = true;
    expect(await switches.isOn("stop-intake", "card")).toBe(false);
  });

  it("stay as they were last read while the parameters cannot be, and are not asked for more often", async () => {
    const { store, clock, switches } = make();
    store.turn("card/stop-intake", "on");
    await switches.isOn("stop-intake", "card");
    store.turn("card/stop-intake", "off");
    store.broken = true;
    const before = store.calls;
    clock.advance(5_000);
    for (let payment = 0; payment < 20; payment++)
      expect(await switches.isOn("stop-intake", "card")).toBe(true);
    expect(store.calls).toBe(before + 1);
    store.broken = false;
    clock.advance(5_000);
    expect(await switches.isOn("stop-intake", "card")).toBe(false);
  });

  it("go by their whole value: anything but on is off", async () => {
    const { store, switches } = make();
    store.turn("card/stop-intake", "true");
    expect(await switches.isOn("stop-intake", "card")).toBe(false);
  });
});
