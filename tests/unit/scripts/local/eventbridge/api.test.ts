// PutEvents and whoever looks at the events: a look comes after the commit, and can fail nothing.
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Counters } from "../../../../../scripts/local/common/counters.ts";
import { Faults } from "../../../../../scripts/local/common/faults.ts";
import type { Request } from "../../../../../scripts/local/common/http.ts";
import { Store } from "../../../../../scripts/local/common/messaging-store.ts";
import { eventsOperations } from "../../../../../scripts/local/eventbridge/api.ts";
import { PaymentLines } from "../../../../../scripts/local/messaging/payment-lines.ts";
import { Queues } from "../../../../../scripts/local/sqs/queues.ts";

const entry = (detail: object, more: object = {}) => ({
  Source: "contra",
  DetailType: "payment.accepted",
  Detail: JSON.stringify(detail),
  ...more,
});
/** An accepted payment without data, for which there is no line. */
const BROKEN = { type: "payment.accepted", payment_id: "p" };

let store: Store;
let errors: jest.SpiedFunction<typeof console.error>;

beforeEach(() => {
  store = new Store(":memory:");
  errors = jest.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  errors.mockRestore();
  store.close();
});

function put(onEvent: (detail: unknown) => void, counters = new Counters()) {
  const rules = [{ bus: "default", queue: "q", matches: () => true }];
  const settings = {
    name: "q",
    visibilitySeconds: 30,
    retentionSeconds: 60,
    receiveWaitSeconds: 0,
    delaySeconds: 0,
  };
  const operations = eventsOperations({
    store,
    queues: new Queues(store, new Map([["q", settings]]), 1),
    catalog: { buses: new Set(["default"]), rules } as never,
    counters,
    faults: new Faults(),
    onEvent,
  });
  return (...Entries: object[]) => operations.PutEvents?.({ Entries });
}

const stored = () => store.all<{ body: string }>("SELECT body FROM messages").length;

describe("who looks at the events", () => {
  it("sees each accepted event, once all of them are stored, and no refused one", async () => {
    const seen: [unknown, number][] = [];
    const send = put((detail) => seen.push([detail, store.transaction(stored)]));
    const refused = entry({ third: 3 }, { EventBusName: "nowhere" });
    expect(await send(entry({ first: 1 }), entry({ second: 2 }), refused)).toMatchObject({
      FailedEntryCount: 1,
    });
    expect(seen).toEqual([
      [{ first: 1 }, 2],
      [{ second: 2 }, 2],
    ]);
    expect(errors).not.toHaveBeenCalled();
  });

  it("reads in the counters how late the events came that say when they came about", async () => {
    const counters = new Counters();
    const occurred_at = new Date(Date.now() - 1_500).toISOString();
    await put(() => undefined, counters)(entry({ occurred_at }), entry({ first: 1 }));
    const { body } = counters.answer({ path: "/_local/counters", method: "GET" } as Request) ?? {};
    const lag = JSON.parse(String(body))["events.lag_ms"];
    expect(lag).toBeGreaterThanOrEqual(1_500);
    expect(lag).toBeLessThan(60_000);
  });

  it("fails no event by failing, and the log has the error once", async () => {
    const lines = new PaymentLines();
    const send = put((detail) => lines.lineOf(detail, new Date()));
    for (let call = 1; call <= 2; call++)
      expect(await send(entry(BROKEN), entry(BROKEN))).toMatchObject({ FailedEntryCount: 0 });
    expect(stored()).toBe(4);
    expect(errors.mock.calls).toEqual([
      [expect.stringContaining("an event has no line for the terminal: TypeError")],
    ]);
  });

  it("sees nothing of a call that is rolled back", async () => {
    const seen = jest.fn();
    const send = put(seen);
    store.run("DROP TABLE messages");
    expect(() => send(entry({ first: 1 }))).toThrow("messages");
    expect(seen).not.toHaveBeenCalled();
  });
});
