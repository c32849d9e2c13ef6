// The bus's reading of the manifest: what it derives, and what it refuses at start.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { readCatalog } from "../../../../../scripts/local/common/messaging-catalog.ts";

const home = mkdtempSync(join(tmpdir(), "contra-catalog-"));
afterAll(() => rmSync(home, { recursive: true }));

const QUEUE = { visibility_timeout_seconds: 60, retention_seconds: 3600, receive_wait_seconds: 20 };
const EMPTY = { functions: {}, queues: {}, rules: {}, buses: {} };

function read(manifest: object) {
  const path = join(home, "manifest.json");
  writeFileSync(path, JSON.stringify({ ...EMPTY, ...manifest }));
  return readCatalog(path);
}

describe("the bus's catalog", () => {
  it("understands the repository's own manifest", () => {
    const catalog = readCatalog(join(import.meta.dirname, "../../../../../functions/manifest.json"));
    expect(catalog.rules.length).toBeGreaterThan(0);
    expect(catalog.streamMappings.length).toBeGreaterThan(0);
  });

  it("gives dead letters to a queue with max_receives and to no other", () => {
    const { queues } = read({ queues: { start: { ...QUEUE, max_receives: 3 }, plain: QUEUE } });
    expect([...queues.keys()]).toEqual(["local-start", "local-start-dlq", "local-plain"]);
    expect(queues.get("local-start")?.deadLetters).toEqual({ maxReceives: 3, queue: "local-start-dlq" });
    expect(queues.get("local-plain")?.deadLetters).toBeUndefined();
  });

  it("holds messages back in a queue that says so, and in none of its dead letters", () => {
    const slow = { ...QUEUE, max_receives: 3, delivery_delay_seconds: 5 };
    const { queues } = read({ queues: { slow, plain: QUEUE } });
    expect([...queues.values()].map(({ delaySeconds }) => delaySeconds)).toEqual([5, 0, 0]);
  });

  const rule = { bus: "events", pattern: { source: ["s"] }, queue: "start" };
  const stream = {
    table: "t",
    batch_size: 1,
    window_seconds: 0,
    max_retries: 1,
    filter: { a: [{ like: "b" }] },
  };

  it.each([
    [
      "a rule to a queue that does not exist",
      { rules: { r: rule }, buses: { events: {} } },
      "no queue local-start",
    ],
    [
      "a rule on a bus that does not exist",
      { rules: { r: rule }, queues: { start: QUEUE } },
      "no bus local-events",
    ],
    [
      "a function of a queue that does not exist",
      { functions: { f: { queue: { name: "q", batch_size: 1 } } } },
      "no queue local-q",
    ],
    [
      "a rule with an operator that is not understood",
      { rules: { r: { ...rule, pattern: { source: [{ like: "s" }] } } } },
      "rules.r.source: unknown operator like",
    ],
    [
      "a stream filter with one",
      { functions: { f: { stream } } },
      "functions.f.filter.a: unknown operator like",
    ],
  ])("refuses %s", (_what, manifest, message) => {
    expect(() => read(manifest)).toThrow(message);
  });
});
