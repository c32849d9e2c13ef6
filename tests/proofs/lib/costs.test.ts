// The proofs that count what a payment costs fail when it costs more than what was committed.
import { describe, expect, it } from "@jest/globals";
import { type Counters, countersOf } from "../../../scripts/capacity/costs.ts";
import { Claims } from "./claims.ts";
import { judgeCosts } from "./costs.ts";

const MOST = { transitions: 6, writeUnits: 40 };

/** Which claims fail of `payments` that cost what is committed, and this more each. */
async function failedOf(payments: number, more: Counters = {}): Promise<string[]> {
  const committed = countersOf("card");
  const names = new Set([...Object.keys(committed), ...Object.keys(more)]);
  const spent = Object.fromEntries(
    [...names].map((name) => [name, payments * ((committed[name] ?? 0) + (more[name] ?? 0))]),
  );
  const ids = Array.from({ length: payments }, String);
  const claims = new Claims();
  await claims.during(async () =>
    judgeCosts({ figure: () => undefined }, "card", { ids, seconds: 1, spent }, MOST),
  );
  return claims.failures.map(({ claim }) => claim);
}

describe("the costs of a payment", () => {
  it.each([20, 200])("are fine where %d payments cost what is committed", async (payments) => {
    expect(await failedOf(payments)).toEqual([]);
  });

  it.each([
    ["a state", { "states.transitions": 1 }, "a payment takes no more state transitions than before"],
    ["writes", { "dynamodb.write_units": 7 }, "a payment takes no more write units than before"],
    ["reads", { "dynamodb.read_units": 4 }, "a payment takes no more read units than before"],
    ["calls", { "dynamodb.Query": 8 }, "a payment takes no more SDK calls than before"],
    ["events", { "lambda.invocations": 3 }, "a payment takes no more Lambda invocations than before"],
  ])("are too much with %s more, in a small run too", async (_, more, claim) => {
    expect(await failedOf(20, more)).toContain(claim);
    expect(await failedOf(200, more)).toContain(claim);
  });

  it("may be a little more in a small run, whose batches are small, and not at full size", async () => {
    const batches = { "lambda.invocations": 1.5, "events.PutEvents": 1 };
    expect(await failedOf(20, batches)).toEqual([]);
    expect(await failedOf(200, batches)).toEqual(["a payment takes no more Lambda invocations than before"]);
  });
});
