// Whatever a provider did instead of what it was asked for, the runbook's way leads out of it: a
// person settles it with the provider, says what became of it, and the payment ends.
import { expect, it } from "@jest/globals";
import type { ProviderAnswer } from "../../../../functions/lib/ports/provider.ts";
import * as card from "../../../support/card-saga.ts";
import * as conversion from "../../../support/conversion-saga.ts";
import { MemoryExecutions } from "../../../support/memory/memory-executions.ts";
import { operatorNamed, redriveOf } from "../../../support/operator.ts";

const { OWNER } = card;
type Saga = card.CardSaga | conversion.ConversionSaga;
type Task = card.Task | conversion.Task;
type Books = { books: Map<string, ProviderAnswer> };

/** Parked at the task, whose provider did something else, and remembers it. */
type Given = { saga: Saga; at: Task; received?: number };

/** The provider does that for each call of the method, which is under one key. */
function does(provider: Books, method: string, answer: object): void {
  const done = { outcome: "succeeded", ...answer } as ProviderAnswer;
  const call = async ({ key }: { key: string }) => {
    provider.books.set(key, done);
    return done;
  };
  Object.assign(provider, { [method]: call });
}

const GIVEN: Record<string, () => Promise<Given>> = {
  authorize: async () => {
    const saga = await card.CardSaga.after("validate-payment");
    does(saga.provider, "authorize", { id: "auth_1", amount: 1000n, currency: "USD" });
    return { saga, at: "authorize-payment" };
  },
  capture: async () => {
    const saga = await card.CardSaga.after("post-ledger");
    does(saga.provider, "capture", { id: "cap_1", amount: 400n, currency: "EUR" });
    return { saga, at: "capture-payment" };
  },
  void: async () => {
    const saga = await card.CardSaga.after("authorize-payment");
    does(saga.provider, "void", { id: "void_1", reference: "another" });
    return { saga, at: "void-authorization" };
  },
  on_ramp: async () => {
    const saga = await conversion.ConversionSaga.after("authorize-conversion");
    const asked = await saga.saysOf("on_ramp");
    does(saga.seller, "onRamp", { id: "on_1", ...asked, received: asked.received - 1n });
    return { saga, at: "on-ramp", received: Number(asked.received) };
  },
  off_ramp: async () => {
    const saga = await conversion.ConversionSaga.after("on-ramp");
    const asked = await saga.saysOf("off_ramp");
    does(saga.payer, "offRamp", { id: "off_1", ...asked, received: asked.received + 1n });
    return { saga, at: "off-ramp", received: Number(asked.received) };
  },
  reverse_on_ramp: async () => {
    const saga = await conversion.ConversionSaga.after("on-ramp");
    await saga.tombstone("off-ramp");
    const { amount, currency } = await saga.saysOf("off_ramp");
    const sold = { amount: amount - 1n, currency, received: 970n, received_currency: "EUR" };
    does(saga.seller, "reverseOnRamp", { id: "back_1", ...sold });
    return { saga, at: "reverse-on-ramp", received: 972 };
  },
};

/** Where the machine goes on from the task: when it is done, and when its step was taken back. */
const GOES_ON: Record<string, { done: Task[]; undone: Task[] }> = {
  authorize: {
    done: ["authorize-payment", "post-ledger", "capture-payment", "notify-payment"],
    undone: ["resolve-capture", "reverse-ledger", "void-authorization", "fail-payment"],
  },
  capture: {
    done: ["capture-payment", "notify-payment"],
    undone: ["resolve-capture", "reverse-ledger", "void-authorization", "fail-payment"],
  },
  void: { done: ["void-authorization", "fail-payment"], undone: [] },
  on_ramp: {
    done: ["on-ramp", "off-ramp", "post-ledger", "notify-payment"],
    undone: ["resolve-off-ramp", "reverse-on-ramp", "release-hold", "fail-payment"],
  },
  off_ramp: {
    done: ["off-ramp", "post-ledger", "notify-payment"],
    undone: ["resolve-off-ramp", "reverse-on-ramp", "release-hold", "fail-payment"],
  },
  reverse_on_ramp: { done: ["reverse-on-ramp", "release-hold", "fail-payment"], undone: [] },
};
const UNDOS = ["void", "reverse_on_ramp"];

/** The person says so of the parked payment, while the provider still says the contrary. */
async function settled(operation: string, state: string) {
  const { saga, at, received } = await (GIVEN[operation] as () => Promise<Given>)();
  expect(await saga.fail(at as never)).toBe("AnswerDiffers");
  expect(await saga.fail(at as never)).toBe("AnswerDiffers");
  await saga.park({ state: at, error: "AnswerDiffers" });
  saga.clock.advance(60_000);
  const executions = new MemoryExecutions();
  executions.is(OWNER, "FAILED", { state: at, error: "AnswerDiffers" });
  const take = redriveOf(saga, executions);
  const gave = state === "succeeded" && received !== undefined ? { received } : {};
  const learned = { operation, state, id: "ticket-1", ...gave };
  await take({ paymentId: saga.payment_id, operator: operatorNamed("mia"), body: { learned } });
  return { saga, at };
}

/** How the payment has ended, and what it holds in transit. */
const endOf = async (saga: Saga) => [
  (await saga.payment()).status,
  saga instanceof card.CardSaga ? 0n : saga.inTransit(),
];

it.each(Object.keys(GIVEN))("leads out of another %s that the provider made good", async (operation) => {
  const { saga } = await settled(operation, "succeeded");
  for (const task of GOES_ON[operation]?.done ?? []) await saga.run(task as never);
  expect(await endOf(saga)).toEqual([UNDOS.includes(operation) ? "FAILED" : "COMPLETED", 0n]);
});

it.each(
  Object.keys(GIVEN)
    .filter((operation) => !UNDOS.includes(operation))
    .flatMap((operation) => [[operation, "refused"] as const, [operation, "tombstoned"] as const]),
)("leads out of another %s that the provider took back: %s", async (operation, state) => {
  const { saga, at } = await settled(operation, state);
  expect(await saga.fail(at as never)).toBe("UndoStarted");
  const [first, ...undos] = GOES_ON[operation]?.undone ?? [];
  expect(await saga.fail(first as never)).toBe("OutcomeAbsent");
  for (const undo of undos) await saga.run(undo as never);
  expect(await endOf(saga)).toEqual(["FAILED", 0n]);
});
