// Metrics: what is written for whom, in the shape that CloudWatch reads from a log.
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type * as Card from "../../../../functions/lib/adapters/providers/http-card-provider.ts";
import type * as Ramps from "../../../../functions/lib/adapters/providers/http-ramp-provider.ts";
import type { PaymentEvent } from "../../../../functions/lib/contracts/event-types.ts";
import type { PaymentRecord } from "../../../../functions/lib/domain/payment.ts";
import type * as Metrics from "../../../../functions/lib/runtime/metrics.ts";
import type * as Transitions from "../../../../functions/lib/runtime/transitions.ts";
import definitions from "../../../../functions/metrics.json" with { type: "json" };
import { coldStart } from "../../../support/cold-start.ts";
import { linesOf, metricsIn, SPEAKING } from "../../../support/log-lines.ts";
import { ManualClock } from "../../../support/memory/manual-clock.ts";

let measure: typeof Metrics.measure;
beforeAll(() => {
  ({ measure } = coldStart<typeof Metrics>("lib/runtime/metrics.ts", SPEAKING));
});

describe("a metric", () => {
  it("stands for its workspace, and again with its own dimensions and no others", async () => {
    const given = { rail: "card", kind: "refused", payment_id: "p", merchant_id: "m" };
    expect(metricsIn(await linesOf(() => measure({ PaymentsFailed: 1 }, given)))).toEqual([
      {
        namespace: "Contra",
        name: "PaymentsFailed",
        unit: "Count",
        value: 1,
        sets: 2,
        dimensions: { workspace: "test", rail: "card", kind: "refused" },
      },
    ]);
  });

  it("shares its line with those of the same dimensions only", async () => {
    const lines = await linesOf(() => measure({ OldestOpenSeconds: 0, SwitchesOn: 2, StepErrors: 1 }, {}));
    expect(lines).toHaveLength(2);
    expect(metricsIn(lines).map(({ name, value }) => [name, value])).toEqual([
      ["OldestOpenSeconds", 0],
      ["SwitchesOn", 2],
      ["StepErrors", 1],
    ]);
  });

  it("without dimensions stands once, for its workspace", async () => {
    const [metric] = metricsIn(await linesOf(() => measure({ StartsQueued: 1 }, { rail: "card" })));
    expect(metric).toMatchObject({ sets: 1, dimensions: { workspace: "test" } });
  });

  it("keeps nothing of the one before", async () => {
    await linesOf(() => measure({ ProviderAnswers: 1 }, { provider: "p", outcome: "succeeded" }));
    const [next] = metricsIn(await linesOf(() => measure({ StartsQueued: 1 })));
    expect(next?.dimensions).toEqual({ workspace: "test" });
  });

  it("is written where metrics are paid for only if somebody is paged by it", async () => {
    const small = (CONTRA_METRICS: string) =>
      coldStart<typeof Metrics>("lib/runtime/metrics.ts", { ...SPEAKING, CONTRA_METRICS });
    const seen = { OldestOpenSeconds: 7, SwitchesOn: 0, StepErrors: 1 };
    const written = async (CONTRA_METRICS: string) =>
      metricsIn(await linesOf(() => small(CONTRA_METRICS).measure(seen))).map(({ name }) => name);
    expect(await written("paging")).toEqual(["OldestOpenSeconds"]);
    expect(await written("all")).toEqual(Object.keys(seen));
    expect(() => small("few").measure(seen)).toThrow("CONTRA_METRICS must be all or paging");
  });

  it("is never counted per payment, merchant or account", () => {
    const dimensions = Object.values(definitions.metrics).flatMap((metric) => metric.dimensions as string[]);
    expect(
      dimensions.filter(
        (name) => !/^(rail|kind|code|provider|operation|outcome|reason|function)$/.test(name),
      ),
    ).toEqual([]);
  });
});

describe("a transition", () => {
  const payment = (given: Partial<PaymentRecord>) =>
    ({
      payment_id: "p",
      merchant_id: "m",
      rail: "card",
      created_at: "2026-01-01T00:00:00.000Z",
      updated_at: "2026-01-01T00:00:02.500Z",
      ...given,
    }) as PaymentRecord;
  const tell = async (given: Partial<PaymentRecord>, event: object, from?: PaymentRecord["status"]) => {
    const { reportTransition } = coldStart<typeof Transitions>("lib/runtime/transitions.ts", SPEAKING);
    return linesOf(() => reportTransition(payment(given), event as PaymentEvent, from));
  };

  it("is one line: which payment, from where to where, by which event", async () => {
    const event = { event_id: "p:3", type: "payment.authorized" };
    const lines = await tell({ status: "PROCESSING" }, event, "PENDING");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      message: "transition",
      payment_id: "p",
      from: "PENDING",
      to: "PROCESSING",
      event: "payment.authorized",
      event_id: "p:3",
    });
  });

  it("that ends a payment is counted by rail, with the time it took", async () => {
    const lines = await tell({ status: "COMPLETED" }, { type: "payment.completed" }, "PROCESSING");
    expect(metricsIn(lines).map(({ name, value }) => [name, value])).toEqual([
      ["PaymentsCompleted", 1],
      ["SagaSeconds", 2.5],
    ]);
  });

  it("that fails a payment is counted by the kind of its reason", async () => {
    const failure = { code: "CardDeclined", message: "no", step: "authorize-payment", undone: [] };
    const lines = await tell({ status: "FAILED", failure }, { type: "payment.failed" }, "PROCESSING");
    expect(lines[0]).toMatchObject({ failure_code: "CardDeclined", failure_step: "authorize-payment" });
    expect(metricsIn(lines)[0]).toMatchObject({ dimensions: { rail: "card", kind: "refused" } });
  });

  it("that parks a payment says where and with which error, and is no end", async () => {
    const data = { execution: "p", state: "ResolveCapture", error: "OutcomeUnknown" };
    const lines = await tell({ status: "IN_REVIEW" }, { type: "payment.parked", data }, "PROCESSING");
    expect(lines[0]).toMatchObject({ state: "ResolveCapture", error_name: "OutcomeUnknown" });
    expect(metricsIn(lines).map(({ name }) => name)).toEqual(["PaymentsParked"]);
  });
});

describe("a provider's call", () => {
  const clock = new ManualClock();
  const settings = {
    url: "http://provider.test",
    credentials: { read: () => clock.sleep(120).then(() => ({ key: "own", webhook_secrets: [] })) },
    timeoutMs: 1_000,
    takesOrders: true,
    clock,
  };
  const REQUEST = { key: "p:capture", payment_id: "p", amount: 1n, currency: "EUR", authorization_id: "a" };

  /** The measured lines of calls that are answered so. */
  async function measuredBy(calls: () => Promise<unknown>, ...answers: [status: number, body: object][]) {
    const fetching = jest.spyOn(globalThis, "fetch");
    for (const [status, body] of answers) fetching.mockResolvedValueOnce(Response.json(body, { status }));
    const lines = metricsIn(await linesOf(calls));
    fetching.mockRestore();
    return lines.map(({ name, value, dimensions }) => [name, value, Object.values(dimensions)]);
  }

  it("is measured by provider and operation, and counted by what it came to", async () => {
    const { HttpCardProvider } = coldStart<typeof Card>(
      "lib/adapters/providers/http-card-provider.ts",
      SPEAKING,
    );
    const provider = new HttpCardProvider(settings);
    const answers: unknown[] = [];
    const said = { amount: Number(REQUEST.amount), currency: REQUEST.currency };
    const lines = await measuredBy(
      async () => answers.push(await provider.capture(REQUEST), await provider.capture(REQUEST)),
      [201, { id: "cap_1", state: "succeeded", ...said }],
      [500, { error: { code: "internal_error" } }],
    );
    expect(answers).toEqual([
      { outcome: "succeeded", id: "cap_1", amount: REQUEST.amount, currency: REQUEST.currency },
      { outcome: "unknown", unavailable: true, message: "it answered 500 internal_error" },
    ]);
    expect(lines).toEqual([
      ["ProviderMilliseconds", 120, ["test", "sandbox", "capture"]],
      ["ProviderAnswers", 1, ["test", "sandbox", "succeeded"]],
      ["ProviderMilliseconds", 120, ["test", "sandbox", "capture"]],
      ["ProviderAnswers", 1, ["test", "sandbox", "unavailable"]],
    ]);
  });

  it("is named as its method is, of every provider", async () => {
    const { HttpCardProvider } = coldStart<typeof Card>(
      "lib/adapters/providers/http-card-provider.ts",
      SPEAKING,
    );
    const ramps = jest.requireActual<typeof Ramps>(
      "../../../../functions/lib/adapters/providers/http-ramp-provider.ts",
    );
    const { HttpOnRampProvider, HttpOffRampProvider } = ramps;
    for (const Provider of [HttpCardProvider, HttpOnRampProvider, HttpOffRampProvider]) {
      const own = Object.getOwnPropertyNames(Provider.prototype);
      const provider = new Provider(settings) as unknown as Record<
        string,
        (request: unknown) => Promise<unknown>
      >;
      const methods = ["find", "tombstone", ...own].filter(
        (name) => !["constructor", "money"].includes(name),
      );
      for (const method of methods) {
        const [line] = await measuredBy(async () => provider[method]?.(REQUEST), [404, {}]);
        expect(line?.[2]).toEqual(["test", expect.any(String), method]);
      }
    }
  });
});

describe("a write that no token was taken for", () => {
  it("is counted, because the throttle failed", async () => {
    type Throttle = typeof import("../../../../functions/lib/adapters/dynamodb/write-throttle.ts");
    const path = "lib/adapters/dynamodb/write-throttle.ts";
    const { DynamoWriteThrottle } = coldStart<Throttle>(path, SPEAKING);
    const policyOf = async () => Promise.reject(new Error("no answer"));
    const throttle = new DynamoWriteThrottle({} as never, new ManualClock(), "t", { policyOf } as never);
    const counted = metricsIn(await linesOf(() => throttle.take("m1")));
    expect(counted).toMatchObject([{ name: "WritesUnmetered", value: 1 }]);
  });
});
