// The smoke test against a small API that keeps to the contract, and against ones that break it in
// one place.
import { createServer, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "@jest/globals";
import { Api, tokenFrom } from "../../../../scripts/test-api/api.ts";
import { checks } from "../../../../scripts/test-api/checks.ts";
import { urlOf } from "../../../support/servers.ts";

type Fault =
  | "charges-twice"
  | "accepts-anything"
  | "open-door"
  | "never-completes"
  | "loses-an-event"
  | "converts-twice"
  | "parks-conversions"
  | "knows-no-accounts"
  | "has-no-stablecoin-rail"
  | "closes-accounts"
  | "opens-nothing-by-itself"
  | "has-empty-accounts";
const ID = "0b7c1c1e-0000-8000-8000-000000000001";
const CONVERSION = "0b7c1c1e-0000-8000-8000-000000000002";
const UNKNOWN = { status: "FAILED", failure: { code: "AccountClosed" } };
const EMPTY = { status: "FAILED", failure: { code: "InsufficientFunds" } };
/** What conversions come to under the fault; COMPLETED under others. */
const ENDS: Partial<Record<Fault, { status: string; failure?: { code: string } }>> = {
  "parks-conversions": { status: "IN_REVIEW" },
  "has-no-stablecoin-rail": { status: "FAILED", failure: { code: "RailDisabled" } },
  "knows-no-accounts": UNKNOWN,
  "closes-accounts": UNKNOWN,
  "has-empty-accounts": EMPTY,
};

let server: Server | undefined;
afterEach(() => new Promise<void>((done) => (server ? server.close(() => done()) : done())));

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers }).end(JSON.stringify(body));
}

/** Takes one card payment and one conversion; `fault` is what it does wrong. */
async function start(fault?: Fault): Promise<string> {
  let bodyOfFirst: string | undefined;
  let posts = 0;
  let conversions = 0;
  const opened = new Set<string>();
  const convert = (response: ServerResponse): void => {
    conversions += 1;
    const payment_id = fault === "converts-twice" ? `${CONVERSION}-${conversions}` : CONVERSION;
    answer(response, 202, { payment_id, status: "PENDING" });
  };
  const accept = (response: ServerResponse, body: string): void => {
    const { amount } = JSON.parse(body) as { amount: unknown };
    if (typeof amount !== "number" && fault !== "accepts-anything") {
      answer(response, 400, { errors: [{ pointer: "/amount" }] });
      return;
    }
    posts += 1;
    const isReplay = bodyOfFirst !== undefined;
    if (isReplay && bodyOfFirst !== body) {
      answer(response, 422, { errors: [] });
      return;
    }
    bodyOfFirst = body;
    const payment_id = fault === "charges-twice" ? `${ID}-${posts}` : ID;
    const replayed = isReplay ? { "idempotent-replayed": "true" } : {};
    answer(
      response,
      202,
      { payment_id, status: "PENDING" },
      { location: `/payments/${payment_id}`, ...replayed },
    );
  };
  const open = (response: ServerResponse, body: string): void => {
    opened.add((JSON.parse(body) as { account_id: string }).account_id);
    answer(response, fault === "knows-no-accounts" ? 404 : 201, {});
  };
  /** As in production: both accounts are opened by their merchant, and then hold nothing. */
  const conversionEnd = () => {
    if (fault === "opens-nothing-by-itself") return opened.size === 2 ? EMPTY : UNKNOWN;
    return { status: "COMPLETED", ...(fault && ENDS[fault]) };
  };
  const post = (response: ServerResponse, url: string, body: string): void => {
    if (url === "/accounts") open(response, body);
    else if (body.includes("source_account")) convert(response);
    else accept(response, body);
  };
  const read = (response: ServerResponse, url: string): void => {
    const sequences = fault === "loses-an-event" ? [1, 3] : [1, 2];
    if (url.endsWith("/events"))
      answer(response, 200, { events: sequences.map((sequence) => ({ sequence })) });
    else if (url.includes(CONVERSION)) answer(response, 200, { payment_id: CONVERSION, ...conversionEnd() });
    else if (!url.includes(ID)) answer(response, 404, {});
    else
      answer(response, 200, {
        payment_id: ID,
        status: fault === "never-completes" ? "IN_REVIEW" : "COMPLETED",
      });
  };
  server = createServer(async (request, response) => {
    const { method, url = "", headers } = request;
    const body = await text(request);
    if (url === "/health") return answer(response, 200, {});
    if (url === "/oauth2/token") return answer(response, 200, { access_token: "t-1" });
    if (!headers.authorization && fault !== "open-door") return answer(response, 401, {});
    return method === "POST" ? post(response, url, body) : read(response, url);
  });
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  return urlOf(server);
}

const CONVERTS = "a conversion is COMPLETED in time, and once for its key";

async function failedAt(url: string): Promise<string[]> {
  const api = new Api(url, "t-1");
  const failed: string[] = [];
  for (const [what, check] of checks()) await check(api).catch(() => failed.push(what));
  return failed;
}

describe("the smoke test", () => {
  it("passes an API that keeps to the contract", async () => {
    expect(await failedAt(await start())).toEqual([]);
  });

  it("leaves a conversion out, and says why, where the endpoint offers none", async () => {
    const converts = new Map(checks()).get(CONVERTS);
    const api = async (fault?: Fault) => new Api(await start(fault), "t-1");
    expect(await converts?.(await api("has-no-stablecoin-rail"))).toBe("RailDisabled");
    await new Promise((done) => server?.close(done));
    expect(await converts?.(await api())).toBeUndefined();
  });

  it.each<Fault>(["has-empty-accounts", "opens-nothing-by-itself"])(
    "leaves a conversion out, and says which account to fund, where the endpoint %s",
    async (fault) => {
      const converts = new Map(checks()).get(CONVERTS);
      const why = await converts?.(new Api(await start(fault), "t-1"));
      expect(why).toBe("InsufficientFunds: fund smoke-source first");
    },
  );

  it.each<[Fault, string]>([
    ["charges-twice", "the same key again gets the same bytes, and no second payment"],
    ["accepts-anything", "a malformed payment is refused with the fields at fault"],
    ["open-door", "a payment without a token is refused"],
    ["never-completes", "the payment is COMPLETED in time"],
    ["loses-an-event", "its audit trail has no gap"],
    ["converts-twice", CONVERTS],
    ["parks-conversions", CONVERTS],
    ["knows-no-accounts", CONVERTS],
    ["closes-accounts", CONVERTS],
  ])("notices an API that %s", async (fault, what) => {
    expect(await failedAt(await start(fault))).toContain(what);
  });
});

describe("who pays", () => {
  it("is named by a token, or by a client's credentials", async () => {
    const url = await start();
    expect(await tokenFrom({ TOKEN: "t-0\n" }, url)).toBe("t-0");
    expect(await tokenFrom({ CLIENT_ID: "c", CLIENT_SECRET: "s" }, url)).toBe("t-1");
  });

  it("must be named, and a token is never shown", async () => {
    await expect(tokenFrom({}, "http://127.0.0.1:1")).rejects.toThrow("set TOKEN, or CLIENT_ID");
    await expect(tokenFrom({ TOKEN: "t-0 secret" }, "")).rejects.toThrow(/^TOKEN holds more than a token$/);
  });
});
