// How a script reaches a workspace: in AWS by the usual AWS settings, on a laptop (`local`) by the addresses in CONTRA_HOME.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REGION } from "../local/common/settings.ts";

const { CONTRA_HOME = ".contra" } = process.env;

/** What a client of the AWS SDK is made with; nothing special in AWS. Throws when no stack runs on this laptop. */
export function reach(workspace: string, part: "messaging" | "lambda" | "dynamodb") {
  if (workspace !== "local") return {};
  const file = join(CONTRA_HOME, "stack.json");
  if (!existsSync(file)) throw new Error(`${file} is not there: no stack runs on this CONTRA_HOME`);
  const { parts } = JSON.parse(readFileSync(file, "utf8")) as { parts: Record<string, { url: string }> };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return { endpoint: parts[part]?.url ?? "", region: REGION, credentials, useQueueUrlAsEndpoint: false };
}
