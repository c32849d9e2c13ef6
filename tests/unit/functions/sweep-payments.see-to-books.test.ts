// What the sweep does about ended payments that stay open: it folds the journals that the fold left
// out, and asks for a verification that nobody made.
import { describe, expect, it, jest } from "@jest/globals";
import type { Journal } from "../../../functions/lib/domain/journal.ts";
import { InvariantBroken, StoreContention } from "../../../functions/lib/errors/registry.ts";
import { Books } from "../../../functions/sweep-payments/see-to-books.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { MemoryFindingStore } from "../../support/memory/memory-finding-store.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SETTLEMENT = "merchant/m1/settlement";
const CREDITED = [{ currency: "EUR", pending: 0n, available: 985n }];

type Step = Parameters<typeof CardSaga.after>[0];

/** A payment at the step, which wrote nothing for so long, and the sweeps that look at it. */
async function given(last: Step = "notify-payment", silentMs = 2 * MINUTE) {
  const saga = await CardSaga.after(last);
  saga.clock.advance(silentMs);
  const findings = new MemoryFindingStore();
  const missed: unknown[] = [];
  const books = () => new Books({ ...saga, findings, miss: (_, error) => missed.push(error) });
  const sweep = async (chance = 0) => {
    const one = books();
    jest.spyOn(saga.clock, "random").mockReturnValue(chance);
    await one.look([await saga.payment()]);
    await one.finish();
    return one.figures(saga.clock.now());
  };
  const balance = () => saga.ledger.balances(SETTLEMENT);
  return { saga, findings, missed, books, sweep, balance, queued: saga.verifications.queued };
}

describe("journals that the fold left out", () => {
  it("are folded by the sweep, and the ended payment is verified after that", async () => {
    const { saga, sweep, balance, queued } = await given();
    const figures = await sweep();
    expect(await balance()).toEqual(CREDITED);
    expect(queued).toEqual([{ event: (await saga.payments.events(saga.payment_id)).at(-1) }]);
    expect(figures.JournalsLeftOut).toBe(2);
    expect(figures.OldestUnfoldedSeconds).toBeGreaterThan(120);
    expect(figures.OldestUnfoldedSeconds).toBeLessThan(121);
  });

  it("are folded at any age", async () => {
    const { sweep, balance } = await given("notify-payment", 400 * 24 * 60 * MINUTE);
    await sweep(0.99);
    expect(await balance()).toEqual(CREDITED);
  });

  it("are left to the fold for a minute, by their own time", async () => {
    const { saga, sweep, balance, queued } = await given("notify-payment", 0);
    const posted = await saga.ledger.journal(`${saga.payment_id}:post-ledger`);
    saga.clock.advance(Date.parse(posted?.posted_at ?? "") + MINUTE - saga.clock.now());
    expect(await sweep()).toEqual({ JournalsLeftOut: 0, OldestUnfoldedSeconds: 0 });
    expect([await balance(), queued]).toEqual([[], []]);
    saga.clock.advance(1);
    expect((await sweep()).JournalsLeftOut).toBe(1);
  });

  it("count once, though the fold takes them at the same moment", async () => {
    const { saga, books, balance } = await given();
    const sweep = books();
    await sweep.look([await saga.payment()]);
    await saga.ledger.foldAll();
    await sweep.finish();
    expect(sweep.figures(saga.clock.now()).JournalsLeftOut).toBe(0);
    expect(await balance()).toEqual(CREDITED);
  });

  it("are folded of an undone payment too: what was posted, and what took it back", async () => {
    const { saga, sweep, balance } = await given("post-ledger", 0);
    saga.provider.next("capture", "refuse");
    await saga.fail("capture-payment");
    for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(undo);
    saga.clock.advance(2 * MINUTE);
    expect((await sweep()).JournalsLeftOut).toBe(2);
    expect(await balance()).toEqual([{ currency: "EUR", pending: 0n, available: 0n }]);
  });

  it("are folded of a payment that is not over, and nobody is asked to verify it", async () => {
    const { saga, sweep, balance, queued } = await given("post-ledger");
    await saga.park({ state: "VoidAuthorization", error: "UndoRefused" });
    expect((await sweep()).JournalsLeftOut).toBe(1);
    expect(await balance()).toEqual([{ currency: "EUR", pending: 985n, available: 0n }]);
    expect(queued).toEqual([]);
  });

  it("are looked for more rarely the longer a payment that is not over wrote nothing", async () => {
    const { sweep, balance } = await given("post-ledger", 60 * MINUTE);
    await sweep(0.09);
    expect(await balance()).toEqual([]);
    await sweep(0.08);
    expect(await balance()).not.toEqual([]);
  });

  it("of many payments are folded together, as many as one transaction of the fold takes", async () => {
    const { saga, books } = await given("notify-payment", 0);
    const first = saga.payment_id;
    for (let n = 0; n < 24; n++) {
      await saga.accept({}, `another ${n}`);
      for (const step of ["validate-payment", "authorize-payment", "post-ledger"] as const)
        await saga.run(step, saga.payment_id);
      await saga.run("capture-payment", saga.payment_id);
      await saga.run("notify-payment", saga.payment_id);
    }
    saga.clock.advance(2 * MINUTE);
    const fold = jest.spyOn(saga.ledger, "fold");
    const sweep = books();
    const ids = [first, ...saga.payments.ids().filter((id) => id !== first)];
    const posted = jest.spyOn(saga.ledger, "posted");
    await sweep.look([...(await saga.payments.glances(ids)).values()]);
    await sweep.finish();
    expect(posted.mock.calls.map(([journals]) => journals.length)).toEqual([50]);
    expect(fold.mock.calls.map(([journals]) => journals.length)).toEqual([40, 10]);
    expect(saga.verifications.queued).toHaveLength(25);
  });
});

describe("a payment that cannot be seen to", () => {
  it("holds back none of those that are looked at with it", async () => {
    const { saga, missed, books, queued } = await given("notify-payment", 0);
    const poison = saga.payment_id;
    await saga.accept({}, "sound");
    for (const step of ["validate-payment", "authorize-payment", "post-ledger", "capture-payment"] as const)
      await saga.run(step, saga.payment_id);
    await saga.run("notify-payment", saga.payment_id);
    await saga.ledger.foldAll();
    saga.clock.advance(6 * MINUTE);
    const events = saga.payments.events.bind(saga.payments);
    jest.spyOn(saga.payments, "events").mockImplementation(async (id) => {
      if (id === poison) throw new Error("no answer");
      return events(id);
    });
    jest.spyOn(saga.clock, "random").mockReturnValue(0);
    await books().look([...(await saga.payments.glances(saga.payments.ids())).values()]);
    expect(missed).toMatchObject([{ message: "no answer" }]);
    expect(queued).toMatchObject([{ event: { payment_id: saga.payment_id } }]);
  });
});

describe("a journal that cannot be folded", () => {
  /** Two payments' journals are left out, and those of the first are refused for good. */
  async function poisoned(error: Error) {
    const world = await given("notify-payment", 0);
    const { saga } = world;
    const poison = saga.payment_id;
    await saga.accept({}, "sound");
    for (const step of ["validate-payment", "authorize-payment", "post-ledger", "capture-payment"] as const)
      await saga.run(step, saga.payment_id);
    await saga.run("notify-payment", saga.payment_id);
    const fold = saga.ledger.fold.bind(saga.ledger);
    const refusal = jest.spyOn(saga.ledger, "fold").mockImplementation(async (journals: Journal[]) => {
      if (journals.some(({ journal_id }) => journal_id.startsWith(poison))) throw error;
      return fold(journals);
    });
    const sweep = async () => {
      const one = world.books();
      await one.look([...(await saga.payments.glances(saga.payments.ids())).values()]);
      await one.finish();
    };
    return { ...world, poison, refusal, sweep };
  }

  it("does not hold the others back, fails the sweep, and is a finding after five minutes", async () => {
    const { saga, findings, missed, poison, sweep, balance, queued } = await poisoned(
      new InvariantBroken("the store refused the request"),
    );
    saga.clock.advance(2 * MINUTE);
    await sweep();
    expect(await balance()).toEqual(CREDITED);
    expect(queued.map(({ event }) => event.payment_id)).toEqual([saga.payment_id]);
    expect(missed).toMatchObject([{ name: "InvariantBroken" }]);
    expect(findings.all()).toEqual([]);
    saga.clock.advance(3 * MINUTE);
    await sweep();
    await sweep();
    const posted_at = (await saga.ledger.journal(`${poison}:post-ledger`))?.posted_at;
    expect(findings.all()).toMatchObject([{ kind: "journal-unfolded", payment_id: poison, times: 1 }]);
    expect(findings.all()[0]?.details[0]).toBe(
      `${poison}:post-ledger is not in the balances since ${posted_at}`,
    );
  });

  it("is a finding no more once it is folded, and its payment is verified", async () => {
    const { saga, findings, refusal, poison, sweep, queued } = await poisoned(new InvariantBroken("no"));
    saga.clock.advance(6 * MINUTE);
    await sweep();
    queued.length = 0;
    refusal.mockRestore();
    saga.clock.advance(MINUTE);
    await sweep();
    expect(findings.all()).toMatchObject([{ closed_at: new Date(saga.clock.now()).toISOString() }]);
    expect(queued.map(({ event }) => event.payment_id)).toContain(poison);
  });

  it("is tried again by the next sweep after contention, which fails no sweep", async () => {
    const { saga, findings, missed, refusal, sweep } = await poisoned(new StoreContention("busy"));
    saga.clock.advance(2 * MINUTE);
    await sweep();
    expect([missed, findings.all(), refusal.mock.calls.length]).toEqual([[], [], 1]);
    saga.clock.advance(4 * MINUTE);
    await sweep();
    expect(findings.all().map(({ kind }) => kind)).toEqual(["journal-unfolded", "journal-unfolded"]);
  });
});

describe("a payment whose last event nobody heard", () => {
  async function unheard(silentMs: number) {
    const world = await given("notify-payment", silentMs);
    await world.saga.ledger.foldAll();
    return world;
  }

  it("is given to verify-integrity again after five minutes, by its last event from the table", async () => {
    const { saga, sweep, queued } = await unheard(5 * MINUTE);
    await sweep();
    expect(queued).toEqual([]);
    saga.clock.advance(1);
    await sweep();
    expect(queued).toEqual([{ event: (await saga.payments.events(saga.payment_id)).at(-1) }]);
    expect(queued[0]?.event.type).toBe("payment.notified");
  });

  it("is given again the more rarely the older it is", async () => {
    const { sweep, queued } = await unheard(60 * MINUTE);
    await sweep(0.09);
    expect(queued).toEqual([]);
    await sweep(0.08);
    expect(queued).toHaveLength(1);
  });

  it("is the saga's, though the merchant has changed the payment since", async () => {
    const { saga, sweep, queued } = await unheard(6 * MINUTE);
    await saga.change();
    await sweep();
    expect(queued).toMatchObject([{ event: { type: "payment.notified" } }]);
  });

  it("is given again by the next sweep where the queue took nothing", async () => {
    const { saga, sweep, queued } = await unheard(6 * MINUTE);
    saga.verifications.works = false;
    await sweep();
    saga.verifications.works = true;
    await sweep();
    expect(queued).toHaveLength(1);
  });

  it("is left alone once it is verified, and while its announcement is still due", async () => {
    const { saga, sweep, queued } = await unheard(6 * MINUTE);
    saga.payments.alter(saga.payment_id, { verified_at: "2026-01-01T00:00:00.000Z" });
    await sweep();
    const due = await given("capture-payment", 6 * MINUTE);
    await due.saga.ledger.foldAll();
    await due.sweep();
    expect([queued, due.queued]).toEqual([[], []]);
  });
});
