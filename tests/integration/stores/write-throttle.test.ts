// The throttle on a real DynamoDB Local: environments share a bucket, a request costs no write, and
// a store that fails stands in nobody's way.
import "../../support/function-environment.ts";
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { toItem } from "../../../functions/lib/adapters/dynamodb/item.ts";
import { DynamoPolicySource } from "../../../functions/lib/adapters/dynamodb/policy-source.ts";
import { DynamoWriteThrottle } from "../../../functions/lib/adapters/dynamodb/write-throttle.ts";
import type { Policy } from "../../../functions/lib/contracts/types.ts";
import { deploymentPolicy } from "../../../functions/lib/domain/policy.ts";
import { BLOCK, LEASE_MS } from "../../../functions/lib/domain/token-bucket.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { sentBy } from "../../support/sent.ts";
import { until } from "../../support/until.ts";

const WRITES = { per_second: 10, burst: 60 };
let database: Database;
let clock: ManualClock;
let merchant = "";
let merchants = 0;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database?.close());
beforeEach(() => {
  clock = new ManualClock();
  merchant = `throttled-${++merchants}`;
});

/** An environment of a function; its deployment has the rate unless it says otherwise. */
function environment(
  client: DynamoDBClient = database.client,
  limits: Policy["limits"] = { writes: WRITES },
) {
  const policies = new DynamoPolicySource(
    client,
    clock,
    TABLES.payments,
    deploymentPolicy({ limits: limits ?? {} }),
  );
  return new DynamoWriteThrottle(client, clock, TABLES.payments, policies);
}

/** Gives the merchant a policy of its own, well-formed or not. */
async function give(policy: unknown): Promise<void> {
  const Item = toItem({ pk: `MERCHANT#${merchant}`, sk: "POLICY", policy });
  await database.client.send(new PutItemCommand({ TableName: TABLES.payments, Item }));
}

/** How many of so many requests one after another are taken. */
async function taken(throttle: DynamoWriteThrottle, requests: number): Promise<number> {
  let count = 0;
  for (let request = 0; request < requests; request++)
    await throttle.take(merchant).then(
      () => count++,
      (error: Error) => expect(error.name).toBe("RateLimited"),
    );
  return count;
}

describe("the throttle in DynamoDB", () => {
  it("takes a burst and then what the rate brings, and says when the next block is there", async () => {
    const here = environment();
    expect(await taken(here, 100)).toBe(WRITES.burst);
    await expect(here.take(merchant)).rejects.toMatchObject({
      headers: { "retry-after": "2", "ratelimit-policy": '"writes";q=60;w=6', ratelimit: '"writes";r=0;t=2' },
    });
    clock.advance(1_999);
    expect(await taken(here, 100)).toBe(0);
    clock.advance(1);
    expect(await taken(here, 100)).toBe(BLOCK);
  });

  it("is one bucket for all environments, those that come first at the same moment too", async () => {
    const all = Array.from({ length: 6 }, () => environment());
    const got = await Promise.all(all.map((one) => taken(one, BLOCK)));
    expect(got.reduce((sum, one) => sum + one, 0)).toBe(WRITES.burst);
  });

  it("leases to each of those that ask at the same moment later on what the others left", async () => {
    const all = Array.from({ length: 6 }, () => environment());
    for (const one of all) await taken(one, 1);
    clock.advance(LEASE_MS);
    const got = await Promise.all(all.map((one) => taken(one, BLOCK)));
    expect(got.reduce((sum, one) => sum + one, 0)).toBe(WRITES.burst);
  });

  it("shares one lease among requests that come at once", async () => {
    const here = environment();
    await here.take(merchant);
    const { writes } = await sentBy(database.client, () =>
      Promise.all(Array.from({ length: 59 }, () => here.take(merchant))),
    );
    expect(writes).toBe(WRITES.burst / BLOCK - 1);
    await expect(here.take(merchant)).rejects.toMatchObject({ name: "RateLimited" });
  });

  it("costs a write for twenty requests and none for a refused one, and a read of the policy", async () => {
    const here = environment();
    expect(await sentBy(database.client, () => taken(here, 1_000))).toEqual({
      reads: 1,
      writes: WRITES.burst / BLOCK,
    });
  });

  it("forgets what is left of a lease after a minute", async () => {
    const [here, there] = [environment(), environment()];
    await taken(here, 1);
    clock.advance(LEASE_MS - 1);
    expect(await sentBy(database.client, () => taken(here, 1))).toEqual({ reads: 1, writes: 0 });
    await taken(there, WRITES.burst);
    clock.advance(1);
    expect(await taken(here, BLOCK)).toBe(0);
  });

  it("asks for nothing and writes nothing for a merchant without a rate", async () => {
    const here = environment(database.client, {});
    const costs = await sentBy(database.client, async () => expect(await taken(here, 500)).toBe(500));
    expect(costs).toEqual({ reads: 1, writes: 0 });
    expect(await database.item("payments", `MERCHANT#${merchant}`, "TOKENS")).toBeUndefined();
  });

  it("goes by the merchant's own rate before the deployment's, and by a new one within a minute", async () => {
    await give({ limits: { writes: { per_second: 10, burst: 20 } } });
    const here = environment();
    expect(await taken(here, 100)).toBe(20);
    await give({});
    clock.advance(60_000);
    expect(await taken(here, 100)).toBe(WRITES.burst);
  });

  it("refuses by the rate that a request began with, though another has read since that there is none", async () => {
    await give({ limits: { writes: { per_second: 1, burst: 20 } } });
    let writes = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = {
      send: async (command: PutItemCommand) => {
        // Its first lease is at once, its second has to wait.
        if (command instanceof PutItemCommand && ++writes === 2) await released;
        return database.client.send(command);
      },
    } as unknown as DynamoDBClient;
    const here = environment(slow, {});
    expect(await taken(here, 1)).toBe(1);
    clock.advance(29_999);
    expect(await taken(here, BLOCK - 1)).toBe(BLOCK - 1);
    expect(await taken(environment(database.client, {}), 1)).toBe(1);
    const refused = expect(here.take(merchant)).rejects.toMatchObject({ name: "RateLimited" });
    await until(() => writes === 2, "the lease is asked for");
    await give({});
    clock.advance(1);
    await here.take(merchant);
    release();
    await refused;
  });

  it("is one merchant's: the noise of another takes nothing from it", async () => {
    const here = environment();
    expect(await taken(here, 1_000)).toBe(WRITES.burst);
    merchant = `quiet-beside-${merchant}`;
    expect(await taken(here, 5)).toBe(5);
  });

  it("loses a block with an answer that was lost, and takes nobody beyond the burst", async () => {
    const lossy = environment(database.shaky);
    database.order("lost_answer", 1);
    expect(await taken(lossy, 100)).toBe(WRITES.burst - BLOCK);
    database.order("lost_answer", 0);
  });

  it("takes every request while the store does not answer", async () => {
    const broken = { send: async () => Promise.reject(new Error("no answer")) } as unknown as DynamoDBClient;
    expect(await taken(environment(broken), 5)).toBe(5);
  });

  it("takes every request while a bucket cannot be written, and of a policy that is malformed", async () => {
    const readable = {
      send: async (command: object) =>
        command instanceof GetItemCommand ? {} : Promise.reject(new Error("throttled")),
    } as unknown as DynamoDBClient;
    expect(await taken(environment(readable), 5)).toBe(5);
    await give({ limits: 7 });
    expect(await taken(environment(), 5)).toBe(5);
  });
});
