// What people did by hand can be read: newest first, by day, page by page, and by nobody without
// the scope.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { idFor } from "../../../functions/lib/domain/idempotency.ts";
import type { Operation } from "../../../functions/lib/domain/operation.ts";
import { listOperations } from "../../../functions/list-operations/list-operations.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { call, type Handler, request } from "../../support/http-event.ts";
import { wiringOf } from "../../support/wiring.ts";

let world: CardSaga;
beforeEach(() => {
  world = new CardSaga();
});
const list = (query: Record<string, string> = {}) => listOperations(world)(query);

/** ManualClock stands at 2026-01-01. */
const TODAY = "2026-01-01";
async function did(at: string, more: Partial<Operation> = {}): Promise<Operation> {
  const operation: Operation = { operation_id: idFor("did", at, ""), kind: "policy", at, by: "mia", ...more };
  await world.operations.record(operation);
  return operation;
}

describe("the operations", () => {
  it("are none where nobody did anything", async () => {
    expect(await list()).toEqual({ data: [] });
  });

  it("come newest first over the days, to the last one and no further", async () => {
    const days = ["2025-12-01", "2025-12-02", "2025-12-31", TODAY];
    const made = [];
    for (const day of days) made.push(await did(`${day}T09:00:00.000Z`));
    expect(await list()).toEqual({ data: [made[3], made[2], made[1]] });
    expect(await list({ from: "2025-12-01", to: "2025-12-31" })).toEqual({
      data: [made[2], made[1], made[0]],
    });
  });

  it("come in pages that lose none and repeat none, though a day has more than is read at once", async () => {
    for (let n = 0; n < 230; n++) {
      const second = String(n % 60).padStart(2, "0");
      await did(`${TODAY}T0${Math.floor(n / 60)}:00:${second}.000Z`);
    }
    const seen: Operation[] = [];
    let cursor: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({
        limit: "100",
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...page.data);
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    const order = seen.map(({ at }) => at);
    expect(order).toEqual([...new Set(order)].sort().reverse());
    expect(order).toHaveLength(230);
  });

  it("are those of a merchant, or of a kind, where these are asked for", async () => {
    const mine = await did(`${TODAY}T01:00:00.000Z`, { merchant_id: "m1", kind: "deposit" });
    await did(`${TODAY}T02:00:00.000Z`, { merchant_id: "m2", kind: "deposit" });
    const policy = await did(`${TODAY}T03:00:00.000Z`, { merchant_id: "m1" });
    expect(await list({ merchant_id: "m1" })).toEqual({ data: [policy, mine] });
    expect(await list({ merchant_id: "m1", kind: "deposit", limit: "1" })).toEqual({ data: [mine] });
  });

  it.each([
    ["from", { from: "2026-13-01" }],
    ["from", { from: "2026-01-02" }],
    ["from", { from: "2025-11-01" }],
    ["to", { to: "yesterday" }],
    ["to", { to: "2026-02-30" }],
    ["limit", { limit: "0" }],
    ["limit", { limit: "101" }],
    ["limit", { limit: "1e1" }],
    ["cursor", { cursor: "x" }],
    ["kind", { kind: "toString" }],
    ["after", { after: "x" }],
  ])("refuse a wrong %s, and name it: %p", async (parameter, query) => {
    await expect(list(query as Record<string, string>)).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ parameter }],
    });
  });

  it("are for the scope ops alone", async () => {
    jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf(world));
    const handler = coldStart<Handler>("list-operations/handler.ts");
    const asked = (scope: string) =>
      call(handler, request("GET /operations", { claims: { client_id: "c", scope } }));
    expect((await asked("payments:read payments:write")).status).toBe(403);
    const answered = await asked("ops");
    expect([answered.status, answered.body]).toEqual([200, { data: [] }]);
  });
});
