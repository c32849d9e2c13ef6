import { describe, expect, it } from "@jest/globals";
import { codeDeploy } from "../../../../scripts/deploy/code-deploy.ts";
import { deploymentAt } from "../../../support/deploy-aws.ts";

type Call = { operation: string; input: Record<string, unknown> };

/** CodeDeploy as far as it is asked: answers by operation, and what was asked. */
function stub(answers: Record<string, unknown>) {
  const calls: Call[] = [];
  const send = async (command: { input: Record<string, unknown>; constructor: { name: string } }) => {
    const operation = command.constructor.name.replace(/Command$/, "");
    calls.push({ operation, input: command.input });
    const answer = answers[operation];
    if (answer instanceof Error) throw answer;
    return answer ?? {};
  };
  return { calls, canaries: codeDeploy({ send } as unknown as Parameters<typeof codeDeploy>[0], "live") };
}

const target = deploymentAt("1", 10).functions["accept-payment"];
const step = deploymentAt("1", 10).functions["capture-payment"];
if (!target || !step) throw new Error("the stack has no such function");
const state = (status: string, more = {}) => ({ GetDeployment: { deploymentInfo: { status, ...more } } });

describe("a canary of CodeDeploy", () => {
  it("moves the function's alias from the one version to the other", async () => {
    const { calls, canaries } = stub({ CreateDeployment: { deploymentId: "d-1" } });
    expect(await canaries.startCanary(target, "4", "5")).toBe("d-1");
    const { applicationName, deploymentGroupName, revision } = calls[0]?.input ?? {};
    expect({ applicationName, deploymentGroupName }).toEqual({
      applicationName: "functions",
      deploymentGroupName: "accept-payment",
    });
    const { content } = (revision as { appSpecContent: { content: string } }).appSpecContent;
    expect(JSON.parse(content).Resources).toEqual([
      {
        "accept-payment": {
          Type: "AWS::Lambda::Function",
          Properties: { Name: "accept-payment", Alias: "live", CurrentVersion: "4", TargetVersion: "5" },
        },
      },
    ]);
  });

  it("is not started for a function without a group", async () => {
    const { calls, canaries } = stub({});
    await expect(canaries.startCanary(step, "4", "5")).rejects.toThrow("has no deployment group");
    expect(await canaries.runningCanaries(step)).toEqual([]);
    expect(calls).toEqual([]);
  });

  it.each([
    ["InProgress", "running"],
    ["Queued", "running"],
    ["Succeeded", "succeeded"],
    ["Failed", "failed"],
    ["Stopped", "failed"],
  ])("that is %s counts as %s", async (status, expected) => {
    const { canaries } = stub(state(status));
    expect((await canaries.canaryState("d-1")).state).toBe(expected);
  });

  it("that failed says why", async () => {
    const { canaries } = stub(state("Stopped", { errorInformation: { message: "an alarm was red" } }));
    expect((await canaries.canaryState("d-1")).detail).toBe("d-1 Stopped: an alarm was red");
  });

  it("is stopped with CodeDeploy's own way back", async () => {
    const { calls, canaries } = stub(state("InProgress", { creator: "user" }));
    await canaries.stopCanary("d-1");
    expect(calls.at(-1)).toEqual({
      operation: "StopDeployment",
      input: { deploymentId: "d-1", autoRollbackEnabled: true },
    });
  });

  it("is left alone where it is such a way back already", async () => {
    const { calls, canaries } = stub(state("InProgress", { creator: "codeDeployRollback" }));
    await canaries.stopCanary("d-1");
    expect(calls.map(({ operation }) => operation)).toEqual(["GetDeployment"]);
  });

  it("may have ended before it is stopped, but no other refusal is passed over", async () => {
    const named = (name: string) => Object.assign(new Error(name), { name });
    const info = state("InProgress", { creator: "user" });
    const ended = stub({ ...info, StopDeployment: named("DeploymentAlreadyCompletedException") });
    await expect(ended.canaries.stopCanary("d-1")).resolves.toBeUndefined();
    const refused = stub({ ...info, StopDeployment: named("AccessDeniedException") });
    await expect(refused.canaries.stopCanary("d-1")).rejects.toThrow("AccessDeniedException");
  });
});
