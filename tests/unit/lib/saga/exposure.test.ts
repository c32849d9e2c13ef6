// The exposure cap: full from the cap on, read once a second, and unknown rather than wrong when
// the ledger does not answer.
import { beforeEach, describe, expect, it } from "@jest/globals";
import { houseKey } from "../../../../functions/lib/domain/accounts.ts";
import { StoreUnavailable } from "../../../../functions/lib/errors/registry.ts";
import { LedgerExposure } from "../../../../functions/lib/saga/exposure.ts";
import { ManualClock } from "../../../support/memory/manual-clock.ts";

const clock = new ManualClock();
let held: bigint;
let reads: string[];
beforeEach(() => {
  held = 0n;
  reads = [];
});

const balances = async (account: string) => {
  reads.push(account);
  return [{ currency: "USDC", pending: 0n, available: held }];
};
const over = (caps: Record<string, number>) => new LedgerExposure({ balances }, clock, caps);

describe("the exposure", () => {
  it.each([
    [99n, false],
    [100n, true],
    [2n ** 60n, true],
  ])("with %d of 100 in transit is full: %s", async (amount, full) => {
    held = amount;
    expect(await over({ USDC: 100 }).isFull("stablecoin")).toBe(full);
    expect(reads).toEqual([houseKey("in_transit")]);
  });

  it("is never full where no cap is set, and costs no read then", async () => {
    held = 2n ** 60n;
    expect(await over({ EUR: 1 }).isFull("stablecoin")).toBe(false);
    expect(await over({ USDC: 1 }).isFull("card")).toBe(false);
    expect(reads).toEqual([]);
  });

  it("is read once a second", async () => {
    const exposure = over({ USDC: 100 });
    expect(await exposure.isFull("stablecoin")).toBe(false);
    held = 100n;
    expect(await exposure.isFull("stablecoin")).toBe(false);
    clock.advance(1_000);
    expect(await exposure.isFull("stablecoin")).toBe(true);
    expect(reads).toHaveLength(2);
  });

  it("says nothing while the ledger does not answer: a start that cannot be judged waits", async () => {
    const silent = { balances: async () => Promise.reject(new StoreUnavailable("no answer")) };
    const exposure = new LedgerExposure(silent, clock, { USDC: 100 });
    await expect(exposure.isFull("stablecoin")).rejects.toMatchObject({ name: "StoreUnavailable" });
  });
});
