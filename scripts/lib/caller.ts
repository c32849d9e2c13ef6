// Who runs a script, for the operator's journal: the ARN of the AWS credentials that act, as STS
// tells it. On a laptop, whose credentials are nobody's, the user of the machine.
import { userInfo } from "node:os";
import { signedCall } from "./signed-call.ts";

/**
 * The caller in a workspace; region and profile where they are not the usual ones. Throws a
 * sentence when STS does not say.
 */
export async function callerOf(workspace: string, profile?: string, region?: string): Promise<string> {
  if (workspace === "local") return `local:${userInfo().username}`;
  const { ok, status, text } = await signedCall({
    service: "sts",
    endpointVariable: "AWS_ENDPOINT_URL_STS",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
    ...(profile && { profile }),
    ...(region && { region }),
  });
  const arn = /<Arn>([^<]+)<\/Arn>/.exec(text)?.[1];
  if (!ok || !arn)
    throw new Error(`STS does not say who you are: ${status} ${/<Message>([^<]*)/.exec(text)?.[1] ?? ""}`);
  return arn;
}

/** The account's number, in an ARN of it. */
export const accountOf = (arn: string): string => arn.split(":")[4] ?? "";
