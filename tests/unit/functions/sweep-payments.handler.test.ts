// A scheduled run of the sweep: whatever befalls it, it says what it saw, and a run that missed
// something has failed.
import { describe, expect, it, jest } from "@jest/globals";
import type { Context } from "aws-lambda";
import { INDEX_SHARDS } from "../../../functions/lib/adapters/dynamodb/payment-item.ts";
import { InvariantBroken } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { linesOf, metricsIn, SPEAKING } from "../../support/log-lines.ts";
import { MemoryExecutions } from "../../support/memory/memory-executions.ts";
import { wiringOf } from "../../support/wiring.ts";

type Handler = { handler: (event: unknown, context: Context) => Promise<void> };
const context = { awsRequestId: "r1", getRemainingTimeInMillis: () => 60_000 } as Context;

/** A run over the saga's payments: what it measured and logged, and whether it failed. */
async function run(saga: CardSaga) {
  const findings = { open: async () => undefined, settle: async () => undefined };
  const executions = new MemoryExecutions();
  jest.doMock("../../../functions/lib/wiring.ts", () =>
    wiringOf({ ...saga, findings, executions }, { INDEX_SHARDS }),
  );
  const { handler } = coldStart<Handler>("sweep-payments/handler.ts", SPEAKING);
  let failed = false;
  const lines = await linesOf(() =>
    handler({}, context).catch(() => {
      failed = true;
    }),
  );
  const measured = Object.fromEntries(metricsIn(lines).map(({ name, value }) => [name, value]));
  return { measured, failed, lines };
}

describe("a scheduled sweep", () => {
  it("measures every minute, though no payment is open", async () => {
    const { measured, failed } = await run(new CardSaga());
    expect(measured).toMatchObject({ OldestOpenSeconds: 0, PaymentsInReview: 0, SwitchesOn: 0 });
    expect(measured).toMatchObject({ ValueInTransit: 0, OldestInTransitSeconds: 0 });
    expect(failed).toBe(false);
  });

  it("measures what it saw and fails afterwards when one payment could not be looked at", async () => {
    const saga = await CardSaga.after("post-ledger");
    await saga.park({ state: "VoidAuthorization", error: "UndoRefused" });
    const parked = saga.payment_id;
    saga.clock.advance(120_000);
    await saga.accept({}, "key-2");
    saga.clock.advance(300_000);
    jest.spyOn(saga.payments, "events").mockRejectedValue(new Error("no answer"));
    const { measured, failed, lines } = await run(saga);
    expect(measured).toMatchObject({ OldestOpenSeconds: 300, PaymentsInReview: 1 });
    expect(failed).toBe(true);
    const said = lines.find(({ message }) => message === "the sweep could not look");
    expect(said).toMatchObject({ level: "ERROR", payment_id: parked, error: { message: "no answer" } });
  });

  it("folds what the fold left out, and measures how old it was", async () => {
    const saga = await CardSaga.after("notify-payment");
    saga.clock.advance(120_000);
    const { measured, failed } = await run(saga);
    expect(measured.JournalsLeftOut).toBe(2);
    expect(Number(measured.OldestUnfoldedSeconds)).toBeGreaterThan(120);
    expect(await saga.ledger.balances("merchant/m1/settlement")).toMatchObject([{ available: 985n }]);
    expect(failed).toBe(false);
  });

  it("fails and names the payment whose journals cannot be folded", async () => {
    const saga = await CardSaga.after("notify-payment");
    saga.clock.advance(120_000);
    jest.spyOn(saga.ledger, "fold").mockRejectedValue(new InvariantBroken("refused"));
    const { measured, failed, lines } = await run(saga);
    expect(measured).toMatchObject({ JournalsLeftOut: 0, OldestOpenSeconds: expect.any(Number) });
    expect(failed).toBe(true);
    const said = lines.find(({ message }) => message === "the sweep could not look");
    expect(said).toMatchObject({ payment_id: saga.payment_id, error: { message: "refused" } });
  });

  it("measures no age and no count when it could list nothing: silence rings", async () => {
    const saga = new CardSaga();
    jest.spyOn(saga.payments, "openBefore").mockRejectedValue(new Error("no answer"));
    const { measured, failed } = await run(saga);
    expect(measured).not.toHaveProperty("OldestOpenSeconds");
    expect(measured).not.toHaveProperty("PaymentsInReview");
    expect(failed).toBe(true);
  });

  it("says what it saw of the payments though the value in transit cannot be read", async () => {
    const saga = new CardSaga();
    jest.spyOn(saga.payments, "inTransit").mockRejectedValue(new Error("no answer"));
    const { measured, failed } = await run(saga);
    expect(measured).toMatchObject({ OldestOpenSeconds: 0, PaymentsInReview: 0, SwitchesOn: 0 });
    expect(measured).not.toHaveProperty("ValueInTransit");
    expect(failed).toBe(true);
  });

  it("says that it was cut short, which is no failure, and no figure of what it did not see", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.clock.advance(120_000);
    const glances = saga.payments.glances.bind(saga.payments);
    jest.spyOn(saga.payments, "glances").mockImplementation(async (ids) => {
      saga.clock.advance(41_000);
      return glances(ids);
    });
    const { measured, failed, lines } = await run(saga);
    expect(lines.map(({ message }) => message)).toContain("swept, and cut short");
    expect(measured).not.toHaveProperty("OldestOpenSeconds");
    expect(failed).toBe(false);
  });
});
