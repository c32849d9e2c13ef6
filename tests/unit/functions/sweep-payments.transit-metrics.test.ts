// What the sweep says of value in transit: how much, and for how long the oldest has been held.
import { describe, expect, it } from "@jest/globals";
import { transitFigures } from "../../../functions/sweep-payments/transit-metrics.ts";
import { ConversionSaga } from "../../support/conversion-saga.ts";

const figures = (saga: ConversionSaga) => transitFigures({ ...saga.ports(), shards: 16 });

describe("value in transit", () => {
  it("is shown in whole USDC, with the age of the oldest that is held", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    const { payment_id } = saga;
    saga.clock.advance(60_000);
    await saga.accept({}, "key-2");
    for (const step of ["validate-payment", "authorize-conversion", "on-ramp"] as const) await saga.run(step);
    await saga.ledger.fold([...saga.payments.journals.values()]);
    const since = (await saga.payments.load(payment_id))?.in_transit_since ?? "";
    const { ValueInTransit, OldestInTransitSeconds } = await figures(saga);
    expect(ValueInTransit).toBe(Number(saga.inTransit()) / 1_000_000);
    expect(ValueInTransit).toBeGreaterThan(20);
    expect(OldestInTransitSeconds).toBe((saga.clock.now() - Date.parse(since)) / 1000);
    expect(OldestInTransitSeconds).toBeGreaterThan(60);
  });

  it("is nothing, and of no age, once it is paid out", async () => {
    const saga = await ConversionSaga.after("off-ramp");
    await saga.ledger.fold([...saga.payments.journals.values()]);
    expect(await figures(saga)).toEqual({ ValueInTransit: 0, OldestInTransitSeconds: 0 });
  });
});
