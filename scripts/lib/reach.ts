// How a script reaches a workspace: in AWS by the usual AWS settings, on a laptop (`local`) by the
// addresses that the running stack names.
import { REGION } from "../local/common/settings.ts";
import { runningStack } from "./running-stack.ts";

/**
 * What a client of the AWS SDK is made with; nothing special in AWS. Throws when no stack runs on
 * this laptop.
 */
export function reach(workspace: string, part: "messaging" | "lambda" | "dynamodb") {
  if (workspace !== "local") return {};
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const endpoint = runningStack().parts[part]?.url ?? "";
  return { endpoint, region: REGION, credentials, useQueueUrlAsEndpoint: false };
}
