// An execution as Step Functions describes it: whole, absent, or unavailable now, which is no
// defect of ours.
import "../../../../support/function-environment.ts";

import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "@jest/globals";
import { readExecution } from "../../../../../functions/lib/adapters/aws/saga-executions.ts";

/** Step Functions that knows one failed execution. `broken` replaces one of its answers. */
const read = (broken: { describe?: Error; history?: Error } = {}) => {
  const send = async (command: unknown) => {
    const isDescribe = command instanceof DescribeExecutionCommand;
    const error = isDescribe ? broken.describe : broken.history;
    if (error) throw error;
    return isDescribe ? { $metadata: {}, status: "FAILED" } : { $metadata: {}, events: [{ id: 1 }] };
  };
  return readExecution({ send } as unknown as SFNClient, "card", "p", 10);
};
const named = (name: string) => Object.assign(new Error("Rate exceeded"), { name });

describe("an execution that is read", () => {
  it("is shown with its first events", async () => {
    expect(await read()).toEqual({ execution: { status: "FAILED" }, events: [{ id: 1 }] });
  });

  it("that does not exist is undefined", async () => {
    const describe = new ExecutionDoesNotExist({ message: "no", $metadata: {} });
    expect(await read({ describe })).toBeUndefined();
  });

  it.each(["describe", "history"])(
    "is 503 and not a defect when Step Functions throttles its %s",
    async (which) => {
      await expect(read({ [which]: named("ThrottlingException") })).rejects.toMatchObject({
        name: "ServiceUnavailable",
        status: 503,
        message: expect.stringContaining("ThrottlingException"),
      });
    },
  );
});
