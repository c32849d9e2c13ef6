// The guard of a cell: residents pass, strangers get 421 before the route runs.
import { describe, expect, it, jest } from "@jest/globals";
import { admitted } from "../../../../functions/lib/runtime/admission.ts";
import type { Call, HttpAnswer } from "../../../../functions/lib/runtime/http.ts";

const call = (merchantId: string) => ({ merchantId }) as Call;
const answer: HttpAnswer = { statusCode: 202 };

describe("a route for this cell's merchants", () => {
  it("answers a resident as it always does", async () => {
    const route = jest.fn(async () => answer);
    expect(await admitted({ admits: async () => true }, route)(call("m1"))).toBe(answer);
  });

  it("never runs for a merchant of another cell, and tells it nothing about where that is", async () => {
    const route = jest.fn(async () => answer);
    const guarded = admitted({ admits: async (id) => id !== "m2" }, route);
    await expect(guarded(call("m2"))).rejects.toMatchObject({
      name: "MerchantElsewhere",
      status: 421,
      members: {},
    });
    expect(route).not.toHaveBeenCalled();
  });

  it("does not run when nobody knows whether the merchant lives here", async () => {
    const route = jest.fn(async () => answer);
    const admits = async () => Promise.reject(new Error("no answer"));
    await expect(admitted({ admits }, route)(call("m1"))).rejects.toThrow("no answer");
    expect(route).not.toHaveBeenCalled();
  });
});
