// What the receiver of webhooks writes into a log: that a provider disagrees, and never its words
// or amounts, which are for people alone.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { CardSaga } from "../../support/card-saga.ts";
import { coldStart } from "../../support/cold-start.ts";
import { call, type Handler, request } from "../../support/http-event.ts";
import { linesOf, SPEAKING } from "../../support/log-lines.ts";
import { MemoryFindingStore } from "../../support/memory/memory-finding-store.ts";
import { wiringOf } from "../../support/wiring.ts";

const ROUTE = "POST /provider-webhooks/{provider}";

let saga: CardSaga;
let findings: MemoryFindingStore;
let receive: Handler;
beforeEach(async () => {
  saga = await CardSaga.after("post-ledger");
  saga.provider.next("capture", "lose");
  await saga.fail("capture-payment");
  findings = new MemoryFindingStore();
  const { payments, quotes, clock } = saga;
  const signatures = new Map([["sandbox", { isAuthentic: async () => true }]]);
  const natureOf = () => ({ key_ttl_seconds: 86_400, keeps_refusals: true });
  jest.doMock("../../../functions/lib/wiring.ts", () =>
    wiringOf({ payments, quotes, findings, clock, signatures }, { natureOf: () => natureOf }),
  );
  receive = coldStart<Handler>("receive-provider-webhook/handler.ts", SPEAKING);
});

/** The lines about a success of the capture, which says `more`. */
const linesAbout = (more: Record<string, unknown>) =>
  linesOf(async () => {
    const operation = {
      operation: "capture",
      idempotency_key: `${saga.payment_id}:capture`,
      state: "succeeded",
      id: "cap_1",
      at: new Date(saga.clock.now()).toISOString(),
      ...more,
    };
    const body = JSON.stringify({ type: "operation.updated", operation });
    expect(
      (await call(receive, request(ROUTE, { path: { provider: "sandbox" }, claims: null, body }))).status,
    ).toBe(204);
  });

describe("the log of a webhook", () => {
  it("says that the provider disagrees about a payment, and no word or amount of it", async () => {
    const lines = await linesAbout({ amount: 44_477, currency: "EUR", reference: "Jane Doe" });
    expect(findings.all()).toMatchObject([{ details: [expect.stringMatching(/Jane Doe.*44477/)] }]);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: "ERROR",
        message: "the provider disagrees",
        payment_id: saga.payment_id,
        outcome: "recorded",
      }),
    );
    expect(JSON.stringify(lines)).not.toMatch(/44477|Jane Doe/);
  });

  it("says nothing of one that agrees", async () => {
    const lines = await linesAbout({ amount: 1000, currency: "EUR" });
    expect(lines.filter(({ level }) => level === "ERROR")).toEqual([]);
  });
});
