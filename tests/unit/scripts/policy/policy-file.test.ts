// A merchant's own policy as a person writes it: taken when functions would read it, refused with
// all that is wrong.
import { describe, expect, it } from "@jest/globals";
import type { Policy } from "../../../../functions/lib/contracts/types.ts";
import { merchantPolicy } from "../../../../functions/lib/domain/policy.ts";
import {
  assertDeploymentPolicy,
  DEPLOYMENTS_ALONE,
  readPolicy,
} from "../../../../scripts/policy/policy-file.ts";
import { POLICY } from "../../../support/policy.ts";

describe("a merchant's policy", () => {
  it.each([
    {},
    { enabled: false },
    { card_fee_bps: 90, max_amount: { EUR: 100_000 }, rails: { card: false } },
  ])("is taken as it is written: %j", (policy) => {
    expect(readPolicy(JSON.stringify(policy))).toEqual(policy);
  });

  it("is refused with everything that is wrong at once", () => {
    expect(() => readPolicy('{"card_fee_bps":10001,"rail":{}}')).toThrow(
      "the policy is wrong: /rail is not a known field; /card_fee_bps must be at most 10000",
    );
  });

  it.each(["", "{", "[]", "null", '"x"', '{"max_amount":{"EUR":0.5}}'])(
    "is refused as the text %p",
    (text) => {
      expect(() => readPolicy(text)).toThrow("the policy is");
    },
  );

  it("of the deployment may say everything, and is refused in the same words", () => {
    for (const text of ["{}", '{"reason_required":true}'])
      expect(() => assertDeploymentPolicy(text)).not.toThrow();
    expect(() => assertDeploymentPolicy('{"reason_require":true}')).toThrow(
      "the policy is wrong: /reason_require is not a known field",
    );
    expect(() => assertDeploymentPolicy("{")).toThrow("the policy is no JSON");
  });

  it("may not say what functions take from the deployment alone, and may say everything else", () => {
    const own: Required<Policy> = {
      enabled: false,
      rails: { card: false },
      max_amount: { EUR: 1 },
      overdraft_limits: { EUR: 100_000 },
      card_fee_bps: 1,
      stablecoin_fee_bps: 2,
      stablecoin_spread_bps: 3,
      exposure_caps: { USDC: 4 },
      limits: { writes: { per_second: 5, burst: 40 } },
      deposit_approval_above: { EUR: 5 },
      reason_required: true,
      off_ramp_outage: { action: "hold", after_seconds: 5, tell: "the desk" },
    };
    const heard = merchantPolicy(POLICY, own);
    const members = Object.keys(own) as (keyof Policy)[];
    expect(members.filter((member) => heard[member] === POLICY[member]).sort()).toEqual(
      [...DEPLOYMENTS_ALONE].sort(),
    );
    for (const member of members) {
      const text = JSON.stringify({ [member]: own[member] });
      if (DEPLOYMENTS_ALONE.includes(member))
        expect(() => readPolicy(text)).toThrow(`/${member} is the deployment's alone`);
      else expect(readPolicy(text)).toEqual({ [member]: own[member] });
    }
  });
});
