// The directory and the admissions on a real DynamoDB Local: their contracts, and what they cost.
import "../../support/function-environment.ts";

import { DeleteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { admit, DynamoAdmissions } from "../../../functions/lib/adapters/dynamodb/admissions.ts";
import { DynamoDirectory } from "../../../functions/lib/adapters/dynamodb/directory.ts";
import { toItem } from "../../../functions/lib/adapters/dynamodb/item.ts";
import { DynamoOperatorJournal } from "../../../functions/lib/adapters/dynamodb/operator-journal.ts";
import { idFor } from "../../../functions/lib/domain/idempotency.ts";
import type { Operation } from "../../../functions/lib/domain/operation.ts";
import { describeDirectory } from "../../support/conformance/directory.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { MemoryDirectory } from "../../support/memory/memory-directory.ts";

const TableName = "contra-directory";
const HAND = { by: "mia", reason: "a test" };
const admission = (merchant_id: string, at = "2026-06-01T00:00:00.000Z"): Operation => ({
  operation_id: idFor("operation placement", merchant_id, at),
  kind: "placement",
  at,
  ...HAND,
  merchant_id,
});

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
  await database.createTable(TableName);
});
afterAll(() => database?.close());

describeDirectory("DynamoDB", () => new DynamoDirectory(database.client, new ManualClock(), TableName, HAND));
describeDirectory("memory", () => new MemoryDirectory());

describe("a directory's failures", () => {
  it("are tried again while others write, and end as contention", async () => {
    const busy = Object.assign(new Error("busy"), { name: "ThrottlingException" });
    const send = jest.fn(async () => Promise.reject(busy));
    const directory = new DynamoDirectory(
      { send } as unknown as DynamoDBClient,
      new ManualClock(),
      TableName,
      HAND,
    );
    const placement = { merchant_id: "m", cell: "c", rate_per_second: 1, placed_at: "now" };
    await expect(directory.record(placement, 10)).rejects.toMatchObject({ name: "StoreContention" });
    expect(send.mock.calls.length).toBeGreaterThan(1);
  });
});

describe("a directory's own journal", () => {
  it("says who placed a merchant and who changed its rate, and nothing of what was refused", async () => {
    const clock = new ManualClock();
    const directory = new DynamoDirectory(database.client, clock, TableName, HAND);
    const placed = {
      merchant_id: "noted",
      cell: "noted",
      rate_per_second: 4,
      placed_at: "2026-01-01T00:00:00.000Z",
    };
    clock.advance(86_400_000);
    await directory.record(placed, 10);
    await directory.record(placed, 10);
    clock.advance(1_000);
    await directory.resize(placed, 6, 10);
    await directory.resize(placed, 7, 10);
    const journal = new DynamoOperatorJournal(database.client, clock, TableName);
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    expect(await journal.ofDay(day, 10)).toMatchObject([
      { kind: "placement", ...HAND, merchant_id: "noted", details: { rate_per_second: 6, rate_before: 4 } },
      { kind: "placement", ...HAND, merchant_id: "noted", details: { cell: "noted", rate_per_second: 4 } },
    ]);
  });
});

describe("an entry of a directory's journal", () => {
  /** Each on a day of its own. */
  function onDay(name: string, day: number) {
    const clock = new ManualClock();
    clock.advance(day * 86_400_000);
    const placed_at = new Date(clock.now()).toISOString();
    return {
      directory: new DynamoDirectory(database.client, clock, TableName, HAND),
      placed: { merchant_id: name, cell: name, rate_per_second: 4, placed_at },
      entries: async () => {
        const journal = new DynamoOperatorJournal(database.client, clock, TableName);
        const made = await journal.ofDay(placed_at.slice(0, 10), 10);
        return made.map(({ details }) => details?.rate_per_second);
      },
    };
  }

  it("is written over by nobody who places, and no merchant is placed without its own", async () => {
    const { directory, placed, entries } = onDay("entry-of-a-placement", 3);
    await directory.record(placed, 10);
    // By hand, as nothing of ours takes a placement away.
    const Key = toItem({ pk: `MERCHANT#${placed.merchant_id}`, sk: "PLACEMENT" });
    await database.client.send(new DeleteItemCommand({ TableName, Key }));
    expect(await directory.record({ ...placed, rate_per_second: 5 }, 10)).not.toBe("recorded");
    expect(await directory.find(placed.merchant_id)).toBeUndefined();
    expect(await entries()).toEqual([4]);
  });

  it("is written over by nobody who changes a rate, and no rate is changed without its own", async () => {
    const { directory, placed, entries } = onDay("entry-of-a-rate", 4);
    await directory.record(placed, 20);
    expect(await directory.resize(placed, 6, 20)).toBe("resized");
    expect(await directory.resize({ ...placed, rate_per_second: 6 }, 4, 20)).toBe("resized");
    // In the same millisecond, from the same rate: the same act as the first.
    expect(await directory.resize(placed, 7, 20)).not.toBe("resized");
    expect(await directory.find(placed.merchant_id)).toEqual(placed);
    expect((await entries()).sort()).toEqual([4, 4, 6]);
  });
});

describe("admissions", () => {
  it("admit who was admitted, and nobody else", async () => {
    await admit(database.client, TABLES, "resident", admission("resident"));
    const admissions = new DynamoAdmissions(database.client, TABLES.payments);
    expect(await admissions.admits("resident")).toBe(true);
    expect(await admissions.admits("stranger")).toBe(false);
  });

  it("are read once per merchant, however much it pays", async () => {
    await admit(database.client, TABLES, "busy", admission("busy"));
    const admissions = new DynamoAdmissions(database.client, TABLES.payments);
    const send = jest.spyOn(database.client, "send");
    for (let payment = 0; payment < 50; payment++) await admissions.admits("busy");
    expect(send).toHaveBeenCalledTimes(1);
    send.mockRestore();
  });

  it("see a merchant that comes later at once, because an absence is never remembered", async () => {
    const admissions = new DynamoAdmissions(database.client, TABLES.payments);
    expect(await admissions.admits("late")).toBe(false);
    await admit(database.client, TABLES, "late", admission("late"));
    expect(await admissions.admits("late")).toBe(true);
  });

  it("are the same when they are made twice", async () => {
    await admit(database.client, TABLES, "twice", admission("twice"));
    const first = await database.item("payments", "MERCHANT#twice", "ADMISSION");
    await admit(database.client, TABLES, "twice", admission("twice", "2026-06-02T00:00:00.000Z"));
    expect(await database.item("payments", "MERCHANT#twice", "ADMISSION")).toEqual(first);
    const journal = new DynamoOperatorJournal(database.client, new ManualClock(), TABLES.integrity);
    expect(await journal.ofDay("2026-06-01", 100)).toContainEqual(admission("twice"));
    expect(await journal.ofDay("2026-06-02", 100)).toEqual([]);
  });

  it("write over no entry of the journal, and admit nobody without its own", async () => {
    await admit(database.client, TABLES, "entry", admission("entry", "2026-06-03T00:00:00.000Z"));
    const Key = toItem({ pk: "MERCHANT#entry", sk: "ADMISSION" });
    await database.client.send(new DeleteItemCommand({ TableName: TABLES.payments, Key }));
    const again = { ...admission("entry", "2026-06-03T00:00:00.000Z"), by: "zoe" };
    await admit(database.client, TABLES, "entry", again);
    expect(await new DynamoAdmissions(database.client, TABLES.payments).admits("entry")).toBe(false);
    const journal = new DynamoOperatorJournal(database.client, new ManualClock(), TABLES.integrity);
    expect(await journal.ofDay("2026-06-03", 100)).toMatchObject([{ by: "mia" }]);
  });

  it("answer nothing while the store does not, and admit nobody by mistake", async () => {
    const broken = { send: async () => Promise.reject(new Error("no answer")) } as unknown as DynamoDBClient;
    const admissions = new DynamoAdmissions(broken, TABLES.payments);
    await expect(admissions.admits("resident")).rejects.toMatchObject({ name: "StoreUnavailable" });
  });
});
