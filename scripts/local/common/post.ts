// One request over kept-alive connections. An answer of any status resolves. Only a failed
// connection rejects. Node's fetch would take ten megabytes of each process, and more CPU.
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:http";

export type Answer<Body = string> = { status: number; headers: IncomingHttpHeaders; body: Body };
type How = { agent: Agent; method: string; signal?: AbortSignal };
export type Question = {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
};

/**
 * Idle connections are closed here before the server closes them: a write that meets a closing
 * connection is lost.
 */
export const keptAlive = (maxSockets: number): Agent =>
  new Agent({ keepAlive: true, maxSockets, timeout: 15_000, scheduling: "lifo" });

const agent = keptAlive(256);

export const post = (
  url: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<Answer> => ask(url, { method: "POST", headers, body, signal });

/** A GET, unless it says otherwise. */
export async function ask(url: string, question: Question = {}): Promise<Answer> {
  const { method = "GET", headers = {}, body = "", ...rest } = question;
  const answer = await askBytes(url, headers, Buffer.from(body), { agent, method, ...rest });
  return { ...answer, body: answer.body.toString() };
}

/** The same with bytes: nothing is read as text. */
export function askBytes(
  url: string,
  headers: Record<string, string>,
  body: Buffer,
  how: How,
): Promise<Answer<Buffer>> {
  return new Promise((resolve, reject) => {
    const length = { "content-length": String(body.length) };
    const call = request(url, { ...how, headers: { ...headers, ...length } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}
