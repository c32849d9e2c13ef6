// The sweep finds what no event announces: payments accepted and never started.
import { describe, expect, it, jest } from "@jest/globals";
import { FAILURES_TO_OPEN } from "../../../functions/lib/domain/circuit-breaker.ts";
import { CARD_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import type { Missed } from "../../../functions/sweep-payments/open-index-scan.ts";
import { sweepPayments } from "../../../functions/sweep-payments/sweep-payments.ts";
import type { Seen } from "../../../functions/sweep-payments/watch-sagas.ts";
import { CardSaga } from "../../support/card-saga.ts";

const NEVER = Number.POSITIVE_INFINITY;
const sweep = async (saga: CardSaga, shards = 1) =>
  (await sweepPayments({ ...saga, shards, until: NEVER })()).queued;

describe("sweep-payments", () => {
  it("queues the start of a payment that was accepted and never started", async () => {
    const saga = await CardSaga.accepted();
    saga.clock.advance(60_001);
    expect(await sweep(saga)).toBe(1);
    expect(saga.sagas.queued).toEqual([{ paymentId: saga.payment_id, delaySeconds: undefined }]);
  });

  it("leaves a payment alone that was accepted a moment ago", async () => {
    const saga = await CardSaga.accepted();
    saga.clock.advance(59_000);
    expect(await sweep(saga)).toBe(0);
  });

  it("leaves a payment alone whose saga runs", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.clock.advance(60_001);
    expect(await sweep(saga)).toBe(0);
  });

  it("leaves a payment alone that has an owner already", async () => {
    const saga = await CardSaga.accepted();
    saga.payments.alter(saga.payment_id, { owner_execution: "attempt-2" });
    saga.clock.advance(60_001);
    expect(await sweep(saga)).toBe(0);
  });

  it("leaves a payment alone whose start waits for a provider, and queues it once it is cancelled", async () => {
    const saga = await CardSaga.accepted();
    saga.clock.advance(60_001);
    for (let n = 0; n < FAILURES_TO_OPEN; n++) await saga.breaker.report(CARD_PROVIDER, "unavailable");
    expect(await sweep(saga)).toBe(0);
    await saga.requestCancel();
    expect(await sweep(saga)).toBe(1);
  });

  it("counts only what the queue took", async () => {
    const saga = await CardSaga.accepted();
    saga.clock.advance(60_001);
    saga.sagas.queueWorks = false;
    expect(await sweep(saga)).toBe(0);
  });

  it("looks at a saga whatever befalls its books, and tells of that", async () => {
    const saga = await CardSaga.accepted();
    saga.clock.advance(60_001);
    const missed: Missed[] = [];
    const fails = async () => Promise.reject(new Error("no answer"));
    const { queued } = await sweepPayments({
      ...saga,
      shards: 1,
      until: NEVER,
      books: { look: fails, finish: fails },
      miss: (one) => missed.push(one),
    })();
    expect(queued).toBe(1);
    expect(missed).toMatchObject([{ page: [{ payment_id: saga.payment_id }] }, { list: "books" }]);
  });

  it("looks into every shard", async () => {
    const saga = await CardSaga.accepted();
    const looked = jest.spyOn(saga.payments, "openBefore");
    await sweep(saga, 16);
    const shards = looked.mock.calls.map(([shard]) => shard).sort((a, b) => a - b);
    expect(shards).toEqual(Array.from({ length: 16 }, (_, shard) => shard));
  });
});

describe("a sweep of many payments", () => {
  /** So many payments, accepted a second apart, the oldest first. */
  async function many(count: number) {
    const saga = new CardSaga();
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      ids.push(await saga.accept({}, `key-${n}`));
      saga.clock.advance(1_000);
    }
    saga.clock.advance(60_000);
    return { saga, ids };
  }

  /** One sweep, in which `look` may throw or say what it saw; 100 ms pass with every look. */
  async function look(saga: CardSaga, says: (id: string) => Seen = () => "running", lifeMs = NEVER) {
    const looked: string[] = [];
    const missed: Missed[] = [];
    const watch = {
      asks: () => true,
      hasRoomFor: () => true,
      look: async ({ payment_id }: { payment_id: string }) => {
        saga.clock.advance(100);
        const seen = says(payment_id);
        looked.push(payment_id);
        return seen;
      },
    };
    const swept = await sweepPayments({
      ...saga,
      shards: 1,
      until: saga.clock.now() + lifeMs,
      watch,
      miss: (one) => missed.push(one),
    })();
    return { ...swept, looked, missed };
  }

  it("looks at all of them, page by page", async () => {
    const { saga, ids } = await many(450);
    const { looked, missed, cutShort } = await look(saga);
    expect([looked, missed, cutShort]).toEqual([ids, [], false]);
    expect(saga.cursor.position).toBeUndefined();
  });

  it("asks nothing about what waits on purpose, and asks again once it may start", async () => {
    const { saga, ids } = await many(3);
    saga.switches.on.add("card/hold-starts");
    expect(await look(saga, () => "postponed")).toMatchObject({ looked: [], queued: 0 });
    expect(saga.cursor.position).toBeUndefined();
    saga.switches.on.clear();
    expect((await look(saga)).looked).toEqual(ids);
  });

  it("queues a bounded number of starts: what stands in the queue already looks the same", async () => {
    const { saga } = await many(230);
    expect((await look(saga, () => "unstarted")).queued).toBe(200);
  });

  it("goes on past one that cannot be looked at, and tells of it", async () => {
    const { saga, ids } = await many(3);
    const { looked, missed } = await look(saga, (id) => {
      if (id === ids[1]) throw new Error("its merchant's policy breaks its schema");
      return "running";
    });
    expect(looked).toEqual([ids[0], ids[2]]);
    expect(missed).toMatchObject([{ open: { payment_id: ids[1] }, payment: { payment_id: ids[1] } }]);
  });

  it("goes on past one that cannot be read", async () => {
    const { saga, ids } = await many(3);
    jest.spyOn(saga.payments, "load").mockRejectedValueOnce(new Error("no answer"));
    const { looked, missed } = await look(saga);
    expect(looked).toEqual([ids[1], ids[2]]);
    expect(missed).toMatchObject([{ open: { payment_id: ids[0] } }]);
  });

  it("reads them a hundred at a time, and goes on past a hundred that cannot be read", async () => {
    const { saga, ids } = await many(230);
    const read = jest.spyOn(saga.payments, "glances").mockRejectedValueOnce(new Error("no answer"));
    const { looked, missed } = await look(saga);
    expect(read.mock.calls.map(([page]) => page.length)).toEqual([100, 100, 30]);
    expect(looked).toEqual(ids.slice(100));
    expect(missed).toMatchObject([{ page: ids.slice(0, 100).map((payment_id) => ({ payment_id })) }]);
  });

  it("sees to everything that needs no question while the first question is still open", async () => {
    const { saga, ids } = await many(150);
    const answered: (() => void)[] = [];
    const glimpsed: string[] = [];
    const watch = {
      asks: ({ payment_id }: { payment_id: string }) => payment_id === ids[0],
      hasRoomFor: () => true,
      look: async ({ payment_id }: { payment_id: string }): Promise<Seen> => {
        if (payment_id === ids[0]) await new Promise<void>((resolve) => answered.push(resolve));
        else glimpsed.push(payment_id);
        if (payment_id === ids.at(-1)) for (const answer of answered) answer();
        return "running";
      },
    };
    await sweepPayments({ ...saga, shards: 1, until: NEVER, watch })();
    expect(glimpsed).toEqual(ids.slice(1));
    expect(answered).toHaveLength(1);
  });

  it("holds a bounded number of them that wait for their question", async () => {
    const { saga } = await many(500);
    let asked = 0;
    let most = 0;
    const glances = jest.spyOn(saga.payments, "glances");
    const watch = {
      asks: () => true,
      hasRoomFor: () => true,
      look: async (): Promise<Seen> => {
        most = Math.max(most, 100 * glances.mock.calls.length - asked);
        asked += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return "running";
      },
    };
    await sweepPayments({ ...saga, shards: 1, until: NEVER, watch })();
    expect(asked).toBe(500);
    // The line, the page that waits to stand in it, and the one that is asked about.
    expect(most).toBeLessThanOrEqual(301);
  });

  it("loads nobody for whom it has no question left", async () => {
    const { saga } = await many(3);
    const load = jest.spyOn(saga.payments, "load");
    const watch = { asks: () => true, hasRoomFor: () => false, look: async (): Promise<Seen> => "running" };
    await sweepPayments({ ...saga, shards: 1, until: NEVER, watch })();
    expect([load.mock.calls.length, saga.cursor.position]).toEqual([0, { shard: 0 }]);
  });

  it("goes on past a shard that cannot be listed", async () => {
    const { saga } = await many(1);
    const list = jest.spyOn(saga.payments, "openBefore").mockRejectedValueOnce(new Error("no answer"));
    const missed: Missed[] = [];
    const { listed } = await sweepPayments({
      ...saga,
      shards: 16,
      until: NEVER,
      miss: (one) => missed.push(one),
    })();
    expect([listed, list.mock.calls.length]).toEqual([15, 16]);
    expect(missed).toEqual([{ list: expect.stringMatching(/^shard \d+$/) }]);
  });

  it("sweeps without its cursor when that cannot be read or written", async () => {
    const { saga, ids } = await many(2);
    const fails = async () => Promise.reject(new Error("no answer"));
    Object.assign(saga.cursor, { read: fails, write: fails });
    const { looked, missed } = await look(saga);
    expect(looked).toEqual(ids);
    expect(missed).toEqual([{ list: "cursor" }, { list: "cursor" }]);
  });

  it("asks no more when its time is up, and goes on there next time until it has come round", async () => {
    const { saga, ids } = await many(5);
    const first = await look(saga, undefined, 300);
    expect([first.looked, first.cutShort]).toEqual([ids.slice(0, 3), false]);
    const second = await look(saga, undefined, 300);
    expect(second.looked).toEqual([ids[3], ids[4], ids[0]]);
    expect((await look(saga)).looked).toEqual([...ids.slice(1), ids[0]]);
    expect(saga.cursor.position).toBeUndefined();
  });

  it("stops reading when its time is up, says so, and goes on there next time", async () => {
    const { saga, ids } = await many(250);
    const glances = saga.payments.glances.bind(saga.payments);
    jest.spyOn(saga.payments, "glances").mockImplementation(async (page) => {
      saga.clock.advance(1_000);
      return glances(page);
    });
    const seen: string[] = [];
    const sweepFor = async (lifeMs: number) => {
      const tell = ({ payment_id }: { payment_id: string }) => void seen.push(payment_id);
      return sweepPayments({ ...saga, shards: 1, until: saga.clock.now() + lifeMs, tell })();
    };
    expect(await sweepFor(1_500)).toMatchObject({ cutShort: true });
    expect(seen).toEqual(ids.slice(0, 200));
    expect(await sweepFor(NEVER)).toMatchObject({ cutShort: false });
    expect(seen.slice(200)).toEqual([...ids.slice(200), ...ids.slice(0, 200)]);
  });

  it("looks at every one of them within a bounded number of sweeps, though most stay open for good", async () => {
    const { saga, ids } = await many(50);
    const met = new Set<string>();
    for (let n = 0; n < 5; n++) for (const id of (await look(saga, undefined, 1_000)).looked) met.add(id);
    expect(met).toEqual(new Set(ids));
  });

  it("begins with what the one before put off, and looks at the rest all the same", async () => {
    const { saga, ids } = await many(4);
    const { looked } = await look(saga, (id) => (ids.indexOf(id) >= 2 ? "postponed" : "running"));
    expect(looked).toEqual(ids);
    expect((await look(saga)).looked).toEqual([ids[2], ids[3], ids[0], ids[1]]);
  });

  it("begins again where the cursor points to a time that has not come", async () => {
    const { saga, ids } = await many(2);
    saga.cursor.position = { shard: 0, after: { payment_id: "x", since: "2999-01-01T00:00:00.000Z" } };
    expect(await look(saga)).toMatchObject({ looked: ids, missed: [] });
  });
});
