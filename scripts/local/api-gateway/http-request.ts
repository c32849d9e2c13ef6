// One HTTP request as the gateway judges it: the URL as it was sent, and headers as API Gateway
// hands them on.
import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { InvalidRequest } from "../../../functions/lib/errors/registry.ts";
import { newTrace, TRACE_HEADER, traceIn } from "../common/trace.ts";

export type HttpRequest = {
  id: string;
  method: string;
  /** As sent, still percent-encoded. */
  path: string;
  query: string;
  /** Names are in lower case. Values of a header that was sent twice are joined with a comma. */
  headers: Record<string, string>;
  body: Buffer;
  protocol: string;
  sourceIp: string;
  /** Whose token came with it. Undefined until that is known. */
  merchant?: string | undefined;
};

/** What the gateway answers. An array is a header that is sent once per value. */
export type Answer = { status: number; headers: Record<string, string | string[]>; body?: string | Buffer };

export const jsonAnswer = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});

/** The request with its whole body. `path` and `query` are not judged yet. */
export function requestOf(incoming: IncomingMessage, body: Buffer): HttpRequest {
  // A proxy's absolute form names the host again.
  const target = (incoming.url ?? "/").replace(/^https?:\/\/[^/?]*(?=[/?]|$)/i, "");
  const [path = "", ...query] = target.split("?");
  return {
    id: randomUUID(),
    method: incoming.method ?? "GET",
    path: path || "/",
    query: query.join("?"),
    headers: withTrace(joinedHeaders(incoming.rawHeaders)),
    body,
    protocol: `HTTP/${incoming.httpVersion}`,
    sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
  };
}

/** Adds a trace to a request that has none, as the front of AWS does. */
const withTrace = (headers: Record<string, string>): Record<string, string> => ({
  ...headers,
  [TRACE_HEADER]: traceIn(headers) ?? newTrace(),
});

function joinedHeaders(raw: string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]).toLowerCase();
    const value = String(raw[index + 1]);
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(headers);
}

/** Throws InvalidRequest for a URL that nobody could decode. */
export function assertUrl({ path, query }: HttpRequest): void {
  if (!path.startsWith("/")) throw new InvalidRequest("the request target must be a path");
  if (/[^\x21-\x7e]/.test(path + query))
    throw new InvalidRequest("the URL must be printable ASCII, percent-encoded");
  for (const part of [path, query]) {
    try {
      decodeURIComponent(part);
    } catch {
      throw new InvalidRequest("the URL's percent-encoding is broken");
    }
  }
}

const TEXT_TYPE = /^(text\/|application\/(json|javascript|xml)\b|[^;]*\+(json|xml)\b)/i;

/** True when API Gateway hands the body on as text: its type says text, and it is text. */
export const isText = ({ headers, body }: HttpRequest): boolean =>
  TEXT_TYPE.test(headers["content-type"] ?? "text/plain") && isUtf8(body);
