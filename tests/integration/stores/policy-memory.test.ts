// A merchant's policy as functions read it: that there is none is remembered for half a minute, and
// one that stands never is.
import "../../support/function-environment.ts";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { toItem } from "../../../functions/lib/adapters/dynamodb/item.ts";
import { DynamoPolicySource } from "../../../functions/lib/adapters/dynamodb/policy-source.ts";
import type { Policy } from "../../../functions/lib/contracts/types.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { POLICY } from "../../support/policy.ts";
import { sentBy } from "../../support/sent.ts";

const SECOND = 1_000;
let database: Database;
let clock: ManualClock;
let policies: DynamoPolicySource;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database?.close());
beforeEach(() => {
  clock = new ManualClock();
  policies = new DynamoPolicySource(database.client, clock, TABLES.payments, POLICY);
});

async function give(merchant: string, policy: Policy): Promise<void> {
  const Item = toItem({ pk: `MERCHANT#${merchant}`, sk: "POLICY", policy });
  await database.client.send(new PutItemCommand({ TableName: TABLES.payments, Item }));
}

describe("a merchant's policy in DynamoDB", () => {
  it("costs one read in half a minute where the merchant has none", async () => {
    const ask = async () => expect(await policies.policyOf("none")).toEqual(POLICY);
    const costs = await sentBy(database.client, async () => {
      await ask();
      clock.advance(30 * SECOND - 1);
      await ask();
    });
    expect(costs.reads).toBe(1);
    clock.advance(1);
    expect((await sentBy(database.client, ask)).reads).toBe(1);
  });

  it("holds within half a minute where it is the first", async () => {
    await policies.policyOf("first");
    await give("first", { max_amount: { EUR: 1 } });
    clock.advance(30 * SECOND);
    expect((await policies.policyOf("first")).max_amount).toEqual({ EUR: 1 });
  });

  it("holds at once where one stood before, an empty one too", async () => {
    await give("narrower", {});
    await policies.policyOf("narrower");
    await give("narrower", { max_amount: { EUR: 1 } });
    expect((await policies.policyOf("narrower")).max_amount).toEqual({ EUR: 1 });
    await give("narrower", { max_amount: { EUR: 2 } });
    expect((await policies.policyOf("narrower")).max_amount).toEqual({ EUR: 2 });
  });

  it("is nobody else's", async () => {
    await give("other", { card_fee_bps: 1 });
    await policies.policyOf("without");
    expect((await policies.policyOf("other")).card_fee_bps).toBe(1);
  });
});
