// CodeDeploy's part. It moves a function's alias in two steps, watches the group's alarms, and
// takes the traffic back by itself.
import {
  type CodeDeployClient,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import type { World } from "./aws-port.ts";
import type { Canary, DeployedFunction } from "./deployment.ts";

type Canaries = Pick<World, "runningCanaries" | "startCanary" | "canaryState" | "stopCanary">;

const namesOf = ({
  canary,
  function_name,
}: DeployedFunction): { applicationName: string; deploymentGroupName: string } => {
  if (!canary) throw new Error(`${function_name} has no deployment group`);
  const { application, group }: Canary = canary;
  return { applicationName: application, deploymentGroupName: group };
};

/** What CodeDeploy shall do, in its own format. */
const appSpec = (Name: string, Alias: string, CurrentVersion: string, TargetVersion: string): string =>
  JSON.stringify({
    version: 0.0,
    Resources: [
      {
        [Name]: { Type: "AWS::Lambda::Function", Properties: { Name, Alias, CurrentVersion, TargetVersion } },
      },
    ],
  });

export const codeDeploy = (client: Pick<CodeDeployClient, "send">, alias: string): Canaries => ({
  async runningCanaries(target) {
    if (!target.canary) return [];
    const command = new ListDeploymentsCommand({
      ...namesOf(target),
      includeOnlyStatuses: ["Created", "Queued", "InProgress", "Baking", "Ready"],
    });
    return (await client.send(command)).deployments ?? [];
  },

  async startCanary(target, from, to) {
    const content = appSpec(target.function_name, alias, from, to);
    const { deploymentId } = await client.send(
      new CreateDeploymentCommand({
        ...namesOf(target),
        revision: { revisionType: "AppSpecContent", appSpecContent: { content } },
      }),
    );
    if (!deploymentId) throw new Error(`CodeDeploy named no deployment for ${target.function_name}`);
    return deploymentId;
  },

  async canaryState(deploymentId) {
    const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
    const { status, errorInformation } = deploymentInfo ?? {};
    if (status === "Succeeded") return { state: "succeeded", detail: "" };
    const detail = `${deploymentId} ${status}: ${errorInformation?.message ?? "no reason given"}`;
    return { state: status === "Failed" || status === "Stopped" ? "failed" : "running", detail };
  },

  async stopCanary(deploymentId) {
    const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }));
    // CodeDeploy's own way back. Stopping it would leave the traffic between two versions.
    if (deploymentInfo?.creator === "codeDeployRollback") return;
    await client
      .send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }))
      .catch((error: Error) => {
        if (error.name !== "DeploymentAlreadyCompletedException") throw error;
      });
  },
});
