// The environment: a missing variable fails when the function starts, not at the first payment.
import { describe, expect, it } from "@jest/globals";
import type * as Config from "../../../../functions/lib/runtime/config.ts";
import { coldStart } from "../../../support/cold-start.ts";

const config = (env: Record<string, string | undefined> = {}) =>
  coldStart<typeof Config>("lib/runtime/config.ts", env);

describe("a cold start", () => {
  it.each([
    ["accept-payment", "CONTRA_PREFIX"],
    ["accept-payment", "CONTRA_FUNCTION"],
    ["capture-payment", "CONTRA_PROVIDER_URL"],
    ["validate-payment", "CONTRA_ENVIRONMENT"],
  ])("of %s fails at once without %s, and names it", (name, variable) => {
    expect(() => coldStart(`${name}/handler.ts`, { [variable]: undefined })).toThrow(variable);
    expect(() => coldStart(`${name}/handler.ts`, { [variable]: "" })).toThrow(variable);
  });

  it("succeeds with everything set", () => {
    expect(() => coldStart("capture-payment/handler.ts")).not.toThrow();
  });

  it.each(["0", "-1", "fast", "NaN"])("fails at once with the time scale %p", (CONTRA_TIME_SCALE) => {
    expect(() => coldStart("start-saga/handler.ts", { CONTRA_TIME_SCALE })).toThrow("CONTRA_TIME_SCALE");
  });
});

describe("names", () => {
  it("are composed from their parts", () => {
    const { machineArn, queueUrl, tableName } = config();
    expect(tableName("payments")).toBe("test-payments");
    expect(queueUrl("start")).toBe("https://sqs.us-east-1.amazonaws.com/000000000000/test-start");
    expect(machineArn("card-payment")).toBe(
      "arn:aws:states:us-east-1:000000000000:stateMachine:test-card-payment:live",
    );
  });

  it.each([
    ["eu-west-1", "arn:aws:", "amazonaws.com/"],
    ["us-gov-west-1", "arn:aws-us-gov:", "amazonaws.com/"],
    ["cn-north-1", "arn:aws-cn:", "amazonaws.com.cn/"],
  ])("in %s begin with %s, and end in %s", (AWS_REGION, arn, domain) => {
    const { executionArn, machineArn, queueUrl } = config({ AWS_REGION });
    expect(machineArn("card-payment")).toMatch(new RegExp(`^${arn}states:${AWS_REGION}:`));
    expect(executionArn("card-payment", "p")).toMatch(new RegExp(`^${arn}states:${AWS_REGION}:`));
    expect(queueUrl("start")).toContain(`https://sqs.${AWS_REGION}.${domain}`);
  });
});

describe("the policy", () => {
  it("is the default where none is given", () => {
    expect(config().policy()).toMatchObject({ enabled: true, card_fee_bps: 150 });
  });

  it("takes what is given over the default", () => {
    const own = {
      card_fee_bps: 200,
      exposure_caps: { USDC: 5 },
      off_ramp_outage: { action: "hold", after_seconds: 60, tell: "the treasury" },
    };
    expect(config({ CONTRA_POLICY: JSON.stringify(own) }).policy()).toMatchObject({ enabled: true, ...own });
  });

  it.each(["{", '{"fee":1}', '{"card_fee_bps":-1}'])("fails for %p", (CONTRA_POLICY) => {
    expect(() => config({ CONTRA_POLICY }).policy()).toThrow();
  });
});

describe("how long a provider's key is believed", () => {
  it.each([
    ["", undefined],
    ["0", 0],
    ["30", 30],
  ])("is, for %j, %p", (CONTRA_KEY_TTL_SECONDS, seconds) => {
    expect(config({ CONTRA_KEY_TTL_SECONDS }).keyTtlSeconds()).toBe(seconds);
  });

  it.each(["-1", "1.5", "soon"])("fails for %p", (CONTRA_KEY_TTL_SECONDS) => {
    expect(() => config({ CONTRA_KEY_TTL_SECONDS }).keyTtlSeconds()).toThrow("CONTRA_KEY_TTL_SECONDS");
  });

  it("is the provider's matter in production, where a function with another does not start", () => {
    const production = { CONTRA_ENVIRONMENT: "prod", CONTRA_KEY_TTL_SECONDS: "30" };
    expect(() => coldStart("capture-payment/handler.ts", production)).toThrow("CONTRA_KEY_TTL_SECONDS");
    const outside = { ...production, CONTRA_ENVIRONMENT: "dev" };
    expect(() => coldStart("capture-payment/handler.ts", outside)).not.toThrow();
  });
});

describe("production", () => {
  it.each(["prod", "prod-cell-1"])("is %s", (CONTRA_ENVIRONMENT) => {
    expect(config({ CONTRA_ENVIRONMENT }).isProduction()).toBe(true);
  });

  it.each(["local", "dev", "staging"])("is not %s", (CONTRA_ENVIRONMENT) => {
    expect(config({ CONTRA_ENVIRONMENT }).isProduction()).toBe(false);
  });
});
