// `make policy` as a person runs it against a laptop's stack: what it writes is what functions
// read.
import "../support/function-environment.ts";

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DynamoPolicySource } from "../../functions/lib/adapters/dynamodb/policy-source.ts";
import { type Database, openDatabase, TABLES } from "../support/dynamodb.ts";
import { POLICY } from "../support/policy.ts";
import { runScript } from "../support/run-script.ts";

const home = mkdtempSync(join(tmpdir(), "contra-policy-"));

let database: Database;
beforeAll(async () => {
  // The key that a laptop's programs call with.
  database = await openDatabase("local");
  writeFileSync(
    join(home, "stack.json"),
    JSON.stringify({ pid: process.pid, parts: { dynamodb: { url: database.url } } }),
  );
});
afterAll(async () => {
  database?.close();
  rmSync(home, { recursive: true });
});

async function give(policy: unknown, wish: Record<string, string> = {}) {
  const FILE = join(home, "policy.json");
  writeFileSync(FILE, JSON.stringify(policy));
  const asked = { WORKSPACE: "local", MERCHANT: "m1", CONTRA_HOME: home, FILE, ...wish };
  const { said, failed } = await runScript("policy.ts", asked);
  return { said: said.split("\n"), failed };
}

const policyOf = (merchant: string) =>
  new DynamoPolicySource(database.client, TABLES.payments, POLICY).policyOf(merchant);

describe("make policy", () => {
  it("gives a merchant rules of its own over the deployment's, says what stood before, and leaves others theirs", async () => {
    expect(await give({ card_fee_bps: 90 })).toEqual({
      said: ["before: none", 'now:    {"card_fee_bps":90}'],
      failed: false,
    });
    expect(await policyOf("m1")).toEqual({ ...POLICY, card_fee_bps: 90 });
    expect(await policyOf("m2")).toEqual(POLICY);
    expect((await give({})).said).toEqual(['before: {"card_fee_bps":90}', "now:    {}"]);
    expect(await policyOf("m1")).toEqual(POLICY);
  });

  it("writes nothing that functions would not read", async () => {
    await give({ enabled: false });
    expect(await give({ card_fee_bps: -1 })).toMatchObject({ failed: true });
    expect(await give({}, { MERCHANT: "m 1" })).toEqual({ said: ["m 1 is no merchant id"], failed: true });
    expect(await give({}, { WORKSPACE: "" })).toMatchObject({ failed: true });
    expect(await policyOf("m1")).toEqual({ ...POLICY, enabled: false });
  });
});
