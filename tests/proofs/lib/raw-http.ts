// HTTP as strangers may send it: any bytes, and headers that stand twice. `fetch` would put them
// right.
import { Agent, request } from "node:http";

export type RawAnswer = { status: number; contentType: string; text: string; ms: number };
export type RawRequest = { method: string; path: string; headers: string[]; body?: Buffer | undefined };

export class RawHttp {
  private readonly agent: Agent;
  private readonly base: URL;

  constructor(url: string, connections: number) {
    this.base = new URL(url);
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  send({ method, path, headers, body }: RawRequest): Promise<RawAnswer> {
    const { hostname, port, host, pathname } = this.base;
    const began = performance.now();
    const length = body === undefined ? [] : ["content-length", String(body.length)];
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...{ agent: this.agent, hostname, port, method },
          path: `${pathname.replace(/\/$/, "")}${path}`,
          headers: ["host", host, ...headers, ...length],
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () =>
            resolve({
              status: incoming.statusCode ?? 0,
              contentType: incoming.headers["content-type"] ?? "",
              text: Buffer.concat(chunks).toString(),
              ms: performance.now() - began,
            }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
