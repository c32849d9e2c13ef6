// Traces: small enough to lie beside an event, and handed on by whoever works for somebody else.
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type * as StepFunctions from "../../../../functions/lib/adapters/aws/saga-starter.ts";
import type * as Verifications from "../../../../functions/lib/adapters/aws/verification-queue.ts";
import type { PaymentEvent } from "../../../../functions/lib/contracts/event-types.ts";
import type * as Correlation from "../../../../functions/lib/runtime/correlation.ts";
import type * as Tracing from "../../../../functions/lib/runtime/tracing.ts";
import { coldStart } from "../../../support/cold-start.ts";

const TRACE = "Root=1-67891233-abcdef012345678912345678";
let tracing: typeof Tracing;
beforeAll(() => {
  tracing = coldStart<typeof Tracing>("lib/runtime/tracing.ts");
});

describe("a trace", () => {
  it("is packed into 22 characters and is the same when it is unpacked", () => {
    const packed = tracing.packTrace("1-67891233-abcdef012345678912345678");
    expect(packed).toHaveLength(22);
    expect(tracing.headerOf(packed)).toBe(TRACE);
  });

  it.each([undefined, "", "1-67891233", "4bf92f3577b34da6a3ce929d0e0e4736"])(
    "that is no X-Ray id is left out: %p",
    (id) => {
      expect(tracing.packTrace(id ?? "")).toBeUndefined();
    },
  );

  it.each([undefined, "", "Z4kSM6vN7wEjRWeJASNFZ", "no trace"])("cannot be read out of %p", (packed) => {
    expect(tracing.headerOf(packed)).toBeUndefined();
  });
});

describe("who asks for a verification", () => {
  const queue = (takes = true) => {
    const { SqsVerificationQueue } = coldStart<typeof Verifications>(
      "lib/adapters/aws/verification-queue.ts",
    );
    const { withIds } = jest.requireActual<typeof Correlation>(
      "../../../../functions/lib/runtime/correlation.ts",
    );
    const sent: Record<string, unknown>[] = [];
    const send = async ({ input }: { input: Record<string, unknown> }) => {
      if (!takes) throw new Error("no answer");
      sent.push(input);
    };
    return { verifications: new SqsVerificationQueue({ send } as never), withIds, sent };
  };
  const event = { payment_id: "p", type: "payment.notified" } as PaymentEvent;

  it("gives the event in the bus's envelope, with its trace and for when it is wanted", async () => {
    const { verifications, withIds, sent } = queue();
    await withIds({ trace_header: TRACE }, async () => {
      expect(await verifications.enqueue(event, 10)).toBe(true);
    });
    expect(await verifications.enqueue(event)).toBe(true);
    const [message, another] = sent;
    expect(message).toMatchObject({
      QueueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/test-integrity",
      DelaySeconds: 10,
      MessageSystemAttributes: { AWSTraceHeader: { StringValue: TRACE } },
    });
    expect(JSON.parse(String(message?.MessageBody))).toEqual({ source: "contra.payments", detail: event });
    expect(another).not.toHaveProperty("DelaySeconds");
    expect(another).not.toHaveProperty("MessageSystemAttributes");
  });

  it("is told when the queue took nothing", async () => {
    expect(await queue(false).verifications.enqueue(event)).toBe(false);
  });
});

describe("who starts a saga", () => {
  const starter = () => {
    const { StepFunctionsStarter } = coldStart<typeof StepFunctions>("lib/adapters/aws/saga-starter.ts");
    const { withIds } = jest.requireActual<typeof Correlation>(
      "../../../../functions/lib/runtime/correlation.ts",
    );
    const sent: Record<string, unknown>[] = [];
    const client = { send: async ({ input }: { input: Record<string, unknown> }) => void sent.push(input) };
    return { saga: new StepFunctionsStarter(client as never, client as never), withIds, sent };
  };

  it("hands its trace on, at once or through the queue", async () => {
    const { saga, withIds, sent } = starter();
    await withIds({ trace_header: TRACE }, async () => {
      await saga.start("card", "p");
      await saga.enqueue("p");
    });
    expect(sent[0]).toMatchObject({ traceHeader: TRACE });
    expect(sent[1]).toMatchObject({ MessageSystemAttributes: { AWSTraceHeader: { StringValue: TRACE } } });
  });

  it("hands nothing on where there is no trace", async () => {
    const { saga, sent } = starter();
    await saga.start("card", "p");
    await saga.enqueue("p");
    expect(sent[0]?.traceHeader).toBeUndefined();
    expect(sent[1]).not.toHaveProperty("MessageSystemAttributes");
  });
});
