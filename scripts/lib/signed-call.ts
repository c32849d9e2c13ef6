// A call of an AWS service that no client of ours speaks to: a signed POST.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { signed } from "./signature.ts";

export type SignedCall = {
  /** As its host and its signature name it: `sts`. */
  service: string;
  /** The variable that names another endpoint of this service alone, as AWS's own tools read it. */
  endpointVariable: string;
  headers: Record<string, string>;
  body: string;
  /** Where they are not the usual ones. */
  region?: string;
  profile?: string;
};
export type SignedAnswer = { ok: boolean; status: number; text: string };

export async function signedCall(call: SignedCall): Promise<SignedAnswer> {
  const { service, endpointVariable, headers, body, region: asked, profile } = call;
  // Any client finds region and credentials as all of them do.
  const { config } = new DynamoDBClient({ ...(asked && { region: asked }), ...(profile && { profile }) });
  const [region, credentials] = await Promise.all([config.region(), config.credentials()]);
  const ending = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const endpoint = process.env[endpointVariable] || process.env.AWS_ENDPOINT_URL;
  const url = new URL(endpoint || `https://${service}.${region}.${ending}/`);
  const request = { method: "POST", url, headers, body, region, service, at: new Date() };
  const answer = await fetch(url, { method: "POST", headers: signed(request, credentials), body });
  return { ok: answer.ok, status: answer.status, text: await answer.text() };
}
