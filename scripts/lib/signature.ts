// The signature of a request to AWS (Signature Version 4), for the one service that no client of
// ours speaks to.
import { createHash, createHmac } from "node:crypto";

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
export type SignedRequest = {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
  region: string;
  service: string;
  at: Date;
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** The request's headers, with those that sign it. */
export function signed(request: SignedRequest, credentials: Credentials): Record<string, string> {
  const { method, url, body, region, service, at } = request;
  const time = at.toISOString().replace(/[:-]|\.\d{3}/g, "");
  const date = time.slice(0, 8);
  const { sessionToken } = credentials;
  const headers = Object.fromEntries(
    Object.entries({
      ...request.headers,
      host: url.host,
      "x-amz-date": time,
      ...(sessionToken ? { "x-amz-security-token": sessionToken } : {}),
    }).map(([name, value]) => [name.toLowerCase(), value.trim()]),
  );
  const names = Object.keys(headers).sort();
  const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join("=")).sort();
  const canonical = [
    method,
    url.pathname,
    query.join("&"),
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    sha256(body),
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = [region, service, "aws4_request"].reduce<Buffer>(
    (derived, part) => hmac(derived, part),
    hmac(`AWS4${credentials.secretAccessKey}`, date),
  );
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString(
    "hex",
  );
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}
