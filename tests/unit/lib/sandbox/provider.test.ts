import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Books, Entry } from "../../../../functions/lib/sandbox/books.ts";
import { type Answer, fingerprintOf } from "../../../../functions/lib/sandbox/idempotent-operations.ts";
import type { Provider } from "../../../../functions/lib/sandbox/provider.ts";
import { SqliteBooks } from "../../../../scripts/local/sandbox/sqlite-books.ts";
import { providerOver } from "../../../support/sandbox.ts";

const MONEY = { reference: "p1", amount: 500, currency: "INR" };
const AUTHORIZE_KEY = "p1:authorize";
let books: Books;
let provider: Provider;
let effects: string[];

const call = (key: string, more = {}) => ({
  key,
  fingerprint: fingerprintOf(key, {}),
  isRefused: false,
  isForgotten: false,
  ...more,
});
const bodyOf = (answer: Answer) => answer.body as Entry & { error?: { code: string } };
const codeOf = (answer: Answer) => [answer.status, bodyOf(answer).error?.code];
const authorize = (more = {}) => provider.authorize(call(AUTHORIZE_KEY, more), MONEY);
const capture = (authorization_id: string, more = {}, amount = 500) =>
  provider.capture(call("p1:capture", more), { ...MONEY, amount, authorization_id });
const release = (more = {}, known: { authorization_id?: string } = {}) =>
  provider.void(call("p1:void", more), { reference: "p1", operation_key: AUTHORIZE_KEY, ...known });
const rows = async () =>
  (await books.list("p1")).map(({ operation, state, amount }) => [operation, state, amount]);

beforeEach(() => {
  books = new SqliteBooks(":memory:");
  effects = [];
  provider = providerOver(books, (operation) => effects.push(operation));
});

describe("an authorization", () => {
  it("is held once, and its replay gets the same answer", async () => {
    const first = await authorize();
    expect(first).toMatchObject({
      status: 201,
      body: { object: "operation", state: "succeeded", amount: 500 },
    });
    expect(await authorize()).toEqual(first);
    expect(effects).toEqual(["authorize"]);
  });

  it("takes effect once when two requests with its key run side by side", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => authorize()));
    expect(new Set(answers.map((answer) => bodyOf(answer).id)).size).toBe(1);
    expect(await rows()).toEqual([["authorize", "succeeded", 500]]);
  });

  it("stays declined under its key", async () => {
    const declined = await authorize({ isRefused: true });
    expect(codeOf(declined)).toEqual([402, "card_declined"]);
    expect(await authorize()).toEqual(declined);
    expect(effects).toEqual([]);
  });

  it("is refused when its key comes with another body", async () => {
    await authorize();
    expect(codeOf(await authorize({ fingerprint: "other" }))).toEqual([422, "idempotency_key_reused"]);
  });

  it("is held a second time under a key that has expired", async () => {
    const [first, second] = [await authorize(), await authorize({ isForgotten: true })];
    expect(bodyOf(second).id).not.toBe(bodyOf(first).id);
    expect(await rows()).toHaveLength(2);
    expect(bodyOf(await provider.query(AUTHORIZE_KEY)).id).toBe(bodyOf(second).id);
  });
});

describe("a capture", () => {
  it("takes what was authorized, once", async () => {
    const { id } = bodyOf(await authorize());
    const first = await capture(id);
    expect(first.status).toBe(201);
    expect(await capture(id)).toEqual(first);
    expect(effects).toEqual(["authorize", "capture"]);
  });

  it("never takes more than what was authorized, under another key either", async () => {
    const { id } = bodyOf(await authorize());
    expect(codeOf(await capture(id, {}, 501))).toEqual([422, "amount_exceeds_authorization"]);
    await capture(id);
    expect(codeOf(await capture(id, { key: "p1:again" }, 1))).toEqual([422, "amount_exceeds_authorization"]);
    expect(codeOf(await capture(id, { isForgotten: true }))).toEqual([422, "amount_exceeds_authorization"]);
  });

  it("is refused for an authorization that was voided, declined or never made", async () => {
    const { id } = bodyOf(await authorize());
    await release();
    expect(codeOf(await capture(id))).toEqual([409, "authorization_voided"]);
    expect(codeOf(await capture("auth_unknown", { key: "p1:other" }))).toEqual([
      404,
      "authorization_not_found",
    ]);
    const declined = await provider.authorize(call("p2:authorize", { isRefused: true }), MONEY);
    expect(declined.status).toBe(402);
    const { id: refused } = (await books.find("p2:authorize")) as Entry;
    expect(codeOf(await capture(refused, { key: "p2:capture" }))).toEqual([404, "authorization_not_found"]);
  });

  it("that is partial takes a quarter, and leaves the rest of the hold", async () => {
    const { id } = bodyOf(await authorize());
    expect(bodyOf(await capture(id, { deviation: "partial" }))).toMatchObject({ amount: 125 });
    expect((await books.findById(id))?.hold).toEqual({ captured: 125 });
    expect((await capture(id, { key: "p1:rest" }, 375)).status).toBe(201);
    expect(codeOf(await capture(id, { key: "p1:more" }, 1))).toEqual([422, "amount_exceeds_authorization"]);
  });

  it("and a void of the same hold never both take effect", async () => {
    for (let round = 0; round < 20; round += 1) {
      books = new SqliteBooks(":memory:");
      provider = providerOver(books);
      const { id } = bodyOf(await authorize());
      const race = round % 2 ? [capture(id), release()] : [release(), capture(id)];
      await Promise.all(race);
      const won = (await rows()).filter(
        ([operation, state]) => operation !== "authorize" && state === "succeeded",
      );
      expect(won).toHaveLength(1);
    }
  });
});

describe("a void", () => {
  it("releases the hold, and again gives the same answer", async () => {
    await authorize();
    const first = await release();
    expect(first).toMatchObject({ status: 201, body: { operation: "void", amount: 500 } });
    expect(await release()).toEqual(first);
    expect(await release({ key: "p1:void-again" })).toEqual(first);
    expect(await rows()).toEqual([
      ["authorize", "succeeded", 500],
      ["void", "succeeded", 500],
    ]);
  });

  it("of an authorization that never came makes sure that it never will", async () => {
    const first = await release();
    expect(first).toMatchObject({
      status: 200,
      body: { state: "tombstoned", idempotency_key: AUTHORIZE_KEY },
    });
    expect(await release()).toEqual(first);
    expect(codeOf(await authorize())).toEqual([409, "tombstoned"]);
    expect(codeOf(await authorize({ isForgotten: true }))).toEqual([409, "tombstoned"]);
    expect(await rows()).toEqual([["authorize", "tombstoned", 0]]);
  });

  it("buries a hold whose key it has forgotten, and finds it by its id all the same", async () => {
    const { id } = bodyOf(await authorize());
    const request = { reference: "p1", operation_key: AUTHORIZE_KEY };
    const forgets = async () => true;
    expect(bodyOf(await provider.void(call("p1:void"), request, forgets)).state).toBe("tombstoned");
    expect(await rows()).toEqual([
      ["authorize", "succeeded", 500],
      ["authorize", "tombstoned", 0],
    ]);
    const named = { ...request, authorization_id: id };
    expect(bodyOf(await provider.void(call("p1:void"), named, forgets)).operation).toBe("void");
  });

  it("finds the hold by its id, when another one stands under its key by now", async () => {
    const { id } = bodyOf(await authorize());
    await authorize({ isForgotten: true });
    await release({}, { authorization_id: id });
    expect((await books.findById(id))?.hold?.voided_by).toBeDefined();
    expect((await books.find(AUTHORIZE_KEY))?.hold?.voided_by).toBeUndefined();
  });

  it("by an id that is none, or another payment's, releases nothing and forbids nothing", async () => {
    const none = await release({}, { authorization_id: "auth_0" });
    expect(codeOf(none)).toEqual([404, "authorization_not_found"]);
    expect(await rows()).toEqual([]);
    const { id } = bodyOf(await provider.authorize(call("p2:authorize"), { ...MONEY, reference: "p2" }));
    expect(codeOf(await release({}, { authorization_id: id }))).toEqual([404, "authorization_not_found"]);
  });

  it("is refused once the money was captured, and leaves no row", async () => {
    await capture(bodyOf(await authorize()).id);
    expect(codeOf(await release())).toEqual([409, "already_captured"]);
    expect(codeOf(await release())).toEqual([409, "already_captured"]);
    expect(await rows()).toHaveLength(2);
  });

  it("that was refused may succeed under the same key later", async () => {
    await authorize();
    expect(codeOf(await release({ isRefused: true }))).toEqual([402, "void_refused"]);
    expect((await release()).status).toBe(201);
  });

  it("of a declined authorization succeeds and releases nothing", async () => {
    await authorize({ isRefused: true });
    expect(await release()).toMatchObject({ status: 201, body: { operation: "void", amount: 0 } });
  });
});

describe("a tombstone", () => {
  const tombstone = () => provider.tombstoneKey({ reference: "p1", operation_key: "p1:capture" });

  it("keeps an unseen key from ever taking effect", async () => {
    const { id } = bodyOf(await authorize());
    expect(await tombstone()).toMatchObject({
      status: 200,
      body: { operation: "capture", state: "tombstoned" },
    });
    expect(await tombstone()).toMatchObject({ status: 200, body: { state: "tombstoned" } });
    expect(codeOf(await capture(id))).toEqual([409, "tombstoned"]);
    expect(effects).toEqual(["authorize"]);
  });

  it("changes nothing where the key has an operation, and tells it", async () => {
    const captured = await capture(bodyOf(await authorize()).id);
    expect(await tombstone()).toEqual({ status: 200, body: captured.body });
  });

  it("and the request that it forestalls never both win", async () => {
    const { id } = bodyOf(await authorize());
    const [buried, captured] = await Promise.all([tombstone(), capture(id)]);
    expect([bodyOf(buried).state, captured.status]).toEqual(["tombstoned", 409]);
  });
});

describe("a query", () => {
  it("tells the operation, or that nothing is known", async () => {
    expect(codeOf(await provider.query(AUTHORIZE_KEY))).toEqual([404, "not_found"]);
    const made = await authorize();
    expect(await provider.query(AUTHORIZE_KEY)).toEqual({ status: 200, body: made.body });
  });
});
