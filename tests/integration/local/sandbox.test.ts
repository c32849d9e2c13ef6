// The sandbox provider over HTTP, as the process that the supervisor starts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type RunningPart, startPart } from "../../support/local-part.ts";
import { until, untilInTime } from "../../support/until.ts";

const home = mkdtempSync(join(tmpdir(), "contra-sandbox-"));
let part: RunningPart;
let url: string;
let payment = 0;

async function start(): Promise<void> {
  part = await startPart("sandbox", home, {}, { CONTRA_TIME_SCALE: "50" });
  url = part.url;
}

beforeAll(start);
afterAll(async () => {
  await part?.stop("SIGTERM");
  rmSync(home, { recursive: true, force: true });
});
beforeEach(async () => {
  payment += 1;
  for (const route of ["counters", "faults"]) await fetch(`${url}/_local/${route}`, { method: "DELETE" });
});

type Body = Record<string, unknown> & { error?: { code: string; message: string } };
async function call(method: string, path: string, key?: string, body?: unknown, token = "sandbox") {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(key && { "idempotency-key": key }) },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}
const reference = () => `p${payment}`;
const keyOf = (operation: string) => `${reference()}:${operation}`;
const money = (more = {}) => ({ reference: reference(), amount: 500, currency: "INR", ...more });
const authorize = (more = {}) => call("POST", "/v1/authorizations", keyOf("authorize"), money(more));
const capture = (authorization_id: unknown) =>
  call("POST", "/v1/captures", keyOf("capture"), money({ authorization_id }));
const release = () =>
  call("POST", "/v1/voids", keyOf("void"), { reference: reference(), operation_key: keyOf("authorize") });
const counted = async () => (await (await fetch(`${url}/_local/counters`)).json()) as Body;
const books = async () => (await call("GET", `/v1/books?reference=${reference()}`)).body.operations as Body[];

describe("the provider's API", () => {
  it("authorizes and captures, and shows both in its books", async () => {
    const authorized = await authorize({ payment_method: "tok_1" });
    expect(authorized).toMatchObject({
      status: 201,
      body: { object: "operation", operation: "authorize", state: "succeeded", reference: reference() },
    });
    const captured = await capture(authorized.body.id);
    expect(captured).toMatchObject({ status: 201, body: { operation: "capture", amount: 500 } });
    expect(await books()).toMatchObject([
      { id: expect.stringMatching(/^auth_/), idempotency_key: keyOf("authorize"), currency: "INR" },
      { id: expect.stringMatching(/^cap_/), idempotency_key: keyOf("capture"), state: "succeeded" },
    ]);
    expect((await call("GET", `/v1/operations/${keyOf("capture")}`)).body).toEqual(captured.body);
  });

  it("charges once for twenty requests of one key at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => authorize()));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(await books()).toHaveLength(1);
    expect(await counted()).toMatchObject({ "provider.authorize": 20, "provider.effects.authorize": 1 });
  });

  it("releases a hold, and then refuses to capture it", async () => {
    const { body } = await authorize();
    expect(await release()).toMatchObject({ status: 201, body: { operation: "void", state: "succeeded" } });
    expect(await capture(body.id)).toMatchObject({
      status: 409,
      body: { error: { code: "authorization_voided" } },
    });
  });

  it("sets a tombstone for a key that it has never seen", async () => {
    const request = { reference: reference(), operation_key: keyOf("authorize") };
    const buried = await call("POST", "/v1/tombstones", `${keyOf("authorize")}:tombstone`, request);
    expect(buried).toMatchObject({ status: 200, body: { state: "tombstoned" } });
    expect(await authorize()).toMatchObject({ status: 409, body: { error: { code: "tombstoned" } } });
  });

  it("refuses a caller without its key", async () => {
    expect((await call("POST", "/v1/authorizations", keyOf("authorize"), money(), "wrong")).status).toBe(401);
    expect((await fetch(`${url}/v1/books`)).status).toBe(401);
    expect(await books()).toEqual([]);
  });

  it.each([
    ["an amount that is no whole number", { amount: 1.5 }],
    ["an amount of zero", { amount: 0 }],
    ["an amount as text", { amount: "5" }],
    ["a currency that is none", { currency: "rupees" }],
    ["a reference that is missing", { reference: undefined }],
    ["metadata that is no object", { metadata: "lost_authorize" }],
    ["a plan of faults that is no text", { metadata: { sandbox: 1 } }],
    ["a plan of faults that it does not know", { metadata: { sandbox: "explode_authorize" } }],
  ])("refuses %s, and books nothing", async (_, wrong) => {
    const { status, body } = await authorize(wrong);
    expect([status, body.error?.message]).toEqual([400, expect.any(String)]);
    expect(await books()).toEqual([]);
  });

  it("refuses a request without a key, and a body that is not JSON", async () => {
    expect((await call("POST", "/v1/authorizations", undefined, money())).status).toBe(400);
    expect((await call("POST", "/v1/authorizations", keyOf("authorize"), "{")).status).toBe(400);
    expect((await call("GET", "/v1/operations/%ff")).status).toBe(400);
  });

  it("names the routes that it does not have", async () => {
    expect((await call("GET", "/v1/nothing")).body.error?.code).toBe("unknown_route");
  });
});

describe("the faults over HTTP", () => {
  it("breaks the connection after the effect, and tells the truth when asked", async () => {
    await expect(authorize({ metadata: { sandbox: "lost_authorize_x1" } })).rejects.toThrow();
    expect((await call("GET", `/v1/operations/${keyOf("authorize")}`)).body.state).toBe("succeeded");
  });

  it("carries a late call out although its client has hung up", async () => {
    await untilInTime(async (tries) => {
      payment += 1;
      const body = JSON.stringify(money({ metadata: { sandbox: "timeout_authorize_x1" } }));
      const headers = { authorization: "Bearer sandbox", "idempotency-key": keyOf("authorize") };
      const hangUp = new AbortController();
      const isAnswered = fetch(`${url}/v1/authorizations`, {
        method: "POST",
        headers,
        body,
        signal: hangUp.signal,
      }).then(
        () => true,
        () => false,
      );
      await until(async () => (await counted())["provider.authorize"] === tries + 1, "the call has come");
      hangUp.abort();
      if ((await isAnswered) || (await books()).length > 0) return false;
      await until(async () => (await books()).length > 0, "it takes effect");
      expect(await books()).toMatchObject([{ operation: "authorize", state: "succeeded" }]);
      return true;
    }, "the client hangs up before the late call takes effect");
  });

  it("is out of order while an outage lasts, and refuses an outage that it does not know", async () => {
    const order = (fault: object) =>
      fetch(`${url}/_local/faults`, {
        method: "POST",
        body: JSON.stringify({ target: "provider", ...fault }),
      });
    expect((await order({ fault: "unavailable", count: 1 })).status).toBe(200);
    expect((await authorize()).status).toBe(503);
    expect((await authorize()).status).toBe(201);
    expect((await order({ fault: "fire", count: 1 })).status).toBe(400);
    expect((await order({ fault: "lost" })).status).toBe(400);
  });
});

describe("the words that a payment orders", () => {
  it("are rejected with a code where that was ordered, and nothing is booked", async () => {
    const { status, body } = await authorize({ metadata: { sandbox: "rejected_422_authorize" } });
    expect([status, body.error?.code]).toEqual([422, "amount_too_small"]);
    expect(await books()).toEqual([]);
  });

  it("forget a key that a tombstone or a void is asked for", async () => {
    await authorize({ metadata: { sandbox: "expired_key_tombstone_x1" } });
    expect((await release()).body).toMatchObject({ state: "tombstoned" });
    expect((await books()).map(({ state }) => state)).toEqual(["succeeded", "tombstoned"]);
  });

  it("without such an order remember it", async () => {
    await authorize();
    const request = { reference: reference(), operation_key: keyOf("authorize") };
    const told = await call("POST", "/v1/tombstones", `${keyOf("authorize")}:tombstone`, request);
    expect(told.body).toMatchObject({ operation: "authorize", state: "succeeded" });
  });
});

describe("a crash of the provider", () => {
  it("loses neither what took effect nor how often a fault has struck", async () => {
    const plan = { metadata: { sandbox: "unavailable_authorize_x2" } };
    expect((await authorize(plan)).status).toBe(503);
    await part.stop("SIGKILL");
    await start();
    expect((await authorize(plan)).status).toBe(503);
    const authorized = await authorize(plan);
    expect(authorized.status).toBe(201);
    await part.stop("SIGKILL");
    await start();
    expect(await authorize(plan)).toEqual(authorized);
    expect(await books()).toHaveLength(1);
  });
});
