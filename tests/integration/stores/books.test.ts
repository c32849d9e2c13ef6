// The sandbox's books on SQLite and on a real DynamoDB Local: one contract. In DynamoDB a webhook
// is announced before its commit, so what is owed are the announcements whose row is there.
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DynamoBooks } from "../../../functions/lib/adapters/sandbox/dynamodb-books.ts";
import type { Entry } from "../../../functions/lib/sandbox/books.ts";
import type { Announcement } from "../../../functions/lib/sandbox/webhook-queue.ts";
import { SqliteBooks } from "../../../scripts/local/sandbox/sqlite-books.ts";
import { type BooksOfTest, describeBooks } from "../../support/conformance/books.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database?.close());

function sqliteBooks(): BooksOfTest {
  const books = new SqliteBooks(":memory:");
  const owed = async (): Promise<string[]> => {
    const notices = await books.owed(0);
    for (const { position } of notices) await books.settle(position);
    return notices.map(({ entry }) => entry.id);
  };
  return { books, owed };
}

type Announced = Announcement & { afterMs: number };

function dynamoBooks(client = database.client) {
  const announced: Announced[] = [];
  const announce = async (announcement: Announcement, afterMs: number): Promise<void> => {
    announced.push({ ...announcement, afterMs });
  };
  const books = new DynamoBooks(client, new ManualClock(), TABLES["sandbox-books"], { announce });
  const owed = async (): Promise<string[]> => {
    const ids = announced.splice(0).map(({ row_id }) => row_id);
    const rows = await Promise.all(ids.map((id) => books.findById(id)));
    return rows.flatMap((row) => (row ? [row.id] : []));
  };
  return { books, owed, announced };
}

describeBooks("SQLite", sqliteBooks);
describeBooks("DynamoDB", () => dynamoBooks());

const row: Entry = {
  id: "auth_1",
  operation: "authorize",
  idempotency_key: "p-dynamo:authorize",
  reference: "p-dynamo",
  amount: 500,
  currency: "INR",
  state: "succeeded",
  at: "2026-01-01T00:00:00.000Z",
  fingerprint: "f",
};
const another = (id: string): Entry => ({ ...row, id, reference: id, idempotency_key: `${id}:authorize` });

describe("the books in DynamoDB", () => {
  it("announce the prompt webhook at once and every other within three seconds", async () => {
    const { books, announced } = dynamoBooks();
    await books.commit({ insert: row, telling: "twice" });
    expect(announced).toMatchObject([
      { row_id: "auth_1", tries: 0, afterMs: 0 },
      { row_id: "auth_1", tries: 0 },
    ]);
    expect(announced[1]?.afterMs).toBeLessThanOrEqual(3_000);
  });

  it("commit nothing that they could not announce", async () => {
    const announce = async () => {
      throw new Error("the queue is down");
    };
    const clock = new ManualClock();
    const books = new DynamoBooks(database.client, clock, TABLES["sandbox-books"], { announce });
    await expect(books.commit({ insert: another("unannounced") })).rejects.toThrow("the queue is down");
    expect(await books.find("unannounced:authorize")).toBeUndefined();
  });

  it("commit once what conflicts or whose answer is lost", async () => {
    const { books } = dynamoBooks(database.shaky);
    database.order("conflict", 3);
    expect(await books.commit({ insert: another("conflicting") })).toBe(true);
    database.order("lost_answer", 1);
    expect(await books.commit({ insert: another("unanswered") })).toBe(true);
    expect(await books.list("unanswered")).toHaveLength(1);
  });

  it("say neither yes nor no when every answer is lost, and the next try finds the row", async () => {
    const { books } = dynamoBooks(database.shaky);
    database.order("lost_answer", 1_000);
    await expect(books.commit({ insert: another("silent") })).rejects.toThrow();
    database.order("lost_answer", 0);
    expect(await books.find("silent:authorize")).toEqual(another("silent"));
  });
});
