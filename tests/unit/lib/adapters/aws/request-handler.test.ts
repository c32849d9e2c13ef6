// How the SDK's requests are sent: what comes back, what ends a call, and what is left of it.
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { deadline } from "../../../../../functions/lib/adapters/aws/request-handler.ts";
import { closeServers, urlOf } from "../../../../support/servers.ts";
import { until } from "../../../../support/until.ts";

/** Longer than any test. */
const EVER = 60_000;

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
/** The sockets that were ever connected. */
let sockets: Set<unknown>;
beforeEach(async () => {
  sockets = new Set();
  answer = (_, response) => response.end();
  server = createServer((request, response) => answer(request, response));
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => closeServers(server));

/** One request to the server of this test. */
async function send(milliseconds: number, asked: { method?: string; body?: string | Uint8Array } = {}) {
  const { hostname, port } = new URL(urlOf(server));
  const to = { protocol: "http:", hostname, port: Number(port), path: "/", headers: {} };
  return (await deadline(milliseconds).handle({ method: "POST", ...to, ...asked })).response;
}

const timers = (): number => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
const open = (): Promise<number> =>
  new Promise((resolve) => server.getConnections((_, count) => resolve(count)));

describe("an answer", () => {
  it("comes whole, in however many pieces", async () => {
    answer = (_, response) => {
      response.writeHead(201, "Made", { "x-one": "1", "set-cookie": ["a=1", "b=2"] });
      for (const piece of ["he", "ll", "o"]) response.write(piece);
      response.end();
    };
    const { body, ...rest } = await send(EVER);
    expect(Buffer.from(body).toString()).toBe("hello");
    expect(rest).toMatchObject({ statusCode: 201, reason: "Made", headers: { "x-one": "1" } });
    expect(rest.headers["set-cookie"]).toBe("a=1,b=2");
  });

  it.each([
    ["to HEAD", "HEAD", 200],
    ["of 204", "POST", 204],
    ["of 304", "GET", 304],
  ])("%s has no body, and is one all the same", async (_, method, status) => {
    answer = (__, response) => response.writeHead(status, { etag: "x" }).end();
    expect(await send(EVER, { method })).toMatchObject({ statusCode: status, body: Buffer.alloc(0) });
  });

  it("is the last one, where the server first says that it goes on", async () => {
    answer = (_, response) => {
      response.writeProcessing();
      response.end("done");
    };
    expect(Buffer.from((await send(EVER)).body).toString()).toBe("done");
  });

  it.each<[string, string | Uint8Array | undefined]>([
    ["a text", "grüße"],
    ["bytes", new Uint8Array(gzipSync("grüße"))],
    ["nothing", undefined],
  ])("is given to %s, as it was sent", async (_, body) => {
    answer = (request, response) => request.pipe(response);
    const got = Buffer.from((await send(EVER, body === undefined ? {} : { body })).body);
    if (typeof body === "object") expect(gunzipSync(got).toString()).toBe("grüße");
    else expect(got.toString()).toBe(body ?? "");
  });
});

describe("a connection", () => {
  it("serves one call after the other", async () => {
    for (let call = 0; call < 3; call++) await send(EVER);
    expect(sockets.size).toBe(1);
  });

  it("is one of fifty at most, and who waits for one is not taken for who cannot connect", async () => {
    const held: ServerResponse[] = [];
    answer = (_, response) => held.push(response);
    const calls = Array.from({ length: 51 }, () => send(EVER));
    await until(() => held.length >= 50, "fifty calls are there");
    // Longer than a call has for connecting.
    const began = performance.now();
    await until(() => performance.now() - began > 1_200, "the last one has waited");
    expect(sockets.size).toBe(50);
    for (const response of held.splice(0)) response.end("done");
    await until(() => held.length === 1, "the last one has its turn");
    held[0]?.end("done");
    expect(await Promise.all(calls)).toHaveLength(51);
  });

  it("that the server closed costs a try of the SDK, and no call", async () => {
    let asked = 0;
    answer = (request, response) => {
      asked += 1;
      if (asked === 2) request.socket.resetAndDestroy();
      else response.end('{"Item":{"pk":{"S":"1"}}}');
    };
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new DynamoDBClient({
      region: "us-east-1",
      credentials,
      endpoint: urlOf(server),
      requestHandler: deadline(EVER),
    });
    const get = () => client.send(new GetItemCommand({ TableName: "t", Key: { pk: { S: "1" } } }));
    await get();
    expect(await get()).toMatchObject({ Item: { pk: { S: "1" } }, $metadata: { attempts: 2 } });
    expect([asked, sockets.size]).toEqual([3, 2]);
  });
});

describe("a call ends, and leaves neither a connection nor a timer,", () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ["no answer", () => undefined],
    ["half an answer", (response) => response.write("half")],
  ])("by its deadline where there is %s", async (_, begun) => {
    const before = timers();
    answer = (__, response) => begun(response);
    await expect(send(100)).rejects.toMatchObject({ name: "TimeoutError" });
    await until(async () => (await open()) === 0, "the connection is closed");
    expect(timers()).toBe(before);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ["before its answer", (response) => response.socket?.resetAndDestroy()],
    [
      "in the middle of its answer",
      (response) => {
        response.writeHead(200, { "content-length": "9" });
        response.write("half", () => response.socket?.destroy());
      },
    ],
  ])("where the connection breaks %s", async (_, breaks) => {
    const before = timers();
    answer = (__, response) => breaks(response);
    await expect(send(EVER)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(timers()).toBe(before);
  });

  it("where nobody listens", async () => {
    const before = timers();
    const url = urlOf(server);
    closeServers(server);
    await until(() => !server.listening, "the server is closed");
    const { hostname, port } = new URL(url);
    const to = { protocol: "http:", hostname, port: Number(port), path: "/", headers: {}, method: "POST" };
    await expect(deadline(EVER).handle(to)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(timers()).toBe(before);
  });

  it("once it is answered", async () => {
    const before = timers();
    await send(EVER);
    expect(timers()).toBe(before);
  });

  it("within a second where it does not connect", async () => {
    const never = Object.assign(new Socket(), { connecting: true });
    const agent = Agent.prototype as unknown as { createConnection: () => Socket };
    const connect = jest.spyOn(agent, "createConnection").mockReturnValue(never);
    try {
      await expect(send(EVER)).rejects.toMatchObject({ name: "TimeoutError" });
      expect(never.destroyed).toBe(true);
    } finally {
      connect.mockRestore();
    }
  });
});
