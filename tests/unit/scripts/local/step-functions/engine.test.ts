// What an engine keeps across restarts, shown in process on a store in a temporary directory.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { statusChange } from "../../../../../scripts/local/step-functions/announcer.ts";
import { Engine } from "../../../../../scripts/local/step-functions/engine.ts";
import type { Invoke } from "../../../../../scripts/local/step-functions/execution.ts";
import { Store } from "../../../../../scripts/local/step-functions/store.ts";
import { TaskTurns } from "../../../../../scripts/local/step-functions/task-turns.ts";

const machine = (TimeoutSeconds: number, Comment: string) =>
  JSON.stringify({
    Comment,
    StartAt: "Only",
    TimeoutSeconds,
    States: { Only: { Type: "Task", Resource: "arn:only", TimeoutSeconds: 60, End: true } },
  });
const never: Invoke = () => new Promise(() => undefined);

let store: Store;
beforeEach(() => {
  store = new Store(join(mkdtempSync(join(tmpdir(), "contra-store-")), "engine.sqlite"), statusChange);
});
afterEach(() => store.close());

const engineWith = (body: string, invoke: Invoke = never) =>
  new Engine({
    machines: new Map([["m", body]]),
    store,
    invoke,
    turns: new TaskTurns(1),
    timeScale: 100,
    onTransition: () => undefined,
    onStatusChange: () => undefined,
  });
const start = (engine: Engine, name = "one") => engine.start({ machine: "m", name, input: "{}" });
const settled = () => new Promise(setImmediate);

describe("an engine", () => {
  it("gives an execution the machine's timeout from its start, divided by the time scale", () => {
    const engine = engineWith(machine(10, ""));
    const row = start(engine);
    expect(row.deadline).toBe(row.started_at + 100);
    engine.stop(row);
  });

  it("keeps an execution's deadline when it takes it up again", async () => {
    const crashed = engineWith(machine(1000, ""));
    const { arn } = start(crashed);
    const [row] = store.running().map((one) => ({ ...one, deadline: 1 }));
    if (!row) throw new Error("it runs");
    crashed.stop(row);
    // As if the engine had been killed instead: the record of before, in a store that has room for
    // it.
    store.forget(Date.now() + 1);
    const { id, last_event, ...record } = row;
    const again = store.start(record, []);
    await engineWith(machine(1000, "")).resume([again], Promise.resolve());
    expect(store.find(arn)?.status).toBe("TIMED_OUT");
  });

  it("redrives with the machine's timeout from now, on the definition of the start", async () => {
    const first = engineWith(machine(1000, "old"));
    const { arn } = start(first);
    await settled();
    first.stop(store.find(arn) ?? start(first));
    const later = engineWith(machine(5, "new"));
    const row = store.find(arn);
    if (!row) throw new Error("it was stored");
    const redriven = later.redrive(row);
    expect(redriven).toMatchObject({ version: 1, status: "RUNNING", redrives: 1, stopped_at: null });
    expect(redriven.deadline).toBeGreaterThanOrEqual((redriven.redriven_at ?? 0) + 9_000);
    later.stop(redriven);
  });

  it("gives a changed definition a new version, and an unchanged one none", () => {
    expect(engineWith(machine(10, "a")).latestVersion("m")).toBe(1);
    expect(engineWith(machine(10, "a")).latestVersion("m")).toBe(1);
    expect(engineWith(machine(10, "b")).latestVersion("m")).toBe(2);
  });

  it("frees names ninety days after the execution closed, and not those of running ones", async () => {
    const engine = engineWith(machine(1000, ""));
    const closed = start(engine, "closed");
    engine.stop(closed);
    start(engine, "running");
    store.forget(Date.now() + 1);
    expect(store.find(closed.arn)).toBeUndefined();
    expect(store.running().map(({ name }) => name)).toEqual(["running"]);
    engine.stop(store.running()[0] ?? closed);
  });

  it("announces each change of status as AWS words it", () => {
    const engine = engineWith(machine(1000, ""));
    engine.stop(start(engine), "Stopped", "by hand");
    const entries = store.dueAnnouncements(Date.now(), 10).map(({ body }) => JSON.parse(body));
    expect(entries[0]).toMatchObject({
      Source: "aws.states",
      DetailType: "Step Functions Execution Status Change",
      EventBusName: "default",
    });
    const details = entries.map(({ Detail }) => JSON.parse(Detail));
    expect(details).toMatchObject([
      { status: "RUNNING", stopDate: null },
      { status: "ABORTED", error: "Stopped" },
    ]);
  });
});
