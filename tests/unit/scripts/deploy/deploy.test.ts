import { describe, expect, it } from "@jest/globals";
import { deploy, rollback, WentBack } from "../../../../scripts/deploy/deploy.ts";
import { CodeNotPublished } from "../../../../scripts/deploy/published-code.ts";
import { NoWayBack } from "../../../../scripts/deploy/release.ts";
import { allOn, changedIn, type DeployWorld, deploymentAt, freshWorld } from "../../../support/deploy-aws.ts";

const CANARY = 10;

async function worldOnTwo(canaryMinutes = 0): Promise<DeployWorld> {
  const world = freshWorld();
  await deploy(deploymentAt("1", canaryMinutes), world);
  await deploy(deploymentAt("2", canaryMinutes), world);
  world.effects.length = 0;
  world.lines.length = 0;
  return world;
}

describe("a deploy", () => {
  it("moves steps before the API, and machines last", async () => {
    const world = freshWorld();
    await deploy(deploymentAt("2"), world);
    expect(world.effects).toEqual([
      "record deploying",
      "authorize-payment → 2",
      "capture-payment → 2",
      "accept-payment → 2",
      "read-payment → 2",
      "card-payment → 2",
      "record deployed",
    ]);
  });

  it("moves nothing when it is run again", async () => {
    const world = await worldOnTwo();
    const before = world.record;
    await deploy(deploymentAt("2"), world);
    expect(world.effects).toEqual(["record deploying", "record deployed"]);
    expect(world.record).toEqual(before);
  });

  it("is told when an alias is not where it was moved to", async () => {
    const world = await worldOnTwo();
    world.stuck.push("read-payment");
    await expect(deploy(deploymentAt("3"), world)).rejects.toThrow("read-payment is on 2, not 3");
    expect(world.record.phase).toBe("deploying");
  });

  it.each([false, true])("moves nothing to code that was not built, at once or not (%s)", async (atOnce) => {
    const world = await worldOnTwo();
    world.stale.push("capture-payment");
    await expect(deploy(deploymentAt("3"), world, atOnce)).rejects.toThrow(CodeNotPublished);
    expect(world.effects).toEqual([]);
  });

  it("says how to publish what was built", async () => {
    const world = await worldOnTwo();
    world.stale.push("capture-payment");
    await expect(deploy(deploymentAt("3"), world)).rejects.toThrow(
      "the code of capture-payment:3 is not what was built. Publish it, then deploy again:\n" +
        "  aws lambda update-function-code --region us-east-1 --function-name capture-payment --s3-bucket dev-code --s3-key capture-payment.zip --publish",
    );
  });

  it("moves what was applied without a build, whatever its code is", async () => {
    const world = await worldOnTwo();
    world.stale.push("capture-payment");
    const unbuilt = deploymentAt("3");
    for (const target of Object.values(unbuilt.functions)) target.code_sha256 = null;
    await deploy(unbuilt, world);
    expect(world.routes()).toEqual(allOn("3"));
  });

  it("leaves a function that it does not know of where it is", async () => {
    const world = await worldOnTwo();
    const { functions, ...rest } = deploymentAt("3");
    const { "read-payment": _, ...others } = functions;
    await deploy({ ...rest, functions: others }, world);
    expect(world.routes()).toEqual({ ...allOn("3"), "read-payment": "2" });
  });
});

describe("a canary", () => {
  it("gives a tenth of the traffic to the API's functions, then to the machines, before the rest", async () => {
    const world = await worldOnTwo(CANARY);
    await deploy(deploymentAt("3", CANARY), world);
    expect(world.effects).toEqual([
      "record deploying",
      "authorize-payment → 3",
      "capture-payment → 3",
      "accept-payment → 2 and 10 % 3",
      "read-payment → 2 and 10 % 3",
      "card-payment → 2 and 10 % 3",
      "card-payment → 3",
      "record deployed",
    ]);
    expect(world.routes()).toEqual(allOn("3"));
  });

  it("takes everything back when CodeDeploy does", async () => {
    const world = await worldOnTwo(CANARY);
    world.bad.push("accept-payment");
    await expect(deploy(deploymentAt("3", CANARY), world)).rejects.toThrow(WentBack);
    expect(world.routes()).toEqual(allOn("2"));
    expect(world.record).toMatchObject({ phase: "gone-back", stable: { machines: { "card-payment": "2" } } });
  });

  it("ends the other functions' canaries when one fails", async () => {
    const world = await worldOnTwo(CANARY);
    world.canaryState = async () => ({ state: "failed", detail: "an alarm is red" });
    await expect(deploy(deploymentAt("3", CANARY), world)).rejects.toThrow(WentBack);
    expect(world.effects).toEqual(expect.arrayContaining(["stop accept-payment", "stop read-payment"]));
    expect(world.routes()).toEqual(allOn("2"));
  });

  it("takes everything back, the machine first, when an alarm is red while machines are tried", async () => {
    const world = await worldOnTwo(CANARY);
    world.redAfter(10, "machine");
    await expect(deploy(deploymentAt("3", CANARY), world)).rejects.toThrow("red: machine");
    expect(world.effects.slice(-6)).toEqual([
      "card-payment → 2",
      "accept-payment → 2",
      "read-payment → 2",
      "authorize-payment → 2",
      "capture-payment → 2",
      "record gone-back",
    ]);
  });

  it("takes everything back when the steps that moved before it make an alarm red", async () => {
    const world = await worldOnTwo(CANARY);
    world.redAfter(1, "defects");
    await expect(deploy(deploymentAt("3", CANARY), world)).rejects.toThrow("red: defects");
    expect(world.effects).toEqual(expect.arrayContaining(["stop accept-payment", "capture-payment → 2"]));
    expect(world.effects).not.toContain("card-payment → 2 and 10 % 3");
    expect(world.routes()).toEqual(allOn("2"));
  });

  it("does not begin while an alarm is red", async () => {
    const world = await worldOnTwo(CANARY);
    world.red.push("api");
    await expect(deploy(deploymentAt("3", CANARY), world)).rejects.toThrow("red already: api");
    expect(world.effects).toEqual([]);
  });

  it("is left out for a fix of what makes the alarms red", async () => {
    const world = await worldOnTwo(CANARY);
    world.red.push("api");
    await deploy(deploymentAt("3", CANARY), world, true);
    expect(world.effects).toContain("accept-payment → 3");
    expect(world.routes()).toEqual(allOn("3"));
  });

  it("leaves the new versions where they are, and says so, in a stack without an earlier release", async () => {
    const world = freshWorld();
    world.bad.push("accept-payment");
    await expect(deploy(deploymentAt("2", CANARY), world)).rejects.toThrow(
      "no earlier release to go back to",
    );
    expect(world.routes()["authorize-payment"]).toBe("2");
  });
});

describe("a deploy of nothing but a step", () => {
  const stepOnly = changedIn(deploymentAt("2", CANARY), deploymentAt("3", CANARY), "capture-payment");
  /** One look before anything moves, and one every 15 seconds. */
  const WATCHED = 1 + (CANARY * 60) / 15;

  it("watches the rollback alarms for as long as a canary takes", async () => {
    const world = await worldOnTwo(CANARY);
    world.looks = 0;
    await deploy(stepOnly, world);
    expect(world.effects).toEqual(["record deploying", "capture-payment → 3", "record deployed"]);
    expect(world.looks).toBe(WATCHED);
  });

  it.each([2, WATCHED - 1])("takes the step back when an alarm turns red at look %d", async (look) => {
    const world = await worldOnTwo(CANARY);
    world.redAfter(look, "defects");
    await expect(deploy(stepOnly, world)).rejects.toThrow(WentBack);
    expect(world.routes()).toEqual(allOn("2"));
    expect(world.record).toMatchObject({
      phase: "gone-back",
      stable: { functions: { "capture-payment": "2" } },
    });
  });

  it("watches again when the one before it died while it watched", async () => {
    const world = await worldOnTwo(CANARY);
    world.dieAt(1, true);
    await expect(deploy(stepOnly, world)).rejects.toThrow("capture-payment");
    world.live();
    world.looks = 0;
    world.redAfter(WATCHED - 1, "defects");
    await expect(deploy(stepOnly, world)).rejects.toThrow(WentBack);
    expect(world.looks).toBe(WATCHED);
    expect(world.routes()).toEqual(allOn("2"));
  });

  it("watches nothing when nothing moved and nothing is unproven", async () => {
    const world = await worldOnTwo(CANARY);
    world.looks = 0;
    await deploy(deploymentAt("2", CANARY), world);
    expect(world.looks).toBe(1);
  });

  it("watches nothing when it is to move at once", async () => {
    const world = await worldOnTwo(CANARY);
    world.looks = 0;
    await deploy(stepOnly, world, true);
    expect(world.looks).toBe(0);
    expect(world.routes()["capture-payment"]).toBe("3");
  });
});

describe("a rollback", () => {
  it("moves machines first, then the API, then the steps", async () => {
    const world = await worldOnTwo();
    await rollback(deploymentAt("2"), world);
    expect(world.effects).toEqual([
      "record going-back",
      "card-payment → 1",
      "accept-payment → 1",
      "read-payment → 1",
      "authorize-payment → 1",
      "capture-payment → 1",
      "record gone-back",
    ]);
  });

  it("goes no further back when it is run again", async () => {
    const world = await worldOnTwo();
    await deploy(deploymentAt("3"), world);
    await rollback(deploymentAt("3"), world);
    await rollback(deploymentAt("3"), world);
    expect(world.routes()).toEqual(allOn("2"));
  });

  it("is refused where nothing ran before, and moves nothing", async () => {
    const world = freshWorld();
    await deploy(deploymentAt("1"), world);
    await expect(rollback(deploymentAt("1"), world)).rejects.toThrow(NoWayBack);
    expect(world.routes()).toEqual(allOn("1"));
  });

  it("names what the earlier release had and the stack has no longer, and goes back with the rest", async () => {
    const world = await worldOnTwo();
    const { functions, ...rest } = deploymentAt("2");
    const { "read-payment": _, ...others } = functions;
    await rollback({ ...rest, functions: others }, world);
    expect(world.lines).toContain("read-payment: exists no longer");
    expect(world.routes()).toEqual({ ...allOn("1"), "read-payment": "2" });
  });
});

/** How many effects it has, so that a test may let it die at each of them. */
async function effectsOf(run: (world: DeployWorld) => Promise<void>, canary: number): Promise<number> {
  const world = await worldOnTwo(canary);
  await run(world);
  return world.effects.length;
}

describe.each([0, CANARY])("with a canary of %d minutes, wherever a deploy dies", (canary) => {
  const toThree = (world: DeployWorld) => deploy(deploymentAt("3", canary), world);
  const back = (world: DeployWorld) => rollback(deploymentAt("3", canary), world);

  async function deadDeploys(): Promise<DeployWorld[]> {
    const worlds: DeployWorld[] = [];
    const count = await effectsOf(toThree, canary);
    for (let at = 0; at < count; at++) {
      for (const answerLost of [false, true]) {
        const world = await worldOnTwo(canary);
        world.dieAt(at, answerLost);
        await expect(toThree(world)).rejects.toThrow();
        world.live();
        worlds.push(world);
      }
    }
    expect(worlds.length).toBeGreaterThan(10);
    return worlds;
  }

  it("ends when it is run again, with the way back kept", async () => {
    for (const world of await deadDeploys()) {
      await toThree(world);
      expect(world.routes()).toEqual(allOn("3"));
      await back(world);
      expect(world.routes()).toEqual(allOn("2"));
    }
  });

  it("is left by a rollback, also by one that dies itself", async () => {
    const longest = 12;
    for (const world of await deadDeploys()) {
      // Dead before its intent is written, the deploy never began; a deploy whose end is written
      // has ended: one release back.
      const { phase } = world.record;
      const stableWas =
        phase === "deployed" && world.record.stable?.machines["card-payment"] === "2" ? "1" : "2";
      for (let at = 0; at < longest; at++) {
        world.dieAt(at, at % 2 === 0);
        await back(world).catch(() => undefined);
        world.live();
      }
      await back(world);
      expect(world.routes()).toEqual(allOn(stableWas));
    }
  });
});
