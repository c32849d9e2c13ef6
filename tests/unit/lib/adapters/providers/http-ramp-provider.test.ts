// What goes to the ramps, and what their answers mean.
import "../../../../support/function-environment.ts";
import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  HttpOffRampProvider,
  HttpOnRampProvider,
} from "../../../../../functions/lib/adapters/providers/http-ramp-provider.ts";
import { providersOf } from "../../../../../functions/lib/domain/saga-definition.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";
import { closeServers, urlOf } from "../../../../support/servers.ts";

let answer: { status: number; body: unknown };
let heard: { method?: string | undefined; url?: string | undefined; key: unknown; body: unknown };
const server = createServer(async (request, response) => {
  const text = (await request.toArray()).join("");
  heard = {
    method: request.method,
    url: request.url,
    key: request.headers["idempotency-key"],
    body: text && JSON.parse(text),
  };
  response.writeHead(answer.status).end(JSON.stringify(answer.body));
});
let settings: ConstructorParameters<typeof HttpOnRampProvider>[0];
let onRamp: HttpOnRampProvider;
let offRamp: HttpOffRampProvider;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = urlOf(server);
  const credentials = { read: async () => ({ key: "key", webhook_secrets: [] }) };
  settings = { url, credentials, timeoutMs: 60_000, takesOrders: true, clock: new ManualClock() };
  onRamp = new HttpOnRampProvider(settings);
  offRamp = new HttpOffRampProvider(settings);
});
afterAll(() => closeServers(server));
beforeEach(() => {
  answer = { status: 201, body: { id: "op_1", state: "succeeded", ...GAVE } };
});

/** What it says that it did, which is what was asked for. */
const GAVE = {
  reference: "p",
  amount: 995,
  currency: "EUR",
  receive_amount: 10_945_000,
  receive_currency: "USDC",
};
const REQUEST = {
  key: "p:on_ramp",
  payment_id: "p",
  amount: 995n,
  currency: "EUR",
  receive_amount: 10_945_000n,
  receive_currency: "USDC",
  metadata: { sandbox: "lost_on_ramp_x1", order: "private" },
};
const SENT = {
  reference: "p",
  metadata: { sandbox: "lost_on_ramp_x1" },
  amount: 995,
  currency: "EUR",
  receive_amount: 10_945_000,
  receive_currency: "USDC",
};

describe("the ramps", () => {
  it("are named as the rail's providers, so that their breakers are those that starts look at", () => {
    expect([onRamp.nature.name, offRamp.nature.name]).toEqual(providersOf("stablecoin"));
  });

  it("receive what we give and what we are to get, and nothing of the merchant's", async () => {
    await onRamp.onRamp(REQUEST);
    expect(heard).toEqual({ method: "POST", url: "/v1/on-ramps", key: "p:on_ramp", body: SENT });
    await offRamp.offRamp({ ...REQUEST, key: "p:off_ramp" });
    expect(heard).toEqual({ method: "POST", url: "/v1/off-ramps", key: "p:off_ramp", body: SENT });
  });

  it("receive no orders where they take none, and say so", async () => {
    const real = new HttpOnRampProvider({ ...settings, takesOrders: false });
    await real.onRamp(REQUEST);
    const { metadata: _, ...sent } = SENT;
    expect(heard.body).toEqual(sent);
    expect([real.nature.takes_orders, onRamp.nature.takes_orders]).toEqual([false, true]);
  });

  it("sell back at their own price, which is in the answer", async () => {
    answer.body = { id: "rev_1", state: "succeeded", ...GAVE, receive_amount: 990 };
    const { receive_amount: _, ...request } = {
      ...REQUEST,
      key: "p:reverse_on_ramp",
      on_ramp_tx_id: "on_1",
    };
    const sold = await onRamp.reverseOnRamp(request);
    expect(sold).toMatchObject({ outcome: "succeeded", id: "rev_1", received: 990n });
    const { receive_amount: __, ...sent } = SENT;
    expect(heard).toMatchObject({
      url: "/v1/on-ramp-reversals",
      body: { ...sent, on_ramp_id: "on_1" },
    });
  });

  it("say what they gave, when they give it and when they are asked for it", async () => {
    const gave = {
      outcome: "succeeded",
      id: "op_1",
      reference: "p",
      amount: 995n,
      currency: "EUR",
      received: 10_945_000n,
      received_currency: "USDC",
    };
    expect(await onRamp.onRamp(REQUEST)).toEqual(gave);
    expect(await offRamp.find("p:off_ramp")).toEqual(gave);
    expect(await offRamp.tombstone("p:off_ramp", "p")).toEqual(gave);
  });

  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a text", "10945000"],
    ["a fraction", 10_945_000.5],
    ["none", 0],
    ["less than none", -1],
    ["more than JSON carries", 2 ** 53],
  ])("leave it unknown what became of a success that names as its amount %s", async (_, receive_amount) => {
    answer.body = { id: "op_1", state: "succeeded", ...GAVE, receive_amount };
    const asked = [onRamp.onRamp(REQUEST), offRamp.offRamp(REQUEST)];
    const outcomes = (await Promise.all(asked)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["unknown", "unknown"]);
    // Whoever asks about a key compares what is said, and here nothing is.
    expect(await onRamp.find("p:on_ramp")).not.toHaveProperty("received");
  });

  it.each([
    ["amount", { amount: 996 }],
    ["currency", { currency: "USD" }],
    ["receive_amount", { receive_amount: 10_944_999 }],
    ["receive_currency", { receive_currency: "USDT" }],
    ["reference", { reference: "q" }],
  ])("say that they did something else when the %s is another", async (member, other) => {
    answer.body = { id: "op_1", state: "succeeded", ...GAVE, ...other };
    expect(await onRamp.onRamp(REQUEST)).toMatchObject({ outcome: "differs", members: [member] });
    expect(await offRamp.offRamp(REQUEST)).toMatchObject({ outcome: "differs", members: [member] });
  });

  it.each([
    ["accept now and settle later", 202, { id: "op_1", state: "pending" }, { outcome: "pending" }],
    [
      "decline",
      402,
      { error: { code: "on_ramp_declined", message: "no" } },
      { outcome: "refused", message: "no" },
    ],
    [
      "refuse a price that has gone",
      409,
      { error: { code: "price_moved", message: "gone" } },
      { outcome: "refused", message: "gone" },
    ],
    ["keep a tombstone", 409, { error: { code: "tombstoned" } }, { outcome: "tombstoned" }],
    [
      "find the request invalid",
      400,
      { error: { code: "invalid_request", message: "what?" } },
      { outcome: "rejected", code: "invalid_request" },
    ],
    [
      "find it invalid without a code",
      422,
      { error: { message: "what?" } },
      { outcome: "unknown", message: "it answered 422" },
    ],
  ])("may %s", async (_, status, body, meaning) => {
    answer = { status, body };
    expect(await onRamp.onRamp(REQUEST)).toEqual(meaning);
  });
});
