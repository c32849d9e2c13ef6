// kill -9 of the bus part while it works: whatever was acknowledged arrives at least once, streams
// in their order.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { freePort, localAws, type RunningPart, startPart } from "../../support/local-part.ts";
import { until } from "../../support/until.ts";
import {
  DynamoDbLocal,
  queueEntry,
  type StubEvent,
  stubFunctions,
  writeManifest,
} from "./messaging-stubs.ts";

const KILLS = 4;
const home = mkdtempSync(join(tmpdir(), "contra-crash-"));
const MANIFEST = {
  functions: {
    "take-work": { timeout_seconds: 5, queue: { name: "work", batch_size: 3 } },
    "relay-facts": {
      timeout_seconds: 5,
      stream: { table: "facts", batch_size: 4, window_seconds: 0, max_retries: 2 },
    },
    "sweep-things": { timeout_seconds: 5, schedule: { rate_seconds: 3600 } },
  },
  queues: { work: queueEntry({ max_receives: 1 }), "stream-failures": queueEntry() },
  buses: { events: {} },
  rules: { work: { bus: "events", pattern: { source: ["test"] }, queue: "work" } },
};

let part: RunningPart;
let urls: { messaging: string; lambda: string; dynamodb: string };
let dynamo: DynamoDbLocal;
let functions: Awaited<ReturnType<typeof stubFunctions>>;
const bodies: string[] = [];
const keys: string[] = [];
const sweeps: StubEvent[] = [];

const slowly = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
const start = (env: Record<string, string> = {}) =>
  startPart("messaging", home, urls, { CONTRA_MANIFEST: writeManifest(home, MANIFEST), ...env });
const killAndRestart = async (env: Record<string, string> = {}) => {
  await part.stop(); // SIGKILL
  part = await start(env);
};
const nextTime = () => {
  const store = new DatabaseSync(join(home, "messaging", "bus.db"), { readOnly: true });
  const row = store.prepare("SELECT next_at FROM schedules").get() as { next_at: number };
  store.close();
  return row.next_at;
};
const firstSeen = (seen: string[]) => [...new Set(seen)];

beforeAll(async () => {
  dynamo = await DynamoDbLocal.start(home);
  await dynamo.createTable("local-facts");
  const port = await freePort();
  functions = await stubFunctions(port, {
    "take-work": async ({ Records }) => {
      await slowly();
      bodies.push(...Records.map(({ body }) => (body.startsWith("{") ? JSON.parse(body).detail.id : body)));
    },
    "relay-facts": async ({ Records }) => {
      await slowly();
      keys.push(...Records.map(({ dynamodb }) => dynamodb.Keys.pk.S));
    },
    "sweep-things": (event) => sweeps.push(event),
  });
  urls = {
    messaging: `http://127.0.0.1:${await freePort()}`,
    lambda: `http://127.0.0.1:${port}`,
    dynamodb: dynamo.url,
  };
  part = await start();
});
afterAll(async () => {
  await part?.stop();
  await dynamo?.kill();
  functions?.close();
  rmSync(home, { recursive: true });
});

describe("the bus part, killed and started again", () => {
  it("has every acknowledged message and event given, none of them dead-lettered for the kills", async () => {
    const sqs = new SQSClient(localAws(urls.messaging));
    const events = new EventBridgeClient(localAws(urls.messaging));
    const acknowledged: string[] = [];
    const sending = { over: false };
    const sender = (async () => {
      for (let id = 0; !sending.over && id < 2_000; id++) {
        const QueueUrl = `${urls.messaging}/000000000000/local-work`;
        const entry = {
          Source: "test",
          DetailType: "t",
          EventBusName: "local-events",
          Detail: `{"id":"e${id}"}`,
        };
        await sqs
          .send(new SendMessageCommand({ QueueUrl, MessageBody: `m${id}` }))
          .then(() => acknowledged.push(`m${id}`))
          .catch(slowly);
        await events
          .send(new PutEventsCommand({ Entries: [entry] }))
          .then(() => acknowledged.push(`e${id}`))
          .catch(slowly);
      }
    })();
    for (let kill = 1; kill <= KILLS; kill++) {
      await until(() => firstSeen(bodies).length >= kill * 20, "work is under way");
      await killAndRestart();
    }
    sending.over = true;
    await sender;
    expect(acknowledged.length).toBeGreaterThan(KILLS * 10);
    await until(() => acknowledged.every((id) => bodies.includes(id)), "every acknowledged message is given");
    const QueueUrl = `${urls.messaging}/000000000000/local-work-dlq`;
    const dead = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
    expect((await sqs.send(dead)).Attributes).toEqual({ ApproximateNumberOfMessages: "0" });
  });

  it("gives every stream record at least once and in order", async () => {
    const written: string[] = [];
    const writing = (async () => {
      for (let id = 0; id < 120; id++) {
        await dynamo.put("local-facts", `k${String(id).padStart(3, "0")}`);
        written.push(`k${String(id).padStart(3, "0")}`);
      }
    })();
    for (let kill = 1; kill <= KILLS; kill++) {
      await until(() => firstSeen(keys).length >= kill * 20, "records flow");
      await killAndRestart();
    }
    await writing;
    await until(() => written.every((key) => keys.includes(key)), "every record is given");
    expect(firstSeen(keys)).toEqual(written);
  });

  it("fires a schedule that became due while it was down, once, and not one that is not due", async () => {
    expect(sweeps).toHaveLength(0);
    // With this time scale an hour takes 36 ms; a Lambda that is down then leaves the schedule due.
    await killAndRestart({ CONTRA_TIME_SCALE: "100000" });
    await until(() => sweeps.length >= 2, "due and due again");
    functions.state.down = true;
    await until(() => functions.state.refused > 0, "due, and not taken");
    await part.stop();
    const before = sweeps.length;
    functions.state.down = false;
    part = await start();
    await until(() => nextTime() > Date.now(), "the missed time is made up for");
    expect(sweeps).toHaveLength(before + 1);
    await killAndRestart();
    expect(sweeps).toHaveLength(before + 1);
  });
});
