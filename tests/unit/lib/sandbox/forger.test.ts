// What is told and never happened: of an operation that was asked for, and of one that was not.
import { beforeEach, describe, expect, it } from "@jest/globals";
import { Misfortune } from "../../../../functions/lib/sandbox/faults.ts";
import { Forger } from "../../../../functions/lib/sandbox/forger.ts";
import { SqliteBooks } from "../../../../scripts/local/sandbox/sqlite-books.ts";

const MONEY = { amount: 500, currency: "INR" };
const PURCHASE = { ...MONEY, receive_amount: 5_900_000, receive_currency: "USDC" };
let books: SqliteBooks;
let misfortune: Misfortune;
let made: number;

beforeEach(() => {
  books = new SqliteBooks(":memory:");
  misfortune = new Misfortune(books, { strike: () => undefined });
  made = 0;
});

async function tell(orders: string, operation: "authorize" | "capture" | "void" | "on_ramp", said = {}) {
  const world = { now: () => new Date(0), newId: () => String(++made) };
  await misfortune.keepPlan("p1", orders);
  const plan = await misfortune.planOf("p1");
  await new Forger(books, world).tell({ operation, reference: "p1" }, said, plan);
}
const told = async () =>
  (await books.owed(0)).map(({ entry: { at: _, fingerprint: _f, ...entry } }) => entry);

describe("a forged webhook", () => {
  it("tells of an operation before it was asked for, with the money of the call", async () => {
    await tell("forged_capture_x1", "authorize", MONEY);
    expect(await told()).toEqual([
      {
        id: "cap_1",
        operation: "capture",
        idempotency_key: "p1:capture",
        reference: "p1",
        ...MONEY,
        state: "succeeded",
      },
    ]);
    expect((await books.owed(0)).map(({ isPrompt }) => isPrompt)).toEqual([true]);
    expect(await books.list("p1")).toEqual([]);
  });

  it("of a payout takes what the purchase gives", async () => {
    await tell("forged_off_ramp_x1", "on_ramp", PURCHASE);
    const money = { amount: 5_900_000, currency: "USDC", receive_amount: 500, receive_currency: "INR" };
    expect(await told()).toMatchObject([{ id: "off_1", operation: "off_ramp", ...money }]);
  });

  it("may be of the other rail", async () => {
    await tell("forged_off_ramp_x1", "authorize", MONEY);
    const money = { ...MONEY, receive_amount: 500, receive_currency: "INR" };
    expect(await told()).toMatchObject([{ operation: "off_ramp", ...money }]);
  });

  it("is none at the operation's own call, and none more than was ordered", async () => {
    await tell("forged_capture_x1", "capture", MONEY);
    expect(await told()).toEqual([]);
    await tell("", "authorize", MONEY);
    await tell("", "void", MONEY);
    expect(await told()).toHaveLength(1);
  });
});

describe("an unfounded webhook", () => {
  it("tells at the operation's own call that it succeeded", async () => {
    await tell("unfounded_on_ramp", "on_ramp", PURCHASE);
    expect(await told()).toMatchObject([{ id: "on_1", operation: "on_ramp", ...PURCHASE }]);
  });

  it("is none at another operation's call", async () => {
    await tell("unfounded_capture", "authorize", MONEY);
    expect(await told()).toEqual([]);
  });

  it("of a void tells the money of what it voids", async () => {
    const row = { id: "auth_1", operation: "authorize", idempotency_key: "p1:authorize" } as const;
    const rest = {
      reference: "p1",
      state: "succeeded",
      at: "1970-01-01T00:00:00.000Z",
      fingerprint: "f",
    } as const;
    await books.commit({ insert: { ...row, ...rest, ...MONEY }, telling: "never" });
    await tell("unfounded_void", "void");
    expect(await told()).toMatchObject([{ operation: "void", ...MONEY }]);
  });
});
