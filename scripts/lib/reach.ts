// How a script reaches a workspace. In AWS the usual AWS settings say it. On a laptop (`local`) the
// running stack names the addresses.
import { REGION } from "../local/common/settings.ts";
import { runningStack } from "./running-stack.ts";

/** The settings of an AWS SDK client; empty for AWS. Throws when no stack runs on this laptop. */
export function reach(workspace: string, part: "messaging" | "lambda" | "dynamodb") {
  if (workspace !== "local") return {};
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const endpoint = runningStack().parts[part]?.url ?? "";
  return { endpoint, region: REGION, credentials, useQueueUrlAsEndpoint: false };
}
