import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Entry } from "../../../functions/lib/sandbox/books.ts";
import type { Announcement } from "../../../functions/lib/sandbox/webhook-queue.ts";
import { sendSandboxWebhook } from "../../../functions/send-sandbox-webhooks/send-sandbox-webhooks.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";

const ROW: Entry = {
  id: "cap_1",
  operation: "capture",
  idempotency_key: "p-1:capture",
  reference: "p-1",
  amount: 500,
  currency: "INR",
  state: "succeeded",
  at: "2026-01-01T00:00:00.000Z",
  fingerprint: "f",
};
let row: Entry | undefined;
/** What the receiver answers; `down` is no answer at all. */
let answer: number | "down";
let told: { id: string; body: unknown }[];
let putBack: (Announcement & { afterMs: number })[];

const send = sendSandboxWebhook({
  books: { findById: async () => row },
  post: async (id, body) => {
    if (answer === "down") throw new Error("nobody listens");
    told.push({ id, body: JSON.parse(body) });
    return answer;
  },
  announcements: {
    announce: async (announcement, afterMs) => void putBack.push({ ...announcement, afterMs }),
  },
  clock: new ManualClock(),
});

/** Sends until it is put back no more; what the last try came to. */
async function toTheEnd(tries = 0): Promise<string> {
  for (let left = 100; left > 0; left--) {
    const outcome = await send({ row_id: "cap_1", tries: putBack.at(-1)?.tries ?? tries });
    if (outcome !== "put-back") return outcome;
  }
  throw new Error("it never ends");
}

beforeEach(() => {
  row = ROW;
  answer = 204;
  told = [];
  putBack = [];
});

describe("a webhook of the sandbox in AWS", () => {
  it("tells what the books say about the row", async () => {
    expect(await send({ row_id: "cap_1", tries: 0 })).toBe("taken");
    const { fingerprint: _, ...operation } = ROW;
    const body = { type: "operation.updated", operation };
    expect(told).toEqual([{ id: "msg_cap_1", body }]);
    expect(putBack).toEqual([]);
  });

  it("tells both amounts of a ramp, and nothing of its hold or of why it was refused", async () => {
    const fill = { receive_amount: 5_900_000, receive_currency: "USDC", hold: { captured: 0 } };
    const refusal = { status: 402, code: "on_ramp_declined", message: "declined" };
    row = { ...ROW, operation: "on_ramp", ...fill, state: "refused", refusal };
    await send({ row_id: "cap_1", tries: 0 });
    const { fingerprint: _f, hold: _h, refusal: _r, ...operation } = row;
    expect(told).toEqual([{ id: "msg_cap_1", body: { type: "operation.updated", operation } }]);
  });

  it("of what was only accepted says so, comes back when it settles, and then says that", async () => {
    row = { ...ROW, state: "pending", settles_at: "2026-01-01T00:00:04.000Z" };
    expect(await send({ row_id: "cap_1", tries: 3 })).toBe("put-back");
    expect(told).toMatchObject([{ id: "msg_cap_1_accepted", body: { operation: { state: "pending" } } }]);
    expect(putBack).toEqual([{ row_id: "cap_1", tries: 0, afterMs: 5_000 }]);
    row = { ...row, settles_at: "2025-12-31T23:59:59.000Z" };
    expect(await send({ row_id: "cap_1", tries: 0 })).toBe("taken");
    expect(told[1]).toMatchObject({ id: "msg_cap_1", body: { operation: { state: "succeeded" } } });
  });

  it("that is to be contradicted says the contrary, comes back, and then says the truth", async () => {
    row = { ...ROW, contrary_until: "2026-01-01T00:00:01.500Z" };
    expect(await send({ row_id: "cap_1", tries: 0 })).toBe("put-back");
    expect(told).toMatchObject([{ id: "msg_cap_1_contrary", body: { operation: { state: "refused" } } }]);
    expect(putBack).toEqual([{ row_id: "cap_1", tries: 0, afterMs: 2_500 }]);
    row = { ...row, contrary_until: "2026-01-01T00:00:00.000Z" };
    expect(await send({ row_id: "cap_1", tries: 0 })).toBe("taken");
    expect(told[1]).toMatchObject({ id: "msg_cap_1", body: { operation: { state: "succeeded" } } });
  });

  it("that settles later is contradicted when it has settled", async () => {
    const settles_at = "2025-12-31T23:59:59.000Z";
    row = { ...ROW, state: "pending", settles_at, contrary_until: "2026-01-01T00:00:00.500Z" };
    await send({ row_id: "cap_1", tries: 0 });
    expect(told).toMatchObject([{ id: "msg_cap_1_contrary", body: { operation: { state: "refused" } } }]);
  });

  it.each([404, 429, 500, "down"] as const)("is put back for longer and longer after %p", async (status) => {
    answer = status;
    await send({ row_id: "cap_1", tries: 0 });
    await send({ row_id: "cap_1", tries: 1 });
    expect(putBack).toEqual([
      { row_id: "cap_1", tries: 1, afterMs: 750 },
      { row_id: "cap_1", tries: 2, afterMs: 1_500 },
    ]);
  });

  it.each([400, 401, 413])("is not sent again after %i", async (status) => {
    answer = status;
    expect(await send({ row_id: "cap_1", tries: 0 })).toBe("refused");
    expect(putBack).toEqual([]);
  });

  it("is given up after twelve tries", async () => {
    answer = 503;
    expect(await toTheEnd()).toBe("given-up");
    expect(told).toHaveLength(12);
  });

  it("waits for a commit that was announced and is still under way", async () => {
    row = undefined;
    expect(await send({ row_id: "cap_1", tries: 0 })).toBe("put-back");
    row = ROW;
    expect(await send({ row_id: "cap_1", tries: 1 })).toBe("taken");
  });

  it("tells nobody of a commit that failed, and looks for it longer than its function can run", async () => {
    row = undefined;
    expect(await toTheEnd()).toBe("never-committed");
    expect(told).toEqual([]);
    const waited = putBack.reduce((sum, { afterMs }) => sum + afterMs, 0);
    expect((waited * 2) / 3).toBeGreaterThan(25_000);
  });

  it("is not acknowledged when it cannot be put back", async () => {
    answer = 503;
    const failing = sendSandboxWebhook({
      books: { findById: async () => row },
      post: async () => 503,
      announcements: {
        announce: async () => {
          throw new Error("the queue is down");
        },
      },
      clock: new ManualClock(),
    });
    await expect(failing({ row_id: "cap_1", tries: 0 })).rejects.toThrow("the queue is down");
  });
});
