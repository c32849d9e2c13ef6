// A small HTTP server for the parts of the local cloud. A function routes, bodies are read whole,
// and every error is visible.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";

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
  const server = createServer({ keepAliveTimeout: 60_000 }, async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of incoming) {
        size += chunk.length;
        if (size <= maxBytes) chunks.push(chunk);
      }
    } catch {
      return; // The client went away while sending: there is nobody to answer.
    }
    const gone = new AbortController();
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    const answer = size > maxBytes ? json(413, { message: "Request Too Long" }) : await answerFor(chunks);
    if (answer.destroy) return void outgoing.destroy();
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(answer.body);

    async function answerFor(parts: Buffer[]): Promise<Response> {
      const url = new URL(incoming.url ?? "/", "http://local");
      try {
        return await handle({
          method: incoming.method ?? "GET",
          path: url.pathname,
          query: url.searchParams,
          headers: incoming.headers,
          rawHeaders: incoming.rawHeaders,
          body: Buffer.concat(parts),
          gone: gone.signal,
        });
      } catch (error) {
        console.error(`${incoming.method} ${url.pathname}:`, error);
        return json(500, { __type: "InternalFailure", message: String(error) });
      }
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}
