// The directory and the admissions on a real DynamoDB Local: their contracts, and what they cost.
import "../../support/function-environment.ts";

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { admit, DynamoAdmissions } from "../../../functions/lib/adapters/dynamodb/admissions.ts";
import { DynamoDirectory } from "../../../functions/lib/adapters/dynamodb/directory.ts";
import { describeDirectory } from "../../support/conformance/directory.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { MemoryDirectory } from "../../support/memory/memory-directory.ts";

const TableName = "contra-directory";

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
  await database.createTable(TableName);
});
afterAll(() => database?.close());

describeDirectory("DynamoDB", () => new DynamoDirectory(database.client, new ManualClock(), TableName));
describeDirectory("memory", () => new MemoryDirectory());

describe("a directory's failures", () => {
  it("are tried again while others write, and end as contention", async () => {
    const busy = Object.assign(new Error("busy"), { name: "ThrottlingException" });
    const send = jest.fn(async () => Promise.reject(busy));
    const directory = new DynamoDirectory(
      { send } as unknown as DynamoDBClient,
      new ManualClock(),
      TableName,
    );
    const placement = { merchant_id: "m", cell: "c", rate_per_second: 1, placed_at: "now" };
    await expect(directory.record(placement, 10)).rejects.toMatchObject({ name: "StoreContention" });
    expect(send.mock.calls.length).toBeGreaterThan(1);
  });
});

describe("admissions", () => {
  it("admit who was admitted, and nobody else", async () => {
    await admit(database.client, TABLES.payments, "resident");
    const admissions = new DynamoAdmissions(database.client, TABLES.payments);
    expect(await admissions.admits("resident")).toBe(true);
    expect(await admissions.admits("stranger")).toBe(false);
  });

  it("are read once per merchant, however much it pays", async () => {
    await admit(database.client, TABLES.payments, "busy");
    const admissions = new DynamoAdmissions(database.client, TABLES.payments);
    const send = jest.spyOn(database.client, "send");
    for (let payment = 0; payment < 50; payment++) await admissions.admits("busy");
    expect(send).toHaveBeenCalledTimes(1);
    send.mockRestore();
  });

  it("see a merchant that comes later at once, because an absence is never remembered", async () => {
    const admissions = new DynamoAdmissions(database.client, TABLES.payments);
    expect(await admissions.admits("late")).toBe(false);
    await admit(database.client, TABLES.payments, "late");
    expect(await admissions.admits("late")).toBe(true);
  });

  it("are the same when they are made twice", async () => {
    await admit(database.client, TABLES.payments, "twice");
    const first = await database.item("payments", "MERCHANT#twice", "ADMISSION");
    await admit(database.client, TABLES.payments, "twice");
    expect(await database.item("payments", "MERCHANT#twice", "ADMISSION")).toEqual(first);
  });

  it("answer nothing while the store does not, and admit nobody by mistake", async () => {
    const broken = { send: async () => Promise.reject(new Error("no answer")) } as unknown as DynamoDBClient;
    const admissions = new DynamoAdmissions(broken, TABLES.payments);
    await expect(admissions.admits("resident")).rejects.toMatchObject({ name: "StoreUnavailable" });
  });
});
