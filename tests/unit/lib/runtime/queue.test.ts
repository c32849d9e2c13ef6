// Queue batches: a message that fails comes back alone.
import { describe, expect, it } from "@jest/globals";
import type { Context, SQSEvent } from "aws-lambda";
import type * as Queue from "../../../../functions/lib/runtime/queue.ts";
import { coldStart } from "../../../support/cold-start.ts";

const { queueHandler } = coldStart<typeof Queue>("lib/runtime/queue.ts");

/**
 * Hands the bodies over as one batch. Returns what was consumed and the ids of the messages that
 * come back.
 */
async function deliver(...bodies: string[]) {
  const consumed: unknown[] = [];
  const Records = bodies.map((body, index) => ({ messageId: `m${index}`, body, eventSource: "aws:sqs" }));
  const handler = queueHandler(async (body) => {
    if (body === "bad") throw new Error("not this one");
    consumed.push(body);
  });
  const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent, {} as Context);
  return { consumed, failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

describe("a queue's batch", () => {
  it("is consumed whole when nothing fails", async () => {
    expect(await deliver('"a"', '"b"')).toEqual({ consumed: ["a", "b"], failed: [] });
  });

  it("brings back the failed message and not its neighbours", async () => {
    expect(await deliver('"a"', '"bad"', '"b"')).toEqual({ consumed: ["a", "b"], failed: ["m1"] });
  });

  it("brings back a message that is no JSON", async () => {
    expect(await deliver("{", '"a"')).toEqual({ consumed: ["a"], failed: ["m0"] });
  });

  it("brings back every message when all fail", async () => {
    expect((await deliver('"bad"', '"bad"')).failed).toEqual(["m0", "m1"]);
  });

  it("remembers nothing of the batch before", async () => {
    await deliver('"bad"');
    expect(await deliver('"a"')).toEqual({ consumed: ["a"], failed: [] });
  });
});
