// Checks that Lambda published what was built. The Terraform provider compares its own hashes and
// never asks for a version's code. After an update that was cut off, the next plan is empty, and a
// deploy would take old code for new.

import type { World } from "./aws-port.ts";
import type { DeployedFunction, Deployment } from "./deployment.ts";

/** Thrown before anything moves. The message says what to do. */
export class CodeNotPublished extends Error {
  override readonly name = "CodeNotPublished";
}

type Published = Pick<World, "publishedCode">;

export async function demandPublishedCode(deployment: Deployment, world: Published): Promise<void> {
  const stale: [string, DeployedFunction][] = [];
  for (const [name, target] of Object.entries(deployment.functions)) {
    if (!target.code_sha256) continue;
    if ((await world.publishedCode(target)) !== target.code_sha256) stale.push([name, target]);
  }
  if (stale.length === 0) return;
  const names = stale.map(([name, { version }]) => `${name}:${version}`).join(", ");
  const commands = stale.map(([name, target]) => publishing(deployment, name, target));
  throw new CodeNotPublished(
    `nothing was moved, the code of ${names} is not what was built. Publish it, then deploy again:\n${commands.join("\n")}`,
  );
}

/**
 * The command that publishes one function. Terraform takes over the new version's number with its
 * next refresh.
 */
const publishing = (
  { region, code_bucket }: Deployment,
  name: string,
  { function_name }: DeployedFunction,
): string =>
  `  aws lambda update-function-code --region ${region} --function-name ${function_name} --s3-bucket ${code_bucket} --s3-key ${name}.zip --publish`;
