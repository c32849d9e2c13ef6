// Steps as functions: the machine's input is checked, and errors leave by the names that Step
// Functions reads.
import { describe, expect, it } from "@jest/globals";
import type { Context } from "aws-lambda";
import { CardDeclined, ProviderUnavailable } from "../../../../functions/lib/errors/registry.ts";
import type * as Step from "../../../../functions/lib/runtime/step.ts";
import { coldStart } from "../../../support/cold-start.ts";

const { stepHandler } = coldStart<typeof Step>("lib/runtime/step.ts");
const INPUT = { payment_id: "2f6c1f0e-0000-8000-8000-000000000001", execution: "attempt-1" };
const CONTEXT = { awsRequestId: "request-1" } as Context;

describe("a step", () => {
  it("gets the machine's input, and answers nothing that would stay in the history", async () => {
    const inputs: unknown[] = [];
    const handler = stepHandler(async (input) => void inputs.push(input));
    expect(await handler(INPUT, CONTEXT)).toEqual({});
    expect(inputs).toEqual([INPUT]);
  });

  it.each([
    ["no payment", { execution: "attempt-1" }],
    ["no execution", { payment_id: INPUT.payment_id }],
    ["an id that is none", { ...INPUT, payment_id: "1" }],
    ["more than ids", { ...INPUT, amount: 1000 }],
  ])("does not run with %s", async (_, input) => {
    const handler = stepHandler(() => Promise.reject(new Error("it ran")));
    await expect(handler(input as never, CONTEXT)).rejects.toMatchObject({ name: "ContractViolated" });
  });

  it("says no card number into the execution's history, and keeps the error's name", async () => {
    const cause = new Error("4111-1111-1111-1111");
    const error = new CardDeclined("card 4111 1111 1111 1111 is stolen", { cause });
    const thrown = await stepHandler(() => Promise.reject(error))(INPUT, CONTEXT).catch((caught) => caught);
    expect(thrown).toMatchObject({ name: "CardDeclined", message: "card [card] is stolen" });
    expect([thrown.stack, thrown.cause.message, thrown.cause.stack].join()).not.toMatch(/1111/);
  });

  it("keeps the name of what a timeout caused, whose own message cannot be set", async () => {
    // As a DOMException, which is no Error of a test's realm.
    const get = () => "4111 1111 1111 1111 took too long";
    const cause = Object.defineProperty(new Error(), "message", { get, configurable: true });
    const error = new ProviderUnavailable("the market does not answer", { cause });
    const thrown = await stepHandler(() => Promise.reject(error))(INPUT, CONTEXT).catch((caught) => caught);
    expect(thrown).toBe(error);
    expect(cause.message).toBe("[card] took too long");
  });

  it.each([new CardDeclined("no"), new TypeError("ours")])("lets a %s through as it is", async (error) => {
    const handler = stepHandler(() => Promise.reject(error));
    await expect(handler(INPUT, CONTEXT)).rejects.toBe(error);
  });
});
