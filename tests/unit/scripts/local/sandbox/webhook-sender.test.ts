// The provider's webhooks: what is owed is sent until somebody took it, whatever happens in
// between.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { Entry } from "../../../../../functions/lib/sandbox/books.ts";
import { fingerprintOf } from "../../../../../functions/lib/sandbox/idempotent-operations.ts";
import type { Provider } from "../../../../../functions/lib/sandbox/provider.ts";
import { Counters } from "../../../../../scripts/local/common/counters.ts";
import { SqliteBooks } from "../../../../../scripts/local/sandbox/sqlite-books.ts";
import { Courier } from "../../../../../scripts/local/sandbox/webhook-sender.ts";
import { providerOver } from "../../../../support/sandbox.ts";

type Told = { id: string; operation: { operation: string; state: string; reference: string } };
let books: SqliteBooks;
let provider: Provider;
let told: Told[];
/** What the receiver answers, one after the other; afterwards 204. `down` is no answer at all. */
let answers: (number | "down")[];
let waits: number[];

const courier = () => {
  const post = async (id: string, body: string): Promise<number> => {
    const answer = answers.shift() ?? 204;
    if (answer === "down") throw new Error("nobody listens");
    told.push({ id, ...(JSON.parse(body) as Omit<Told, "id">) });
    return answer;
  };
  const wait = async (ms: number) => void waits.push(ms);
  return new Courier(books, post, { wait, random: () => 0.5 }, new Counters());
};

const authorize = (reference: string, more = {}) => {
  const key = `${reference}:authorize`;
  const call = {
    key,
    fingerprint: fingerprintOf("authorize", {}),
    isRefused: false,
    isForgotten: false,
    ...more,
  };
  return provider.authorize(call, { reference, amount: 500, currency: "INR" });
};
const words = () =>
  told.map(({ operation }) => `${operation.reference} ${operation.operation} ${operation.state}`);

beforeEach(() => {
  jest.spyOn(console, "error").mockReturnValue();
  books = new SqliteBooks(":memory:");
  provider = providerOver(books);
  told = [];
  answers = [];
  waits = [];
});

describe("a webhook of the sandbox", () => {
  it("tells of every row once: what took effect, was refused, or was tombstoned", async () => {
    await authorize("p1");
    await authorize("p1");
    await authorize("p2", { isRefused: true });
    await provider.tombstoneKey({ reference: "p3", operation_key: "p3:capture" });
    await courier().wake();
    expect(words().sort()).toEqual([
      "p1 authorize succeeded",
      "p2 authorize refused",
      "p3 capture tombstoned",
    ]);
    expect(await books.owed(0)).toEqual([]);
  });

  it("comes at some later moment, and twice under one id where that was ordered, at once first", async () => {
    await authorize("p1", { telling: "twice" });
    await courier().wake();
    expect(words()).toEqual(["p1 authorize succeeded", "p1 authorize succeeded"]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    expect(waits).toEqual([1_500]);
  });

  it.each([404, 429, 500, 503, "down"] as const)("is sent again after %p", async (answer) => {
    answers = [answer, answer];
    await authorize("p1");
    await courier().wake();
    expect(words().at(-1)).toBe("p1 authorize succeeded");
    expect(waits).toEqual([1_500, 750, 1_500]);
    expect(await books.owed(0)).toEqual([]);
  });

  it("of what was only accepted comes again once that is settled, however long it is looked at", async () => {
    let now = Date.parse("2026-01-01T00:00:00.000Z");
    const settles_at = new Date(now + 4_000).toISOString();
    const row = { id: "on_1", operation: "on_ramp", idempotency_key: "p1:on_ramp", reference: "p1" } as const;
    const money = { amount: 1, currency: "EUR", fingerprint: "f", at: new Date(now).toISOString() };
    await books.commit({ insert: { ...row, ...money, state: "pending", settles_at } });
    const post = async (id: string, body: string) => {
      told.push({ id, ...(JSON.parse(body) as Omit<Told, "id">) });
      return 204;
    };
    const wait = async (ms: number) => {
      now += ms;
    };
    const looking = () => now;
    await new Courier(books, post, { wait, random: () => 0.5 }, new Counters(), looking).wake();
    expect(words()).toEqual(["p1 on_ramp pending", "p1 on_ramp succeeded"]);
    expect(told.map(({ id }) => id)).toEqual(["msg_on_1_accepted", "msg_on_1"]);
    expect(await books.owed(0)).toEqual([]);
  });

  it("says the contrary first where that was ordered, and then the truth", async () => {
    let now = Date.parse("1970-01-01T00:00:00.000Z");
    await authorize("p1", { isContradicted: true, telling: "at_once" });
    await authorize("p2", { isContradicted: true, telling: "at_once", isRefused: true });
    const post = async (id: string, body: string) => {
      told.push({ id, ...(JSON.parse(body) as Omit<Told, "id">) });
      return 204;
    };
    const wait = async (ms: number) => {
      now += ms;
    };
    await new Courier(books, post, { wait, random: () => 0.5 }, new Counters(), () => now).wake();
    const of = (reference: string) => words().filter((word) => word.startsWith(reference));
    expect(of("p1")).toEqual(["p1 authorize refused", "p1 authorize succeeded"]);
    expect(of("p2")).toEqual(["p2 authorize succeeded", "p2 authorize refused"]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(4);
    expect(await books.owed(0)).toEqual([]);
  });

  it("tells at once of what is in no books", async () => {
    await authorize("p1", { telling: "never" });
    const [row] = await books.list("p1");
    await books.tell({ ...(row as Entry), id: "cap_forged", operation: "capture" });
    await courier().wake();
    expect(words()).toEqual(["p1 capture succeeded"]);
    expect(waits).toEqual([]);
  });

  it.each([400, 401, 413])("is not sent again after %i", async (answer) => {
    answers = [answer];
    await authorize("p1");
    await courier().wake();
    expect(told).toHaveLength(1);
    expect(await books.owed(0)).toEqual([]);
  });

  it("is given up after twelve tries, counted over a crash", async () => {
    answers = Array.from({ length: 100 }, () => 503);
    await authorize("p1");
    for (let tries = 0; tries < 5; tries++) await books.countTry(1);
    await courier().wake();
    expect(told).toHaveLength(7);
    expect(await books.owed(0)).toEqual([]);
  });

  it("survives the process that owed it", async () => {
    await authorize("p1");
    expect(await books.owed(0)).toMatchObject([{ tries: 0, isPrompt: false, entry: { reference: "p1" } }]);
    await courier().wake();
    expect(words()).toEqual(["p1 authorize succeeded"]);
  });

  it("is taken up once, however often the courier is woken", async () => {
    const one = courier();
    await authorize("p1");
    await Promise.all([one.wake(), one.wake()]);
    await one.wake();
    expect(told).toHaveLength(1);
  });

  it("is announced by the commit that owes it, and by no other", async () => {
    let commits = 0;
    books = new SqliteBooks(":memory:", () => {
      commits += 1;
    });
    provider = providerOver(books);
    await authorize("p1");
    await authorize("p1");
    expect(commits).toBe(1);
  });
});
