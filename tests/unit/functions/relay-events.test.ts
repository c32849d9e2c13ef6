// Relaying: in order, at least once, and never past an event that could not be published.
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { PaymentEvent } from "../../../functions/lib/contracts/event-types.ts";
import type { TracedEvent } from "../../../functions/lib/ports/event-bus.ts";
import { relayEvents, type Streamed } from "../../../functions/relay-events/relay-events.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { sequencesIn } from "../../support/conformance/fixtures.ts";

let records: Streamed[];
beforeAll(async () => {
  const saga = await CardSaga.after("notify-payment");
  const events = await saga.payments.events(saga.payment_id);
  records = events.map((event) => ({ position: `p${sequenceOf({ event })}`, event }));
});

const sequenceOf = ({ event }: Pick<TracedEvent, "event">): number => sequencesIn([event])[0] ?? 0;

/** A bus that refuses the events of these sequences. */
function bus(...refused: number[]) {
  const published: number[] = [];
  const traces: (string | undefined)[] = [];
  const publish = async (events: TracedEvent[]) => {
    published.push(...events.map(sequenceOf));
    traces.push(...events.map(({ trace }) => trace));
    return events.map((event) => !refused.includes(sequenceOf(event)));
  };
  return { publish, published, traces };
}

const broken = (record: Streamed | undefined): Streamed => {
  if (!record) throw new Error("there is no record to break");
  return { ...record, event: { ...record.event, sequence: 0 } as PaymentEvent };
};

describe("relay-events", () => {
  it("publishes every event in its order", async () => {
    const target = bus();
    expect(await relayEvents(target)(records)).toBeUndefined();
    expect(target.published).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("hands every event on with its own trace, and with none where there is none", async () => {
    const target = bus();
    await relayEvents(target)(records.map((one, at) => (at === 1 ? { ...one, trace: "Root=1" } : one)));
    expect(target.traces.slice(0, 3)).toEqual([undefined, "Root=1", undefined]);
  });

  it("resumes at the first event that the bus refused", async () => {
    expect(await relayEvents(bus(3, 5))(records)).toBe("p3");
  });

  it("publishes what stands before an event that breaks its contract, and stops there", async () => {
    const target = bus();
    const [first, second, third, ...rest] = records;
    const batch = [first, second, broken(third), ...rest].filter((one) => one !== undefined);
    expect(await relayEvents(target)(batch)).toBe("p3");
    expect(target.published).toEqual([1, 2]);
  });

  it("resumes at a refused event rather than at the broken one behind it", async () => {
    const [first, second, third] = records;
    const batch = [first, second, broken(third)].filter((one) => one !== undefined);
    expect(await relayEvents(bus(2))(batch)).toBe("p2");
  });

  it("fails on a batch that begins with an event that breaks its contract, and publishes nothing", async () => {
    const target = bus();
    const batch = [broken(records[0]), ...records.slice(1)];
    await expect(relayEvents(target)(batch)).rejects.toMatchObject({ name: "ContractViolated" });
    expect(target.published).toEqual([]);
  });

  it("does nothing for an empty batch", async () => {
    expect(await relayEvents(bus())([])).toBeUndefined();
  });

  it("lets the bus's own failure through, so that the whole batch comes again", async () => {
    const down = { publish: () => Promise.reject(new Error("down")) };
    await expect(relayEvents(down)(records)).rejects.toThrow("down");
  });
});
