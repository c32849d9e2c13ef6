// A step that gives up on a provider's answer says why it decided nothing, for whoever is on call.

import { describe, expect, it, jest } from "@jest/globals";
import { describeAnswer } from "../../../../functions/lib/saga/provider-outcome.ts";
import { CardSaga } from "../../../support/card-saga.ts";
import { ConversionSaga } from "../../../support/conversion-saga.ts";

const REASON = "it answered 500 internal_error";
const SILENT = { outcome: "unknown", message: REASON } as const;

it("says no more of an answer that decides", () => {
  expect(describeAnswer({ outcome: "pending" })).toBe("pending");
  expect(describeAnswer({ outcome: "refused", message: "the card of Ada was declined" })).toBe("refused");
});

describe("the reason of an unknown outcome is given by", () => {
  it.each(["on-ramp", "resolve-on-ramp", "reverse-on-ramp"] as const)("%s", async (task) => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "unavailable");
    await saga.fail("on-ramp");
    jest.spyOn(saga.seller, "find").mockResolvedValue(SILENT);
    jest.spyOn(saga.seller, "tombstone").mockResolvedValue(SILENT);
    await expect(saga.run(task)).rejects.toThrow(REASON);
  });

  it.each(["off-ramp", "resolve-off-ramp"] as const)("%s", async (task) => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.next("off_ramp", "unavailable");
    await saga.fail("off-ramp");
    jest.spyOn(saga.payer, "find").mockResolvedValue(SILENT);
    await expect(saga.run(task)).rejects.toThrow(REASON);
  });

  it("reverse-on-ramp, of the sale", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    await saga.tombstone("off-ramp");
    jest.spyOn(saga.seller, "reverseOnRamp").mockResolvedValue(SILENT);
    await expect(saga.run("reverse-on-ramp")).rejects.toThrow(REASON);
  });

  it("resolve-capture and void-authorization", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "unavailable");
    await saga.fail("capture-payment");
    jest.spyOn(saga.provider, "tombstone").mockResolvedValue(SILENT);
    await expect(saga.run("resolve-capture")).rejects.toThrow(REASON);
    jest.spyOn(saga.provider, "void").mockResolvedValue(SILENT);
    await saga.run("reverse-ledger");
    await expect(saga.run("void-authorization")).rejects.toThrow(REASON);
  });
});
