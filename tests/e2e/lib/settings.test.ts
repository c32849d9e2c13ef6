import { describe, expect, it } from "@jest/globals";
import { wanted } from "../steps.ts";
import { readSettings, whyNot } from "./settings.ts";

describe("the settings of e2e", () => {
  it("run everything in two workspaces at full size unless they say otherwise", () => {
    const settings = readSettings({ E2E_ENDPOINT: "http://127.0.0.1:5056/" });
    expect(settings).toMatchObject({
      endpoint: "http://127.0.0.1:5056",
      workspaces: ["e2e-a", "e2e-b"],
      scale: 1,
    });
    expect(wanted(settings)).toContain("two-executions");
    expect(whyNot(settings)).toBeUndefined();
  });

  it("leave out what a laptop shows as well when the run is small, and take what is named", () => {
    const small = { E2E_WORKSPACES: "1", E2E_SCALE: "0.1" };
    expect(wanted(readSettings(small))).not.toContain("two-executions");
    expect(wanted(readSettings(small))).not.toContain("deploy");
    expect(wanted(readSettings(small))).toContain("faults");
    expect(wanted(readSettings({ ...small, ONLY: "two-executions seeds" }))).toEqual([
      "seeds",
      "two-executions",
    ]);
  });

  it("say why nothing is run where there is nothing to run against", () => {
    expect(whyNot(readSettings({}))).toMatch(/neither/);
    expect(whyNot(readSettings({ E2E_EMULATOR: "/nowhere/up.sh" }))).toBe("there is no /nowhere/up.sh");
  });

  it.each([{ E2E_WORKSPACES: "3" }, { E2E_SCALE: "0" }, { E2E_SCALE: "much" }])(
    "are refused when they mean nothing: %j",
    (env) => {
      expect(() => readSettings(env)).toThrow(/must be/);
    },
  );

  it("are refused when they name a step that does not exist", () => {
    expect(() => wanted(readSettings({ ONLY: "sedes" }))).toThrow(/sedes/);
  });
});
