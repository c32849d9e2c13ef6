// What the simulated provider takes for a request.
import { describe, expect, it } from "@jest/globals";
import { planOf, readBody, readRamp } from "../../../../functions/lib/sandbox/requests.ts";
import { UNSPEAKABLE } from "../../../support/hostile-json.ts";

const BAD = expect.objectContaining({ name: "BadRequest" });

describe("a body is no request", () => {
  it.each([
    ["that is no JSON", "{"],
    ["that is a list", "[]"],
    ["that is null", "null"],
    ["that is nested deeper than any stack", `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`],
    ["that is nested 17 deep", `{"a":${"[".repeat(17)}${"]".repeat(17)}}`],
  ])("%s", (_, text) => {
    expect(() => readBody(text)).toThrow(BAD);
  });

  it("with anything else in the place of a member", () => {
    const good = { reference: "r", amount: 5, currency: "EUR", receive_amount: 5, receive_currency: "USDC" };
    expect(readRamp(good)).toEqual(good);
    for (const member of Object.keys(good)) {
      for (const value of UNSPEAKABLE) expect(() => readRamp({ ...good, [member]: value })).toThrow(BAD);
    }
    for (const value of UNSPEAKABLE) {
      expect(() => planOf({ metadata: { sandbox: value } })).toThrow(BAD);
    }
  });
});

describe("a body is a request", () => {
  it("that is nested 16 deep", () => {
    expect(readBody(`{"a":${"[".repeat(15)}${"]".repeat(15)}}`)).toHaveProperty("a");
  });
});
