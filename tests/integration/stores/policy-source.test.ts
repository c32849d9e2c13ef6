// A merchant's policy in DynamoDB: whoever gives it writes over nothing that it has not read, and
// stands in the operator's journal exactly when the policy does.
import "../../support/function-environment.ts";
import { TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DynamoOperatorJournal } from "../../../functions/lib/adapters/dynamodb/operator-journal.ts";
import { DynamoPolicySource, putPolicy } from "../../../functions/lib/adapters/dynamodb/policy-source.ts";
import { idFor } from "../../../functions/lib/domain/idempotency.ts";
import type { Operation } from "../../../functions/lib/domain/operation.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { POLICY } from "../../support/policy.ts";

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database?.close());

const DAY = "2026-08-01";
const by = (merchant_id: string, reason: string): Operation => ({
  operation_id: idFor("operation policy", merchant_id, reason),
  kind: "policy",
  at: `${DAY}T00:00:00.000Z`,
  by: "mia",
  reason,
  merchant_id,
});

/** As a new environment reads it. */
const feeOf = async (merchant: string) => {
  const policies = new DynamoPolicySource(database.client, new ManualClock(), TABLES.payments, POLICY);
  return (await policies.policyOf(merchant)).card_fee_bps;
};
const hands = async (merchant: string) => {
  const journal = new DynamoOperatorJournal(database.client, new ManualClock(), TABLES.integrity);
  const made = await journal.ofDay(DAY, 100);
  return made.filter(({ merchant_id }) => merchant_id === merchant).map(({ reason }) => reason);
};
const give = (merchant: string, card_fee_bps: number, reason: string) =>
  putPolicy(database.client, TABLES, merchant, { card_fee_bps }, by(merchant, reason));

/** Gives 3 by a hand that has read, and writes after a faster one has given 2. */
async function giveLate(merchant: string): Promise<unknown> {
  let isOvertaken = false;
  const send = async (command: object) => {
    if (command instanceof TransactWriteItemsCommand && !isOvertaken) {
      isOvertaken = true;
      await give(merchant, 2, "faster");
    }
    return database.client.send(command as never);
  };
  return putPolicy({ send } as never, TABLES, merchant, { card_fee_bps: 3 }, by(merchant, "late"));
}

describe("a policy in DynamoDB", () => {
  it("is given by nobody over one that another hand changed after it was read", async () => {
    await give("changed", 1, "first");
    await expect(giveLate("changed")).rejects.toMatchObject({ name: "StoreContention" });
    expect(await feeOf("changed")).toBe(2);
    expect((await hands("changed")).sort()).toEqual(["faster", "first"]);
  });

  it("is given by nobody over one that another hand gave where there was none", async () => {
    await expect(giveLate("new")).rejects.toMatchObject({ name: "StoreContention" });
    expect(await feeOf("new")).toBe(2);
    expect(await hands("new")).toEqual(["faster"]);
  });

  it("is given over the one that was read, which is said", async () => {
    expect(await give("twice", 1, "first")).toBeUndefined();
    expect(await give("twice", 2, "second")).toEqual({ card_fee_bps: 1 });
    expect(await feeOf("twice")).toBe(2);
  });

  it("writes over no entry of the journal, and is given by no hand without its own", async () => {
    await give("entry", 1, "first");
    await expect(give("entry", 2, "first")).rejects.toMatchObject({ name: "StoreContention" });
    expect(await feeOf("entry")).toBe(1);
    expect(await hands("entry")).toEqual(["first"]);
  });
});
