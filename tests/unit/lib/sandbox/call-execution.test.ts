import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Books, Entry } from "../../../../functions/lib/sandbox/books.ts";
import { Conduct, type Outcome } from "../../../../functions/lib/sandbox/call-execution.ts";
import { FaultPlanError } from "../../../../functions/lib/sandbox/fault-plan.ts";
import { Misfortune } from "../../../../functions/lib/sandbox/faults.ts";
import type { Provider } from "../../../../functions/lib/sandbox/provider.ts";
import { Faults } from "../../../../scripts/local/common/faults.ts";
import { SqliteBooks } from "../../../../scripts/local/sandbox/sqlite-books.ts";
import { providerOver } from "../../../support/sandbox.ts";

const MONEY = { reference: "p1", amount: 500, currency: "INR" };
let books: Books;
let outages: Faults;
let misfortune: Misfortune;
let provider: Provider;
let conduct: Conduct;
let waits: number[];
/** Runs when a call waits longer than the usual latency: what others do while it is late. */
let meanwhile: () => Promise<unknown>;

beforeEach(() => {
  books = new SqliteBooks(":memory:");
  outages = new Faults();
  misfortune = new Misfortune(books, outages);
  provider = providerOver(books);
  waits = [];
  meanwhile = async () => undefined;
  const wait = async (ms: number) => {
    waits.push(ms);
    if (ms > 300) await meanwhile();
  };
  conduct = new Conduct(books, misfortune, { wait, random: () => 0.5 });
});

const plan = (text: string) => misfortune.keepPlan("p1", text);
const authorize = () =>
  conduct.operate({ operation: "authorize", key: "p1:authorize", reference: "p1", body: MONEY }, (call) =>
    provider.authorize(call, MONEY),
  );
const release = () => {
  const request = { reference: "p1", operation_key: "p1:authorize" };
  const sent = { operation: "void" as const, key: "p1:void", reference: "p1", body: request };
  return conduct.operate(sent, (call) => provider.void(call, request));
};
const query = () => conduct.ask("p1", () => provider.query("p1:authorize"), true);
const bury = () => {
  const request = { reference: "p1", operation_key: "p1:authorize" };
  const forgets = async () => (await misfortune.planOf("p1")).strikes("tombstone", "expired_key");
  return conduct.ask("p1", () => provider.tombstoneKey(request, forgets), false);
};
const bodyOf = (outcome: Outcome) => (outcome as { body: Entry & { error?: { code: string } } }).body;
const statusOf = (outcome: Outcome) => (outcome === "lost" ? "lost" : outcome.status);
const states = async () => (await books.list("p1")).map(({ state }) => state);

describe("a plan of faults", () => {
  it("refuses an authorization, for ever under its key", async () => {
    await plan("refused_authorize_x1");
    expect([statusOf(await authorize()), statusOf(await authorize())]).toEqual([402, 402]);
    expect(await states()).toEqual(["refused"]);
  });

  it("keeps a call from taking effect as often as it says, and not more", async () => {
    await plan("unavailable_authorize_x2");
    const seen = [statusOf(await authorize()), statusOf(await authorize()), await states()];
    expect(seen).toEqual([503, 503, []]);
    expect(statusOf(await authorize())).toBe(201);
  });

  it("turns a call away that came too soon, and says when to come again", async () => {
    await plan("rate_limited_authorize_x1");
    expect(await authorize()).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    expect(await states()).toEqual([]);
    expect(statusOf(await authorize())).toBe(201);
  });

  it("carries a call out and loses its answer", async () => {
    await plan("lost_authorize_x1");
    expect([statusOf(await authorize()), await states()]).toEqual(["lost", ["succeeded"]]);
    expect(statusOf(await authorize())).toBe(201);
    expect(await states()).toEqual(["succeeded"]);
  });

  it("loses the answer of a refusal when both are ordered", async () => {
    await plan("refused_authorize,lost_authorize_x1");
    expect([statusOf(await authorize()), await states()]).toEqual(["lost", ["refused"]]);
    expect(statusOf(await query())).toBe(200);
  });

  it("lets a late call take effect after its client gave up", async () => {
    await plan("timeout_authorize_x1");
    const seen: unknown[] = [];
    meanwhile = async () => seen.push(statusOf(await query()));
    expect(statusOf(await authorize())).toBe(201);
    expect([seen, Math.max(...waits)]).toEqual([[404], 12_000]);
  });

  it("lets a late call find the tombstone that was set meanwhile", async () => {
    await plan("timeout_authorize_x1");
    meanwhile = release;
    expect(statusOf(await authorize())).toBe(409);
    expect(await states()).toEqual(["tombstoned"]);
  });

  it("lets a late call and its retry take effect once", async () => {
    await plan("timeout_authorize_x1");
    meanwhile = authorize;
    expect(statusOf(await authorize())).toBe(201);
    expect(await states()).toEqual(["succeeded"]);
  });

  it("repeats a stored 500 for the key, until a tombstone settles it", async () => {
    await plan("sticky_500_authorize_x1");
    expect([statusOf(await authorize()), statusOf(await authorize()), await states()]).toEqual([
      500,
      500,
      [],
    ]);
    expect(statusOf(await release())).toBe(200);
    expect(statusOf(await authorize())).toBe(409);
  });

  it("makes a second hold for a client that resends blindly past the key's life", async () => {
    await plan("expired_key_authorize_x1");
    await authorize();
    await authorize();
    expect(await states()).toEqual(["succeeded", "succeeded"]);
    await authorize();
    expect(await states()).toHaveLength(2);
  });

  it.each([
    ["unavailable", 503],
    ["rate_limited", 429],
    ["lost", "lost"],
    ["sticky_500", 500],
    ["refused", 403],
    ["expired_key", 404],
  ])("spoils a query that is %s", async (fault, status) => {
    await plan(`${fault}_query_x1`);
    await authorize();
    expect([statusOf(await query()), statusOf(await query())]).toEqual([status, 200]);
  });

  it("is the first that a reference came with", async () => {
    await plan("unavailable_authorize_x1");
    await plan("refused_authorize");
    expect([statusOf(await authorize()), statusOf(await authorize())]).toEqual([503, 201]);
  });

  it.each([
    ["rejected_400", 400],
    ["rejected_422", 422],
  ])("answers a request that is %s with a code, and books nothing", async (fault, status) => {
    await plan(`${fault}_authorize_x1`);
    const rejected = await authorize();
    expect([statusOf(rejected), bodyOf(rejected).error?.code]).toEqual([status, "amount_too_small"]);
    expect(await states()).toEqual([]);
    expect(statusOf(await authorize())).toBe(201);
  });

  it("rejects before it looks anything up, so also what took effect under its key", async () => {
    await authorize();
    await plan("rejected_422_authorize_x1");
    expect([statusOf(await authorize()), statusOf(await query())]).toEqual([422, 200]);
    expect(await states()).toEqual(["succeeded"]);
  });

  it("rejects no call whose answer is lost", async () => {
    await plan("lost_authorize_x1,rejected_422_authorize");
    expect([statusOf(await authorize()), await states()]).toEqual(["lost", ["succeeded"]]);
    expect([statusOf(await authorize()), await states()]).toEqual([422, ["succeeded"]]);
  });

  it.each([
    ["partial", { amount: 125, currency: "INR" }],
    ["wrong_currency", { amount: 500, currency: "EUR" }],
  ])("lets a success be %s, in every answer and in the books", async (fault, money) => {
    await plan(`${fault}_authorize`);
    expect(bodyOf(await authorize())).toMatchObject({ ...money, reference: "p1", state: "succeeded" });
    expect(bodyOf(await authorize())).toMatchObject(money);
    expect(bodyOf(await query())).toMatchObject(money);
    expect(await books.list("p1")).toMatchObject([money]);
  });

  it("lets a success tell another reference, and keeps it under its own", async () => {
    await plan("wrong_reference_authorize");
    const { reference } = bodyOf(await authorize());
    expect(reference).toMatch(/^ref_[0-9a-f]{32}$/);
    expect(bodyOf(await query()).reference).toBe(reference);
    expect(await books.list("p1")).toHaveLength(1);
  });

  it("differs once where that was ordered, and never in what it refuses", async () => {
    await plan("refused_authorize_x1,expired_key_authorize_x1,partial_authorize_x1");
    expect(statusOf(await authorize())).toBe(402);
    expect(bodyOf(await authorize())).toMatchObject({ amount: 125 });
    expect((await books.list("p1")).map(({ amount }) => amount)).toEqual([500, 125]);
  });

  it("decides anew what was refused under a key that it has forgotten", async () => {
    await plan("refused_authorize_x1,expired_key_query_x1,expired_key_authorize_x1");
    expect([statusOf(await authorize()), statusOf(await query()), statusOf(await authorize())]).toEqual([
      402, 404, 201,
    ]);
    expect(await states()).toEqual(["refused", "succeeded"]);
  });

  it("sets a tombstone for a key that it has forgotten, as often as it says", async () => {
    await plan("expired_key_tombstone_x1");
    expect(statusOf(await authorize())).toBe(201);
    expect(bodyOf(await bury()).state).toBe("tombstoned");
    expect(statusOf(await authorize())).toBe(409);
    expect(await states()).toEqual(["succeeded", "tombstoned"]);
  });

  it("uses up no forgotten key on one that it never had", async () => {
    await plan("expired_key_tombstone_x1");
    expect([bodyOf(await bury()).state, bodyOf(await bury()).state]).toEqual(["tombstoned", "tombstoned"]);
    expect(await states()).toEqual(["tombstoned"]);
  });

  it("without such an order answers a tombstone with what the key has", async () => {
    await authorize();
    expect(bodyOf(await bury()).state).toBe("succeeded");
    expect(await states()).toEqual(["succeeded"]);
  });

  it("answers what its webhooks contradict after both of them", async () => {
    await plan("contradicted_authorize");
    expect(statusOf(await authorize())).toBe(201);
    expect(Math.max(...waits)).toBe(6_500);
    const [row] = await books.list("p1");
    expect(Date.parse(row?.contrary_until ?? "")).toBe(1_500);
    expect(Object.keys(bodyOf(await query()))).not.toContain("contrary_until");
    waits = [];
    await authorize();
    expect(Math.max(...waits)).toBeLessThan(6_500);
  });

  it.each([
    ["lost_webhook_authorize,contradicted_authorize", []],
    ["contradicted_authorize,duplicate_authorize", [true]],
    ["duplicate_authorize", [true, false]],
    ["", [false]],
  ])("owes the webhooks of %j", async (orders, prompt) => {
    await plan(orders);
    await authorize();
    const owed = await (books as SqliteBooks).owed(0);
    expect(owed.map(({ isPrompt }) => isPrompt)).toEqual(prompt);
  });

  it("leaves other operations and other references alone", async () => {
    await plan("unavailable_void");
    await misfortune.keepPlan("p2", "unavailable_authorize");
    expect(statusOf(await authorize())).toBe(201);
  });

  it("is not kept when it cannot be read", async () => {
    await expect(plan("explode_authorize")).rejects.toThrow(FaultPlanError);
    expect(await books.plan("p1")).toBeUndefined();
  });
});

describe("an outage", () => {
  it("hits every call while it lasts, and uses up nothing of the plan", async () => {
    await plan("lost_authorize_x1");
    outages.arm({ target: "provider", fault: "unavailable", count: 2 });
    expect([statusOf(await authorize()), statusOf(await query())]).toEqual([503, 503]);
    expect(statusOf(await authorize())).toBe("lost");
  });

  it("of the whole strikes a look at the market too, and one of a ramp does not", async () => {
    const look = () => conduct.look(() => ({ status: 200, body: {} }));
    outages.arm({ target: "on-ramp", fault: "unavailable", count: 1 });
    expect(statusOf(await look())).toBe(200);
    outages.arm({ target: "provider", fault: "unavailable", count: 1 });
    outages.arm({ target: "provider", fault: "lost", count: 1 });
    expect([statusOf(await look()), statusOf(await look()), statusOf(await look())]).toEqual([
      503,
      "lost",
      200,
    ]);
  });

  it("that is slow answers all the same", async () => {
    outages.arm({ target: "provider", fault: "slow", count: 1 });
    expect(statusOf(await authorize())).toBe(201);
    expect(Math.max(...waits)).toBe(4_000);
  });
});

it("takes 100 to 300 ms without a fault", async () => {
  await authorize();
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(200);
});
