// Passes a request on to DynamoDB Local and brings its answer back unchanged. Every database call
// of the stack goes through here, so connections are kept open and nothing is parsed.
import { Agent, type IncomingHttpHeaders, request as send } from "node:http";
import type { Response } from "../common/http.ts";

/**
 * Idle connections are closed here before the server closes them: a write that meets a closing
 * connection is lost.
 */
const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 15_000, scheduling: "lifo" });

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

/** Rejects when the server is gone or breaks off. */
export function forward(url: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
  const passed = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
  return new Promise((resolve, reject) => {
    const outgoing = send(url, {
      agent,
      method: "POST",
      headers: { ...Object.fromEntries(passed), "content-length": body.length },
    });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.once("error", reject);
      incoming.once("end", () => {
        const answer = Buffer.concat(chunks);
        const kept = Object.entries(incoming.headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
        const texts = kept.map(([name, value]) => [name, String(value)]);
        resolve({
          status: incoming.statusCode ?? 502,
          headers: { ...Object.fromEntries(texts), "content-length": String(answer.length) },
          body: answer,
        });
      });
    });
    outgoing.end(body);
  });
}

/** A call of the stack's own. Its signature names local credentials, and nobody checks it. */
export async function call(url: string, operation: string, input: unknown): Promise<Record<string, unknown>> {
  const headers = {
    "x-amz-target": `DynamoDB_20120810.${operation}`,
    "content-type": "application/x-amz-json-1.0",
    authorization:
      "AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
  };
  const answer = await forward(url, headers, Buffer.from(JSON.stringify(input)));
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.body.toString()}`);
  return JSON.parse(answer.body.toString()) as Record<string, unknown>;
}
