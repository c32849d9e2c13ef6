// The machines against the registry, the steps' own declarations and the table of
// docs/architecture.md#errors-decide-the-way.
import { describe, expect, it } from "@jest/globals";
import type { Saga } from "../../functions/lib/domain/saga.ts";
import { SAGAS } from "../../functions/lib/domain/saga-definition.ts";
import { checkDefinition, readMachines } from "../../scripts/local/step-functions/definition.ts";
import { mishandled } from "./rules/error-rules.ts";
import {
  type Catcher,
  type Machine,
  machines,
  type Retrier,
  type State,
  taskOf,
  tasksIn,
} from "./rules/machine.ts";
import {
  happyTransitions,
  unequalRetries,
  unreachable,
  writtenTwice,
  wrongOrder,
  wrongShape,
  wrongSpans,
} from "./rules/machine-rules.ts";
import { copyOf, functionNames } from "./rules/manifest.ts";
import { REPOSITORY, textOf } from "./rules/source-tree.ts";
import { declaredBy, thrownOn, visibleIn } from "./rules/throws.ts";

const pairs = [...machines].map(([name, machine]): [string, Machine, Saga] => {
  const saga = SAGAS.find(({ rail }) => name === `${rail}-payment`);
  if (!saga) throw new Error(`no saga is defined for ${name}`);
  return [name, machine, saga];
});
const card = pairs.find(([name]) => name === "card-payment");
if (!card) throw new Error("there is no card-payment machine");
const [, cardMachine, cardSaga] = card;
const conversion = pairs.find(([name]) => name === "stablecoin-payment");
if (!conversion) throw new Error("there is no stablecoin-payment machine");
const [, conversionMachine, conversionSaga] = conversion;

/** What a step declares on the machine's rail. */
const railOf = (machine: string): string => machine.replace(/-payment$/, "");
const thrownByCard = thrownOn("card");

/** Each costs $25 per million payments (docs/architecture.md#what-a-transition-costs). */
const MOST_TRANSITIONS: Record<string, number> = { "card-payment": 6, "stablecoin-payment": 7 };

/** The machine, the card's unless told otherwise, with one mistake in one state. */
function mutated(
  name: string,
  change: (state: State, machine: Machine) => void,
  of: Machine = cardMachine,
): Machine {
  const machine = copyOf(of);
  const state = machine.States[name];
  if (!state) throw new Error(`the machine has no state ${name}`);
  change(state, machine);
  return machine;
}

/**
 * The state's own catcher or retrier of an error: a change of something that is not there would
 * prove nothing.
 */
function catcherOf({ Catch = [] }: State, error: string): Catcher {
  const catcher = Catch.find(({ ErrorEquals }) => ErrorEquals.includes(error));
  if (!catcher) throw new Error(`nothing catches ${error}`);
  return catcher;
}
function retrierOf({ Retry = [] }: State, error: string): Retrier {
  const retrier = Retry.find(({ ErrorEquals }) => ErrorEquals.includes(error));
  if (!retrier) throw new Error(`nothing retries ${error}`);
  return retrier;
}

const cardMishandled = (machine: Machine, throws = thrownByCard): string[] =>
  mishandled(machine, cardSaga, throws);
const withoutCaught = (state: State, error: string): void => {
  for (const catcher of state.Catch ?? []) {
    catcher.ErrorEquals = catcher.ErrorEquals.filter((name) => name !== error);
  }
};
const withoutRetried = (state: State, error: string): void => {
  for (const retrier of state.Retry ?? []) {
    retrier.ErrorEquals = retrier.ErrorEquals.filter((name) => name !== error);
  }
};

describe.each(pairs)("%s", (name, machine, saga) => {
  it("is valid ASL once its functions are named", () => {
    const text = readMachines(REPOSITORY).get(name) ?? "";
    expect(text).not.toContain("${");
    expect(() => checkDefinition(name, text)).not.toThrow();
  });

  it("invokes functions of the manifest, each by a state of its name, with two ids and without a result", () => {
    expect(wrongShape(machine)).toEqual([]);
    expect(tasksIn(machine).filter(([, , fn]) => !functionNames.includes(fn))).toEqual([]);
  });

  it("goes forward and back in the order of its saga", () => {
    expect(wrongOrder(machine, saga)).toEqual([]);
    expect(unreachable(machine)).toEqual([]);
  });

  it("takes no more transitions than the design pays for when nothing fails", () => {
    expect(happyTransitions(machine)).toBeLessThanOrEqual(MOST_TRANSITIONS[name] ?? 0);
  });

  it("handles every error of every step as its kind demands", () => {
    expect(mishandled(machine, saga, thrownOn(railOf(name)))).toEqual([]);
  });

  it("writes each error's name once, and repeats it by its anchor", () => {
    expect(writtenTwice(textOf(`statemachines/${name}.asl.yaml`))).toEqual([]);
  });

  it("retries alike in every step, and alike in every undo", () => {
    expect(unequalRetries(machine, saga)).toEqual([]);
  });

  it("tries a step for two minutes, as long as a provider may be away, and undoes for at most ten", () => {
    expect(wrongSpans(machine, saga)).toEqual([]);
  });

  it("has a backstop of a day", () => {
    expect(machine.TimeoutSeconds).toBe(86_400);
  });

  it.each(tasksIn(machine).map(([, , fn]) => fn))("hears from %s no error that it does not declare", (fn) => {
    expect(declaredBy(fn)).toEqual(expect.arrayContaining(visibleIn(fn)));
  });
});

describe("a machine is caught when", () => {
  it.each<[string, string, (state: State, machine: Machine) => void, string]>([
    [
      "it loses the timeout after a debit",
      "PostLedger",
      (state) => withoutCaught(state, "States.Timeout"),
      "PostLedger: States.Timeout must be retried, caught to ResolveCapture, is retried, not caught",
    ],
    [
      "it does not try again what is unknown",
      "AuthorizePayment",
      (state) => withoutRetried(state, "OutcomeUnknown"),
      "AuthorizePayment: OutcomeUnknown must be retried, caught to ResolveCapture, is not retried, caught to ResolveCapture",
    ],
    [
      "it undoes a capture that may have happened",
      "CapturePayment",
      (state) => Object.assign(catcherOf(state, "OutcomeUnknown"), { Next: "ReverseLedger" }),
      "CapturePayment: OutcomeUnknown must be retried, caught to ResolveCapture, is retried, caught to ReverseLedger",
    ],
    [
      "it tries a refusal again",
      "AuthorizePayment",
      (state) => retrierOf(state, "OutcomeUnknown").ErrorEquals.push("CardDeclined"),
      "AuthorizePayment: CardDeclined must be not retried, caught to FailPayment, is retried, caught to FailPayment",
    ],
    [
      "it voids what was refused",
      "AuthorizePayment",
      (state) => Object.assign(catcherOf(state, "CardDeclined"), { Next: "VoidAuthorization" }),
      "AuthorizePayment: CardDeclined must be not retried, caught to FailPayment, is not retried, caught to VoidAuthorization",
    ],
    [
      "it hides a defect",
      "PostLedger",
      (state) => catcherOf(state, "OutcomeUnknown").ErrorEquals.push("InvariantBroken"),
      "PostLedger: InvariantBroken must be not retried, not caught, is not retried, caught to ResolveCapture",
    ],
    [
      "it does not stop for a new owner",
      "VoidAuthorization",
      (state) => delete state.Catch,
      "VoidAuthorization: Superseded must be not retried, caught to SagaSuperseded, is not retried, not caught",
    ],
    [
      "its undo gives up into another state",
      "VoidAuthorization",
      (state) => state.Catch?.push({ ErrorEquals: ["UndoRefused"], ResultPath: null, Next: "FailPayment" }),
      "VoidAuthorization: UndoRefused must be retried, not caught, is retried, caught to FailPayment",
    ],
    [
      "it undoes a payment whose notification failed",
      "NotifyPayment",
      (state) =>
        state.Catch?.push({ ErrorEquals: ["States.Timeout"], ResultPath: null, Next: "ReverseLedger" }),
      "NotifyPayment: States.Timeout must be retried, not caught, is retried, caught to ReverseLedger",
    ],
    [
      "it takes an exhausted poll for an answer",
      "ResolveCapture",
      (state) =>
        state.Catch?.push({ ErrorEquals: ["OutcomePending"], ResultPath: null, Next: "ReverseLedger" }),
      "ResolveCapture: OutcomePending must be retried, not caught, is retried, caught to ReverseLedger",
    ],
    [
      "it names an error that does not exist",
      "AuthorizePayment",
      (state) => catcherOf(state, "CardDeclined").ErrorEquals.push("CardDenied"),
      "AuthorizePayment: CardDenied is in no registry",
    ],
    [
      "it names a refusal that its step never throws",
      "PostLedger",
      (state) =>
        state.Catch?.push({ ErrorEquals: ["CardDeclined"], ResultPath: null, Next: "VoidAuthorization" }),
      "PostLedger: CardDeclined is handled and never thrown",
    ],
    [
      "it catches everything",
      "CapturePayment",
      (state) => state.Catch?.push({ ErrorEquals: ["States.ALL"], ResultPath: null, Next: "ReverseLedger" }),
      "CapturePayment: States.ALL is a wildcard",
    ],
  ])("%s", (_, name, change, complaint) => {
    expect(cardMishandled(mutated(name, change))).toContain(complaint);
  });

  it.each<[string, string, (state: State, machine: Machine) => void, string]>([
    [
      "it undoes a purchase that may only be late",
      "OnRamp",
      (state) => Object.assign(catcherOf(state, "OutcomeUnknown"), { Next: "ReverseOnRamp" }),
      "OnRamp: OutcomeUnknown must be retried, caught to ResolveOnRamp, is retried, caught to ReverseOnRamp",
    ],
    [
      "it goes forward after a withdrawal",
      "OnRamp",
      (state) => Object.assign(catcherOf(state, "CancelRequested"), { Next: "ResolveOnRamp" }),
      "OnRamp: CancelRequested must be not retried, caught to ResolveOffRamp, is not retried, caught to ResolveOnRamp",
    ],
    [
      "it strands the USDC of a refused payout",
      "OffRamp",
      (state) => Object.assign(catcherOf(state, "OffRampDeclined"), { Next: "ReleaseHold" }),
      "OffRamp: OffRampDeclined must be not retried, caught to ReverseOnRamp, is not retried, caught to ReleaseHold",
    ],
    [
      "it tries a purchase again that was never resolved",
      "ResolveOffRamp",
      (state) => Object.assign(catcherOf(state, "OutcomeResumable"), { Next: "OnRamp" }),
      "ResolveOffRamp: OutcomeResumable must be not retried, caught to OffRamp, is not retried, caught to OnRamp",
    ],
    [
      "it undoes what was paid out",
      "PostLedger",
      (state) =>
        state.Catch?.push({ ErrorEquals: ["StoreUnavailable"], ResultPath: null, Next: "ReverseOnRamp" }),
      "PostLedger: StoreUnavailable must be retried, not caught, is retried, caught to ReverseOnRamp",
    ],
  ])("a conversion: %s", (_, name, change, complaint) => {
    const machine = mutated(name, change, conversionMachine);
    expect(mishandled(machine, conversionSaga, thrownOn("stablecoin"))).toContain(complaint);
  });

  it("only a Resolve that may send back is thrown as one", () => {
    const throws = (name: string) => (name === "resolve-on-ramp" ? ["OutcomeResumable"] : []);
    expect(mishandled(conversionMachine, conversionSaga, throws)).toContain(
      "ResolveOnRamp: OutcomeResumable is no error of a resolve step",
    );
  });

  it("a step declares a new refusal that it does not handle", () => {
    const throws = (name: string) => (name === "post-ledger" ? ["InsufficientFunds"] : []);
    expect(cardMishandled(cardMachine, throws)).toContain(
      "PostLedger: InsufficientFunds must be not retried, caught to VoidAuthorization, is not retried, not caught",
    );
  });

  it("a step declares an error that its role may not throw", () => {
    const throws = (name: string) => (name === "notify-payment" ? ["CardDeclined"] : thrownByCard(name));
    expect(cardMishandled(cardMachine, throws)).toContain(
      "NotifyPayment: CardDeclined is no error of a retriable step",
    );
  });

  it("a step throws what it does not declare", () => {
    expect(visibleIn("post-ledger", 'throw new CardDeclined("no")')).toEqual(["CardDeclined"]);
    expect(visibleIn("post-ledger", "declined: CardDeclined,")).toEqual(["CardDeclined"]);
    expect(visibleIn("post-ledger", "const guard = { execution, step };")).toEqual([
      "Superseded",
      "UndoStarted",
    ]);
    expect(visibleIn("post-ledger", "const guard = { execution };")).toEqual(["Superseded"]);
  });

  it("it passes an amount or keeps a result", () => {
    const amount = mutated("PostLedger", ({ Parameters }) => Object.assign(Parameters ?? {}, { amount: 1 }));
    expect(wrongShape(amount)).toEqual(["PostLedger passes other parameters"]);
    const result = mutated("PostLedger", (state) => delete state.ResultPath);
    expect(wrongShape(result)).toEqual(["PostLedger keeps a result"]);
    const other = mutated("PostLedger", (state) =>
      Object.assign(state, { Resource: `$\{functions.fail-payment}` }),
    );
    expect(wrongShape(other)).toEqual([`PostLedger invokes $\{functions.fail-payment}`]);
  });

  it("an undo is passed over, or a state is cut off", () => {
    const skipping = mutated("ReverseLedger", (state) => Object.assign(state, { Next: "FailPayment" }));
    expect(wrongOrder(skipping, cardSaga)).toEqual([
      "ReverseLedger goes to FailPayment, not to VoidAuthorization",
    ]);
    const cut = mutated("ReverseLedger", (_, { States }) => {
      for (const { Catch = [] } of Object.values(States))
        for (const catcher of Catch) if (catcher.Next === "ResolveCapture") catcher.Next = "ReverseLedger";
    });
    expect(unreachable(cut)).toEqual(["ResolveCapture"]);
  });

  const doubling = { IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 30, JitterStrategy: "FULL" };

  it("its retries end before a provider is back", () => {
    const early = mutated("CapturePayment", (state) =>
      Object.assign(retrierOf(state, "OutcomeUnknown"), { ...doubling, MaxAttempts: 11 }),
    );
    expect(wrongSpans(early, cardSaga)).toEqual(["CapturePayment: retries of OutcomeUnknown span 105.5 s"]);
    const short = mutated("ResolveCapture", (state) =>
      Object.assign(retrierOf(state, "OutcomePending"), { ...doubling, MaxAttempts: 5 }),
    );
    expect(wrongSpans(short, cardSaga)).toEqual(["ResolveCapture: retries of OutcomePending span 15.5 s"]);
  });

  it("its step without a provider gives up early", () => {
    const early = mutated("PostLedger", (state) =>
      Object.assign(retrierOf(state, "OutcomeUnknown"), { ...doubling, MaxAttempts: 1 }),
    );
    expect(wrongSpans(early, cardSaga)).toEqual(["PostLedger: retries of OutcomeUnknown span 0.5 s"]);
  });

  it("it copies a list that an anchor would carry", () => {
    const copied = "Catch:\n- ErrorEquals: [A, B]\n- ErrorEquals: [C, [A]]\n- { Next: A }\n";
    expect(writtenTwice(copied)).toEqual(["A"]);
    expect(writtenTwice("Catch:\n- ErrorEquals: &a [A, B]\n- ErrorEquals: [C, *a]\n")).toEqual([]);
  });

  it("a step has a Retry of its own", () => {
    const own = mutated("CapturePayment", (state) =>
      Object.assign(retrierOf(state, "OutcomeUnknown"), {
        IntervalSeconds: 60,
        BackoffRate: 1,
        MaxDelaySeconds: 600,
        MaxAttempts: 500,
      }),
    );
    expect(unequalRetries(own, cardSaga)).toEqual(["CapturePayment retries otherwise than ValidatePayment"]);
  });

  it("its undo goes on for longer than ten minutes, or its waits are all alike", () => {
    const long = mutated("VoidAuthorization", (state) => {
      state.TimeoutSeconds = 25;
      Object.assign(retrierOf(state, "UndoRefused"), { ...doubling, MaxAttempts: 14 });
    });
    expect(wrongSpans(long, cardSaga)).toEqual(["VoidAuthorization: retries for up to 676 s"]);
    const steady = mutated(
      "CapturePayment",
      (state) => delete retrierOf(state, "OutcomeUnknown").JitterStrategy,
    );
    expect(wrongSpans(steady, cardSaga)).toEqual(["CapturePayment: a retry without full jitter"]);
  });

  it("a Task names no function", () => {
    expect(
      taskOf({ Type: "Task", Resource: "arn:aws:lambda:us-east-1:1:function:post-ledger" }),
    ).toBeUndefined();
  });
});
