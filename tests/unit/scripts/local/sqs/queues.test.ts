// Standard queues with the store on disk; time passes by faking Date only.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { QueueSettings } from "../../../../../scripts/local/common/messaging-catalog.ts";
import { Store } from "../../../../../scripts/local/common/messaging-store.ts";
import { Queues } from "../../../../../scripts/local/sqs/queues.ts";

const SETTINGS: QueueSettings[] = [
  {
    name: "q",
    visibilitySeconds: 60,
    retentionSeconds: 600,
    receiveWaitSeconds: 0,
    delaySeconds: 0,
    deadLetters: { maxReceives: 2, queue: "q-dlq" },
  },
  { name: "q-dlq", visibilitySeconds: 60, retentionSeconds: 6000, receiveWaitSeconds: 0, delaySeconds: 0 },
  { name: "slow", visibilitySeconds: 60, retentionSeconds: 600, receiveWaitSeconds: 0, delaySeconds: 5 },
];

let home: string;
let store: Store;
let queues: Queues;
let now: number;

const open = (timeScale = 1) => {
  store = new Store(join(home, "bus.db"));
  queues = new Queues(store, new Map(SETTINGS.map((one) => [one.name, one])), timeScale);
};
const pass = (seconds: number) => {
  now += seconds * 1000;
};
const bodies = (queue: string) => queues.receive(queue, 10).map(({ body }) => body);

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "contra-queues-"));
  now = Date.now();
  jest.spyOn(Date, "now").mockImplementation(() => now);
  open();
});
afterEach(() => {
  jest.restoreAllMocks();
  store.close();
  rmSync(home, { recursive: true });
});

describe("a queue", () => {
  it("hides a received message for its visibility timeout and then gives it again", () => {
    queues.send("q", "m");
    expect(bodies("q")).toEqual(["m"]);
    pass(59);
    expect(bodies("q")).toEqual([]);
    pass(1);
    expect(queues.receive("q", 10)).toMatchObject([{ body: "m", receives: 2 }]);
  });

  it("holds a message back as long as the message says, or else as long as the queue does", () => {
    queues.send("slow", "its queue's");
    queues.send("slow", "its own", "{}", 1);
    queues.send("slow", "none", "{}", 0);
    expect(bodies("slow")).toEqual(["none"]);
    pass(1);
    expect(bodies("slow")).toEqual(["its own"]);
    pass(3);
    expect(bodies("slow")).toEqual([]);
    pass(1);
    expect(bodies("slow")).toEqual(["its queue's"]);
  });

  it("forgets a deleted message, but not one deleted by the receipt of an earlier receive", () => {
    queues.send("q", "m");
    const [first] = queues.receive("q", 1);
    pass(60);
    const [second] = queues.receive("q", 1);
    expect(queues.delete(first?.receipt ?? "")).toBe(false);
    expect(queues.depth("q").inFlight).toBe(1);
    expect(queues.delete(second?.receipt ?? "")).toBe(true);
    expect(queues.depth("q")).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("moves a message to the dead letters when it would be received once too often, and not before", () => {
    queues.send("q", "poison");
    for (const _ of [1, 2]) {
      expect(bodies("q")).toEqual(["poison"]);
      expect(queues.depth("q-dlq").visible).toBe(0);
      pass(60);
    }
    expect(bodies("q")).toEqual([]);
    expect(queues.receive("q-dlq", 1)).toMatchObject([
      { body: "poison", dead_letter_source: "arn:aws:sqs:us-east-1:000000000000:q" },
    ]);
  });

  it("redrives dead letters to where they came from as new messages", () => {
    queues.send("q", "poison", '{"a":1}');
    for (const _ of [1, 2, 3]) {
      bodies("q");
      pass(60);
    }
    expect(queues.moveAll("q-dlq", undefined)).toBe(1);
    expect(queues.receive("q", 10)).toMatchObject([{ body: "poison", attributes: '{"a":1}', receives: 1 }]);
    expect(queues.depth("q-dlq").visible).toBe(0);
  });

  it("keeps a message for its retention and no longer", () => {
    queues.send("q", "m");
    pass(599);
    expect(queues.depth("q").visible).toBe(1);
    pass(1);
    expect(queues.depth("q").visible).toBe(0);
    expect(bodies("q")).toEqual([]);
  });

  it("gives a delayed message when its delay is over", () => {
    queues.send("q", "m", "{}", 10);
    expect(bodies("q")).toEqual([]);
    expect(queues.depth("q").delayed).toBe(1);
    pass(10);
    expect(bodies("q")).toEqual(["m"]);
  });

  it("divides every wait by the time scale", () => {
    store.close();
    open(10);
    queues.send("q", "m");
    bodies("q");
    pass(6);
    expect(bodies("q")).toEqual(["m"]);
  });

  it("gives back uncounted what a killed poller held, but leaves what a function failed on", () => {
    queues.send("q", "interrupted");
    queues.receive("q", 1, { held: true });
    queues.send("q", "failed");
    const [failed] = queues.receive("q", 1, { held: true });
    queues.leaveHidden(failed?.receipt ?? "");
    store.close();
    open();
    expect(queues.receive("q", 10)).toMatchObject([{ body: "interrupted", receives: 1 }]);
  });

  it("rolls a message back with the transaction in which it was sent", () => {
    expect(() =>
      store.transaction(() => {
        queues.send("q", "m");
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(bodies("q")).toEqual([]);
  });
});
