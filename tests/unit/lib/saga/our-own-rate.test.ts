// A provider that answers 429 says something of our rate, and nothing of itself: no breaker opens
// for everybody, and after an intent it is a doubt like any other.
import "../../../support/function-environment.ts";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { HttpCardProvider } from "../../../../functions/lib/adapters/providers/http-card-provider.ts";
import { HttpRateSource } from "../../../../functions/lib/adapters/providers/http-rate-source.ts";
import { FAILURES_TO_OPEN } from "../../../../functions/lib/domain/circuit-breaker.ts";
import { reportingRates } from "../../../../functions/lib/saga/conversion-terms.ts";
import { reportAnswer } from "../../../../functions/lib/saga/provider-outcome.ts";
import { CardSaga } from "../../../support/card-saga.ts";
import { ManualClock } from "../../../support/memory/manual-clock.ts";
import { MemoryBreaker } from "../../../support/memory/memory-circuit-breaker.ts";
import { credentialsOf } from "../../../support/memory/memory-credentials.ts";
import { closeServers, urlOf } from "../../../support/servers.ts";

let status = 429;
let body = "too many requests";
const server = createServer((_, response) => void response.writeHead(status).end(body));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => closeServers(server));

const NAME = "sandbox";
function world() {
  const clock = new ManualClock();
  const settings = {
    url: urlOf(server),
    credentials: credentialsOf("key-1"),
    timeoutMs: 60_000,
    takesOrders: false,
    clock,
  };
  return { clock, settings, breaker: new MemoryBreaker(clock), provider: new HttpCardProvider(settings) };
}
const money = { payment_id: "p", amount: 1n, currency: "EUR" };

/** Whether the breaker is open after so many calls that are all answered so. */
async function openAfter(answered: number, call: (given: ReturnType<typeof world>) => Promise<unknown>) {
  const given = world();
  status = answered;
  for (let times = 0; times < FAILURES_TO_OPEN * 2; times++) {
    await call(given);
    given.clock.advance(1);
  }
  return given.breaker.isOpen(NAME);
}

const CALLS: [string, (given: ReturnType<typeof world>) => Promise<unknown>][] = [
  ["an authorization", async (given) => reported(given, given.provider.authorize({ ...money, key: "k" }))],
  [
    "a capture",
    async (given) =>
      reported(given, given.provider.capture({ ...money, key: "k", authorization_id: "auth_1" })),
  ],
  [
    "a void",
    async (given) => reported(given, given.provider.void({ ...money, key: "k", authorize_key: "a" })),
  ],
  ["a question", async (given) => reported(given, given.provider.find("k"))],
  ["a tombstone", async (given) => reported(given, given.provider.tombstone("k", "p"))],
  [
    "a look at the rates",
    ({ settings, breaker }) =>
      reportingRates(new HttpRateSource(settings), breaker, NAME)
        .ratesOf("EUR")
        .catch((error: Error) => expect(error.name).toBe("ProviderUnavailable")),
  ],
];

const reported = async (
  { breaker, provider }: ReturnType<typeof world>,
  answering: ReturnType<HttpCardProvider["find"]>,
) => reportAnswer({ breaker, provider: { nature: { ...provider.nature, name: NAME } } }, {}, await answering);

describe.each(["too many requests", '{"error":{"code":"rate_limited"}}', "{}"])("429 and %s", (text) => {
  it.each(CALLS)("to %s opens no breaker, and 503 does", async (_, call) => {
    body = text;
    expect(await openAfter(429, call)).toBe(false);
    expect(await openAfter(503, call)).toBe(true);
  });

  it("closes no breaker either that is open for another reason", async () => {
    body = text;
    const given = world();
    for (let times = 0; times < FAILURES_TO_OPEN; times++) await given.breaker.report(NAME, "unavailable");
    status = 429;
    await reported(given, given.provider.find("k"));
    expect(await given.breaker.isOpen(NAME)).toBe(true);
  });
});

describe("a step that is answered 429", () => {
  const THROTTLED = { outcome: "unknown", message: "it answered 429", throttled: true } as const;

  it("is in doubt after its intent, asks by key, and goes on", async () => {
    const saga = await CardSaga.after("post-ledger");
    const report = jest.spyOn(saga.breaker, "report");
    jest.spyOn(saga.provider, "capture").mockResolvedValueOnce(THROTTLED);
    expect(await saga.fail("capture-payment")).toBe("OutcomeUnknown");
    expect((await saga.payment()).marks.intent["capture-payment"]).toBeDefined();
    expect(report).not.toHaveBeenCalled();
    await saga.run("capture-payment");
    expect(saga.calls("find")).toBe(1);
    expect(await saga.payment()).toMatchObject({ status: "COMPLETED" });
  });
});
