// One POST over kept-alive connections. An answer of any status resolves. Only a
// failed connection rejects.

import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:http";

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

/** Idle connections are closed here before the server closes them, as in dynamodb/forward.ts. */
const agent = new Agent({ keepAlive: true, maxSockets: 256, timeout: 15_000, scheduling: "lifo" });

export function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const call = request(
      url,
      { method: "POST", agent, signal, headers: { ...headers, ...length } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
        });
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}
