// The demo's client towards a stack that is busy, and the time scale that it asks for.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Contra } from "../../../../scripts/demo/client.ts";
import { scaleFor, timeScale } from "../../../../scripts/demo/time-scale.ts";

type Reply = { status: number; retryAfter?: string };

let server: Server;
let url: string;
let replies: Reply[];
let keys: (string | undefined)[];

const keyOf = ({ headers }: IncomingMessage) => headers["idempotency-key"]?.toString();

beforeEach(async () => {
  replies = [];
  keys = [];
  server = createServer((request, answer) => {
    if (request.url === "/oauth2/token") return void answer.end('{ "access_token": "t" }');
    keys.push(keyOf(request));
    const { status, retryAfter } = replies.shift() ?? { status: 202 };
    answer.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter });
    answer.end(status === 202 ? '{ "payment_id": "p1" }' : '{ "detail": "send the same request again" }');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe("the demo's client", () => {
  it("sends the same request again, under the same key, when the answer says so", async () => {
    replies = [
      { status: 503, retryAfter: "0" },
      { status: 429, retryAfter: "0" },
    ];
    expect(await (await Contra.at(url, 8)).pay(100)).toBe("p1");
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it.each([
    ["503 without a time", { status: 503 }],
    ["422, whatever time it names", { status: 422, retryAfter: "0" }],
    ["503 with a time beyond its patience", { status: 503, retryAfter: "3600" }],
  ])("takes %s as final", async (_, reply) => {
    replies = [reply];
    await expect((await Contra.at(url, 8)).pay(100)).rejects.toThrow(`answered ${reply.status}`);
    expect(keys).toHaveLength(1);
  });
});

describe("the time scale", () => {
  it.each([
    [40, 8],
    [200, 4],
    [600, 2],
    [5_000, 1],
  ])("of a machine that starts a process within %s ms is %s", (milliseconds, scale) => {
    expect(scaleFor(milliseconds)).toBe(scale);
  });

  it("is the one that is asked for", () => {
    expect(timeScale({ CONTRA_TIME_SCALE: "3" })).toBe(3);
    expect([1, 2, 4, 8]).toContain(timeScale({}));
  });
});
