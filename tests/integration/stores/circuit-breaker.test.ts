// The breaker on a real DynamoDB Local: the port's contract, what it costs, and that it stands in
// nobody's way when the store fails.
import "../../support/function-environment.ts";

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DynamoBreaker } from "../../../functions/lib/adapters/dynamodb/circuit-breaker.ts";
import { FAILURES_TO_OPEN } from "../../../functions/lib/domain/circuit-breaker.ts";
import { describeBreaker } from "../../support/conformance/circuit-breaker.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { MemoryBreaker } from "../../support/memory/memory-circuit-breaker.ts";
import { sentBy } from "../../support/sent.ts";

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database?.close());

const over = (client: DynamoDBClient, clock = new ManualClock()) =>
  new DynamoBreaker(client, clock, TABLES.payments);

describeBreaker("DynamoDB", () => {
  const clock = new ManualClock();
  return { clock, here: over(database.client, clock), there: over(database.client, clock) };
});

describeBreaker("memory", () => {
  const clock = new ManualClock();
  const breaker = new MemoryBreaker(clock);
  return { clock, here: breaker, there: breaker };
});

describe("the breaker in DynamoDB", () => {
  it("costs payments that go well one read in three seconds and environment, and no write", async () => {
    const clock = new ManualClock();
    const breaker = over(database.client, clock);
    const pay = async (payments: number) => {
      for (let payment = 0; payment < payments; payment++) {
        await breaker.admits("well");
        await breaker.isOpen("well");
        await breaker.report("well", "answered");
      }
    };
    const costs = await sentBy(database.client, async () => {
      await pay(25);
      clock.advance(2_999);
      await pay(25);
    });
    expect(costs).toEqual({ reads: 1, writes: 0 });
    clock.advance(1);
    expect(await sentBy(database.client, () => pay(1))).toEqual({ reads: 1, writes: 0 });
    expect(await database.item("payments", "BREAKER#well", "BREAKER")).toBeUndefined();
  });

  it("is read every second once it counts a failure", async () => {
    const clock = new ManualClock();
    const [here, there] = [over(database.client, clock), over(database.client, clock)];
    await here.report("limping", "unavailable");
    for (let failure = 1; failure < FAILURES_TO_OPEN; failure++) await there.report("limping", "unavailable");
    clock.advance(1_000);
    expect(await here.isOpen("limping")).toBe(true);
  });

  it("is seen opened by others when what was read of it is three seconds old, and not before", async () => {
    const clock = new ManualClock();
    const [here, there] = [over(database.client, clock), over(database.client, clock)];
    expect(await here.isOpen("noticed")).toBe(false);
    const opening = Array.from({ length: FAILURES_TO_OPEN + 1 }, () => 3_000 / (FAILURES_TO_OPEN + 1));
    for (const pause of opening.slice(1)) {
      clock.advance(pause);
      await there.report("noticed", "unavailable");
    }
    expect([await here.isOpen("noticed"), await there.isOpen("noticed")]).toEqual([false, true]);
    clock.advance(opening[0] ?? 0);
    expect(await here.isOpen("noticed")).toBe(true);
  });

  it("is open at once for whoever's own call was the last failure", async () => {
    const [here, there] = [over(database.client), over(database.client)];
    expect(await here.isOpen("own")).toBe(false);
    for (let failure = 1; failure < FAILURES_TO_OPEN; failure++) await there.report("own", "unavailable");
    await here.report("own", "unavailable");
    expect(await here.isOpen("own")).toBe(true);
  });

  it("costs an outage its first failures, and nothing while it is open", async () => {
    const breaker = over(database.client);
    const opening = await sentBy(database.client, async () => {
      for (let failure = 0; failure < FAILURES_TO_OPEN; failure++)
        await breaker.report("down", "unavailable");
    });
    expect(opening.writes).toBe(FAILURES_TO_OPEN);
    const after = await sentBy(database.client, async () => {
      for (let failure = 0; failure < 50; failure++) await breaker.report("down", "unavailable");
    });
    expect(after.writes).toBe(0);
  });

  it("lets everything through while the store does not answer, and throws nothing", async () => {
    const broken = { send: async () => Promise.reject(new Error("no answer")) } as unknown as DynamoDBClient;
    const breaker = over(broken);
    for (let failure = 0; failure < FAILURES_TO_OPEN * 2; failure++)
      await breaker.report("blind", "unavailable");
    expect([await breaker.isOpen("blind"), await breaker.admits("blind")]).toEqual([false, true]);
  });

  it("counts a failure although the answer to its write got lost", async () => {
    const clock = new ManualClock();
    const breaker = over(database.shaky, clock);
    for (let failure = 0; failure < FAILURES_TO_OPEN; failure++) {
      database.order("lost_answer", 1);
      await breaker.report("lossy", "unavailable");
    }
    database.order("lost_answer", 0);
    expect(await breaker.isOpen("lossy")).toBe(true);
  });
});
