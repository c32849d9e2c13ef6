// What the deploy reads from Terraform's output, of this version and of earlier ones that had less
// in it.
import { describe, expect, it } from "@jest/globals";
import { deploy, rollback } from "../../../../scripts/deploy/deploy.ts";
import { type Deployment, deploymentFrom } from "../../../../scripts/deploy/deployment.ts";
import { allOn, deploymentAt, freshWorld } from "../../../support/deploy-aws.ts";

/** The output of an apply from before the code had a bucket. */
function withoutCode({ code_bucket: _, functions, ...rest }: Deployment): Deployment {
  const bare = Object.entries(functions).map(
    ([name, { code_sha256: _, ...target }]) => [name, target] as const,
  );
  return { ...rest, functions: Object.fromEntries(bare) };
}

const told = (deployment: unknown): Deployment => deploymentFrom(JSON.stringify(deployment));

describe("the output of an apply", () => {
  it("is taken as it is", () => {
    expect(told(deploymentAt("2"))).toEqual(deploymentAt("2"));
  });

  it("takes a stack back whose apply did not say where its code is", async () => {
    const world = freshWorld();
    await deploy(deploymentAt("1"), world);
    await deploy(told(withoutCode(deploymentAt("2"))), world);
    expect(world.routes()).toEqual(allOn("2"));
    await rollback(told(withoutCode(deploymentAt("2"))), world);
    expect(world.routes()).toEqual(allOn("1"));
  });

  it.each(["region", "alias", "release", "canary_minutes", "alarms", "functions", "machines"])(
    "is refused without %s, which no stack is moved without",
    (field) => {
      expect(() => told({ ...deploymentAt("2"), [field]: undefined })).toThrow("not the output `deployment`");
    },
  );

  it.each([
    ["no JSON", "Warning: no outputs", "is not JSON"],
    ["of a stack that was never applied", "null", "not the output `deployment`"],
  ])("is refused where it is %s", (_, text, sentence) => {
    expect(() => deploymentFrom(text)).toThrow(sentence);
  });
});
