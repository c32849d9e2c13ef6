// Passes a request on to DynamoDB Local and brings its answer back unchanged. Every database call
// of the stack goes through here, so connections are kept open and nothing is parsed.
import type { IncomingHttpHeaders } from "node:http";
import type { Response } from "../common/http.ts";
import { askBytes, keptAlive } from "../common/post.ts";

const agent = keptAlive(64);

/**
 * Headers of one connection, which must not travel to the next one. Compression is among them,
 * because answers are read.
 */
const OF_THE_CONNECTION = new Set([
  "host",
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
  "expect",
]);

export type Answer = Response & { body: Buffer };

function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name in headers) if (!OF_THE_CONNECTION.has(name)) passed[name] = String(headers[name]);
  return passed;
}

/** Rejects when the server is gone or breaks off. */
export async function forward(url: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
  const answer = await askBytes(url, passedOn(headers), body, { agent, method: "POST" });
  const length = { "content-length": String(answer.body.length) };
  return { status: answer.status, headers: { ...passedOn(answer.headers), ...length }, body: answer.body };
}

type Asked = { service?: string; accessKeyId?: string | undefined };

/**
 * A call of the stack's own. Its signature names local credentials, and nobody checks it. A refusal
 * is an Error with the refusal's name.
 */
export async function call<Output = Record<string, unknown>>(
  url: string,
  operation: string,
  input: unknown,
  { service = "DynamoDB_20120810", accessKeyId = "local" }: Asked = {},
): Promise<Output> {
  const headers = {
    "x-amz-target": `${service}.${operation}`,
    "content-type": "application/x-amz-json-1.0",
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
  };
  const { status, body } = await forward(url, headers, Buffer.from(JSON.stringify(input)));
  const output = JSON.parse(body.toString()) as Output & { __type?: string };
  if (status === 200) return output;
  const error = new Error(`${operation}: ${body.toString()}`);
  error.name = output.__type?.split("#").at(-1) ?? error.name;
  throw error;
}
