// A small HTTP server for the parts of the local cloud. A function routes, bodies are read whole,
// and every error is visible.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";

export type Request = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Name, value, name, value …, as they came. It shows a header that was sent twice. */
  rawHeaders: string[];
  body: Buffer;
  /** Aborted when the client hangs up before the answer. */
  gone?: AbortSignal;
};

/** `destroy` closes the connection without an answer. A client sees a lost answer like that. */
export type Response = {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  destroy?: boolean;
};

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Response => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});

/**
 * Listens on 127.0.0.1 and resolves when the port is open. A body of more than `maxBytes` gets 413.
 */
export async function listen(
  port: number,
  handle: (request: Request) => Promise<Response> | Response,
  maxBytes = 16 * 1024 * 1024,
): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
    });
    // A client that goes away while it sends needs no answer.
    incoming.on("error", () => undefined);
    incoming.on("end", () => {
      const isTooLong = size > maxBytes;
      const answered = isTooLong
        ? Promise.resolve(json(413, { message: "Request Too Long" }))
        : answerTo(incoming, outgoing, Buffer.concat(chunks), handle);
      void answered.then((answer) => {
        if (answer.destroy) return void outgoing.destroy();
        outgoing.writeHead(answer.status, answer.headers);
        outgoing.end(answer.body);
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}

async function answerTo(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: Buffer,
  handle: (request: Request) => Promise<Response> | Response,
): Promise<Response> {
  const { method = "GET", url = "/", headers, rawHeaders } = incoming;
  const [path = "/", ...query] = url.split("?");
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  try {
    const request = { method, path, query: new URLSearchParams(query.join("?")), headers, rawHeaders };
    return await handle({ ...request, body, gone: gone.signal });
  } catch (error) {
    console.error(`${method} ${path}:`, error);
    return json(500, { __type: "InternalFailure", message: String(error) });
  }
}
