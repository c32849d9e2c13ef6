// Whose word counts: the deployment may say everything, a merchant what is its own.
import { describe, expect, it } from "@jest/globals";
import type { Policy } from "../../../../functions/lib/contracts/types.ts";
import { DEFAULT_POLICY, deploymentPolicy, merchantPolicy } from "../../../../functions/lib/domain/policy.ts";
import { jsonOf } from "../../../contracts/rules/source-tree.ts";

/** Another value than the default's for every member. */
const SAID: Required<Policy> = {
  enabled: false,
  rails: { card: false, stablecoin: false },
  overdraft_limits: { EUR: 100_000 },
  max_amount: { EUR: 1 },
  card_fee_bps: 1,
  stablecoin_fee_bps: 2,
  stablecoin_spread_bps: 3,
  exposure_caps: { USDC: 4 },
  limits: { writes: { per_second: 5, burst: 40 }, quotes_per_minute: 6, accounts: 7 },
  deposit_approval_above: { EUR: 5 },
  reason_required: true,
  off_ramp_outage: { action: "hold", after_seconds: 60, tell: "the treasury" },
};
const MEMBERS = Object.keys(SAID) as (keyof Policy)[];
const THE_DEPLOYMENTS = ["exposure_caps", "off_ramp_outage", "deposit_approval_above", "reason_required"];

it("has a default for every member of its schema", () => {
  const { properties } = jsonOf<{ properties: object }>("schemas/internal/policy.json");
  expect(Object.keys(DEFAULT_POLICY).sort()).toEqual(Object.keys(properties).sort());
  expect(MEMBERS.toSorted()).toEqual(Object.keys(properties).sort());
});

describe("a deployment", () => {
  it.each(MEMBERS)("decides %s, and leaves the rest as it is", (member) => {
    expect(deploymentPolicy({ [member]: SAID[member] })).toEqual({
      ...DEFAULT_POLICY,
      [member]: SAID[member],
    });
  });

  it("that switches one rail off keeps the other", () => {
    expect(deploymentPolicy({ rails: { card: false } }).rails).toEqual({ card: false, stablecoin: true });
  });
});

describe("a merchant", () => {
  it.each(MEMBERS.filter((member) => !THE_DEPLOYMENTS.includes(member)))(
    "decides %s for itself",
    (member) => {
      expect(merchantPolicy(DEFAULT_POLICY, { [member]: SAID[member] })).toEqual({
        ...DEFAULT_POLICY,
        [member]: SAID[member],
      });
    },
  );

  it.each(THE_DEPLOYMENTS)("does not decide %s", (member) => {
    const deployment = deploymentPolicy({ exposure_caps: { USDC: 9 } });
    expect(merchantPolicy(deployment, { [member]: SAID[member as keyof Policy] })).toEqual(deployment);
  });

  it("does not switch on what its deployment switched off", () => {
    const deployment = deploymentPolicy({ enabled: false, rails: { card: false } });
    const own = { enabled: true, rails: { card: true, stablecoin: true } };
    expect(merchantPolicy(deployment, own)).toMatchObject({
      enabled: false,
      rails: { card: false, stablecoin: true },
    });
  });

  it("has its largest amount per currency over its deployment's", () => {
    const deployment = deploymentPolicy({ max_amount: { EUR: 5, JPY: 7 } });
    expect(merchantPolicy(deployment, { max_amount: { EUR: 6 } }).max_amount).toEqual({ EUR: 6, JPY: 7 });
  });
});
