// What a person does by hand against a laptop's stack: `make policy` writes what functions read,
// `make switch` turns what they ask, and both write down who did it and why.
import "../support/function-environment.ts";

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DynamoOperatorJournal } from "../../functions/lib/adapters/dynamodb/operator-journal.ts";
import { DynamoPolicySource } from "../../functions/lib/adapters/dynamodb/policy-source.ts";
import { systemClock } from "../../functions/lib/adapters/system-clock.ts";
import { type Database, openDatabase, TABLES } from "../support/dynamodb.ts";
import { freePort, localAws, type RunningPart, startPart } from "../support/local-part.ts";
import { POLICY } from "../support/policy.ts";
import { runScript } from "../support/run-script.ts";
import { writeManifest } from "./local/messaging-stubs.ts";

const REASON = "agreed on the phone";
const home = mkdtempSync(join(tmpdir(), "contra-policy-"));

const SWITCH = "card/stop-intake";
const switches = { [SWITCH]: { description: "A switch." } };
const manifest = writeManifest(home, { functions: {}, queues: {}, rules: {}, buses: {}, switches });

let database: Database;
let part: RunningPart;
let ssm: SSMClient;
let messaging: string;
beforeAll(async () => {
  // The key that a laptop's programs call with.
  database = await openDatabase("local");
  messaging = `http://127.0.0.1:${await freePort()}`;
  part = await startPart("messaging", home, { messaging }, { CONTRA_MANIFEST: manifest });
  ssm = new SSMClient(localAws(messaging));
  stackAt(database.url);
});
afterAll(async () => {
  ssm?.destroy();
  await part?.stop();
  database?.close();
  rmSync(home, { recursive: true });
});

function stackAt(dynamodb: string): void {
  const parts = { dynamodb: { url: dynamodb }, messaging: { url: messaging } };
  writeFileSync(join(home, "stack.json"), JSON.stringify({ pid: process.pid, parts }));
}

async function give(policy: unknown, wish: Record<string, string> = {}) {
  const FILE = join(home, "policy.json");
  writeFileSync(FILE, JSON.stringify(policy));
  const asked = { WORKSPACE: "local", MERCHANT: "m1", CONTRA_HOME: home, FILE, REASON, ...wish };
  const { said, failed } = await runScript("policy.ts", asked);
  return { said: said.split("\n"), failed };
}

const operations = async () => {
  const journal = new DynamoOperatorJournal(database.client, systemClock(), TABLES.integrity);
  return journal.ofDay(new Date().toISOString().slice(0, 10), 100);
};
const policyOf = (merchant: string) =>
  new DynamoPolicySource(database.client, systemClock(), TABLES.payments, POLICY).policyOf(merchant);

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

  it("writes down who gave it and why, with what stood before, and takes no policy without a reason", async () => {
    const before = (await operations()).length;
    await give({ card_fee_bps: 70 }, { MERCHANT: "m7" });
    await give({ card_fee_bps: 80 }, { MERCHANT: "m7" });
    expect(await give({ card_fee_bps: 1 }, { MERCHANT: "m7", REASON: " " })).toEqual({
      said: ['say why: REASON="…"'],
      failed: true,
    });
    expect((await policyOf("m7")).card_fee_bps).toBe(80);
    const made = await operations();
    expect(made).toHaveLength(before + 2);
    const [second, first] = made;
    const by = { kind: "policy", by: `local:${userInfo().username}`, reason: REASON, merchant_id: "m7" };
    expect(first).toMatchObject({ ...by, details: { now: { card_fee_bps: 70 } } });
    expect(first?.details).not.toHaveProperty("before");
    expect(second).toMatchObject({
      ...by,
      details: { before: { card_fee_bps: 70 }, now: { card_fee_bps: 80 } },
    });
  });

  it("writes nothing that functions would not read", async () => {
    await give({ enabled: false });
    expect(await give({ card_fee_bps: -1 })).toMatchObject({ failed: true });
    expect(await give({}, { MERCHANT: "m 1" })).toEqual({ said: ["m 1 is no merchant id"], failed: true });
    expect(await give({}, { WORKSPACE: "" })).toMatchObject({ failed: true });
    expect(await give({}, { WORKSPACE: "nope" })).toEqual({
      said: ["no workspace is called nope"],
      failed: true,
    });
    expect(await policyOf("m1")).toEqual({ ...POLICY, enabled: false });
  });
});

const turn = (VALUE: string, wish: Record<string, string> = {}) =>
  runScript("switch.ts", {
    ...{ WORKSPACE: "local", SWITCH, VALUE, REASON: "the provider is down", CONTRA_HOME: home },
    ...wish,
  });
const standing = async () =>
  (await ssm.send(new GetParameterCommand({ Name: `/local-switches/${SWITCH}` }))).Parameter?.Value;
const written = async () => (await operations()).filter(({ kind }) => kind === "switch");

describe("make switch", () => {
  it("turns a switch, says how it stood, and writes down who turned it and why", async () => {
    const { said, failed } = await turn("on");
    expect([said, failed]).toEqual([
      `${SWITCH}: off, and now on; functions notice within five seconds`,
      false,
    ]);
    expect(await standing()).toBe("on");
    expect(await written()).toMatchObject([
      {
        by: `local:${userInfo().username}`,
        reason: "the provider is down",
        details: { switch: SWITCH, before: "off", now: "on" },
      },
    ]);
    expect((await turn("off")).failed).toBe(false);
    expect(await standing()).toBe("off");
  });

  it.each([
    ["no reason", { REASON: "" }, 'say why: REASON="…"'],
    ["a card number", { REASON: "for 4111.1111.1111.1111" }, "REASON holds what looks like a card number"],
    ["a switch that is none", { SWITCH: "card/stop" }, "no switch is called card/stop"],
    ["a value that is none", { VALUE: "yes" }, "VALUE is on or off"],
    ["no workspace", { WORKSPACE: "" }, "name the workspace"],
    ["an unknown workspace", { WORKSPACE: "nope" }, "no workspace is called nope"],
  ])("turns nothing for %s, and writes nothing down", async (_, wish, sentence) => {
    const before = (await written()).length;
    const { said, failed } = await turn("on", wish);
    expect(failed).toBe(true);
    expect(said).toContain(sentence);
    expect([await standing(), (await written()).length]).toEqual(["off", before]);
  });

  it("turns nothing that cannot be written down", async () => {
    stackAt("http://127.0.0.1:1");
    expect((await turn("on")).failed).toBe(true);
    stackAt(database.url);
    expect(await standing()).toBe("off");
  });
});
