// The HTTP server in front. It answers whatever arrives, and malformed requests get a problem
// document. It listens on both loopback addresses, because `localhost` means either.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { ContentTooLarge, InvalidRequest } from "../../../functions/lib/errors/registry.ts";
import { type Answer, assertUrl, type HttpRequest, requestOf } from "./http-request.ts";
import { problemAnswer } from "./problems.ts";

/** API Gateway's quota for a payload. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const OPTIONS = {
  requestTimeout: 30_000,
  headersTimeout: 15_000,
  keepAliveTimeout: 60_000,
  requireHostHeader: false,
};
/** Errors of listen() on a machine without IPv6. */
const NO_SUCH_ADDRESS = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);

export type Handle = (request: HttpRequest) => Promise<Answer>;

/** Called after each answer to a request. What is not HTTP at all does not count as a request. */
export type OnAnswered = (request: HttpRequest, status: number, milliseconds: number) => void;

/** Resolves when the port is open. Throws when it is taken. */
export async function serve(port: number, handle: Handle, onAnswered: OnAnswered): Promise<void> {
  await listenOn("127.0.0.1", port, handle, onAnswered);
  await listenOn("::1", port, handle, onAnswered).catch((error: NodeJS.ErrnoException) => {
    if (!NO_SUCH_ADDRESS.has(error.code ?? "")) throw error;
  });
}

function listenOn(host: string, port: number, handle: Handle, onAnswered: OnAnswered): Promise<Server> {
  const server = createServer(OPTIONS, listenerFor(handle, onAnswered));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => refuseConnection(socket, error.code));
  server.on("connect", (_request, socket) => refuseConnection(socket));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}

const listenerFor =
  (handle: Handle, onAnswered: OnAnswered): RequestListener =>
  async (incoming, outgoing) => {
    const began = performance.now();
    const body = await readBody(incoming);
    if (body === "aborted") return;
    const request = requestOf(incoming, body ?? Buffer.alloc(0));
    const answer = await answerTo(request, body === undefined, handle);
    onAnswered(request, answer.status, performance.now() - began);
    try {
      outgoing.writeHead(answer.status, { "x-request-id": request.id, ...answer.headers });
    } catch (error) {
      // A function named a header that HTTP does not allow.
      const { status, headers, body: problem } = problemAnswer(error, request.path, request.id);
      outgoing.writeHead(status, headers).end(problem);
      return;
    }
    outgoing.end(answer.body);
  };

async function answerTo(request: HttpRequest, isTooLarge: boolean, handle: Handle): Promise<Answer> {
  try {
    assertUrl(request);
    if (isTooLarge) throw new ContentTooLarge("the body exceeds 10 MB");
    return await handle(request);
  } catch (error) {
    return problemAnswer(error, request.path, request.id);
  }
}

/**
 * The whole body; undefined when it is too large. A body that is too large is still read to its
 * end, bounded by requestTimeout: a client that is still sending when the connection closes never
 * sees the answer.
 */
async function readBody(incoming: IncomingMessage): Promise<Buffer | "aborted" | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming) {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    }
  } catch {
    return "aborted"; // The client went away while sending: there is nobody to answer.
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

/** Answers what is not HTTP at all, on the bare connection. */
function refuseConnection(socket: Duplex, code?: string): void {
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const detail = code === undefined ? "tunnels are not offered" : `the request is not proper HTTP (${code})`;
  const { headers, body } = problemAnswer(new InvalidRequest(detail), "/", randomUUID());
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = Buffer.byteLength(String(body));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: ${length}\r\n${lines.join("")}\r\n${body}`,
  );
}
