// Who runs a script, for the operator's journal: the ARN of the AWS credentials that act, as STS
// tells it. On a laptop, whose credentials are nobody's, the user of the machine.
import { userInfo } from "node:os";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { signed } from "./signature.ts";

const BODY = "Action=GetCallerIdentity&Version=2011-06-15";

/**
 * The caller in a workspace; `profile` is the AWS profile where it is not the usual one. Throws a
 * sentence when STS does not say.
 */
export async function callerOf(workspace: string, profile?: string): Promise<string> {
  if (workspace === "local") return `local:${userInfo().username}`;
  // Any client finds region and credentials as all of them do.
  const { config } = new DynamoDBClient(profile ? { profile } : {});
  const [region, credentials] = await Promise.all([config.region(), config.credentials()]);
  const ending = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const endpoint = process.env.AWS_ENDPOINT_URL_STS || process.env.AWS_ENDPOINT_URL;
  const url = new URL(endpoint || `https://sts.${region}.${ending}/`);
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const request = { method: "POST", url, headers, body: BODY, region, service: "sts", at: new Date() };
  const answer = await fetch(url, { method: "POST", headers: signed(request, credentials), body: BODY });
  const text = await answer.text();
  const arn = /<Arn>([^<]+)<\/Arn>/.exec(text)?.[1];
  if (!answer.ok || !arn)
    throw new Error(
      `STS does not say who you are: ${answer.status} ${/<Message>([^<]*)/.exec(text)?.[1] ?? ""}`,
    );
  return arn;
}
