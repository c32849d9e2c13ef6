// The real machines, each task with each error that it names, against golden traces.
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Definition, State } from "../../scripts/local/step-functions/definition.ts";
import { expectGolden } from "../support/golden.ts";
import { describeRun, machineNames, readMachine, runMachine, type Script } from "../support/run-machine.ts";
import { namedErrors, retriedErrors, scriptsToReach, tasksOf } from "./paths.ts";

const golden = (machine: string, topic: string): string =>
  join(__dirname, "traces", `${machine}.${topic}.txt`);
/** An error that no Retry and no Catch names. */
const DEFECT = "InvariantBroken";

/** Where the pivot was never tried, its Resolve finds nothing. */
const UNTRIED: Script = { ResolveCapture: ["OutcomeAbsent"], ResolveOffRamp: ["OutcomeAbsent"] };
const BEFORE_PIVOT: Record<string, string[]> = {
  "card-payment": ["ValidatePayment", "AuthorizePayment", "PostLedger"],
  "stablecoin-payment": ["ValidatePayment", "AuthorizeConversion", "OnRamp"],
};

type Case = { errors: string[]; trace: string };

/** Runs the task once per error and puts errors that take the same way on one line. */
async function tracesOf(
  machine: string,
  definition: Definition,
  task: string,
  errors: string[],
  outcomes: (error: string) => string[],
): Promise<Case[]> {
  const way = scriptsToReach(definition).get(task);
  if (!way) throw new Error(`nothing leads to ${task}`);
  const then = BEFORE_PIVOT[machine]?.includes(task) ? UNTRIED : {};
  const cases: Case[] = [];
  for (const error of errors) {
    const run = await runMachine(definition, { ...then, ...way, [task]: outcomes(error) });
    const trace = describeRun(run, error);
    const same = cases.find((one) => one.trace === trace);
    if (same) same.errors.push(error);
    else cases.push({ errors: [error], trace });
  }
  return cases;
}

/** Names on lines that a terminal holds. */
function wrap(names: string[]): string {
  const lines = [""];
  for (const name of names) {
    const last = lines.at(-1) ?? "";
    if (last.length + name.length > 100) lines.push(name);
    else lines[lines.length - 1] = last === "" ? name : `${last}, ${name}`;
  }
  return lines.map((line) => `  ${line}`).join(",\n");
}

async function report(
  machine: string,
  title: string,
  errorsOf: (state: State) => string[],
  outcomes: (error: string) => string[],
): Promise<string> {
  const definition = readMachine(machine);
  const sections = [`${machine}: ${title}`];
  for (const task of tasksOf(definition)) {
    const state = definition.States[task];
    const cases = state ? await tracesOf(machine, definition, task, errorsOf(state), outcomes) : [];
    const lines = cases.map(({ errors, trace }) => `${wrap(errors)}\n    ${trace}`);
    if (lines.length > 0) sections.push(`${task}\n${lines.join("\n")}`);
  }
  return `${sections.join("\n\n")}\n`;
}

describe.each(machineNames())("the %s machine", (machine) => {
  it("ends where its golden trace says when a task's named error persists", async () => {
    const text = await report(
      machine,
      "a task keeps failing with an error that it names; the error is left out of its own trace",
      namedErrors,
      (error) => [error],
    );
    expectGolden(golden(machine, "persisting-errors"), text);
  });

  it("goes on as if nothing had happened when a retried error passes", async () => {
    const text = await report(
      machine,
      "a task fails twice with an error that it retries, then succeeds",
      retriedErrors,
      (error) => [error, error, "ok"],
    );
    expectGolden(golden(machine, "transient-errors"), text);
  });

  it("treats a task that does not answer in time as States.Timeout", async () => {
    const text = await report(
      machine,
      "a task never answers; then: answers the third time",
      () => ["hangs", "hangs then ok"],
      (name) => (name === "hangs" ? ["hangs"] : ["hangs", "hangs", "ok"]),
    );
    expectGolden(golden(machine, "timeouts"), text);
  });

  it("fails loudly at the very task that met a defect, and undoes nothing", async () => {
    const definition = readMachine(machine);
    for (const task of tasksOf(definition)) {
      const way = scriptsToReach(definition).get(task) as Script;
      const run = await runMachine(definition, { ...way, [task]: [DEFECT] });
      expect(run.ending).toMatchObject({ status: "FAILED", error: DEFECT });
      expect(run.visits.at(-1)).toEqual({ state: task, failures: [DEFECT], ok: false });
    }
  });

  it("ends in SagaSuperseded, having succeeded, when a task finds another owner", async () => {
    const definition = readMachine(machine);
    for (const task of tasksOf(definition)) {
      const way = scriptsToReach(definition).get(task) as Script;
      const run = await runMachine(definition, { ...way, [task]: ["Superseded"] });
      expect(run.visits.slice(-2).map(({ state }) => state)).toEqual([task, "SagaSuperseded"]);
      expect(run.ending.status).toBe("SUCCEEDED");
    }
  });

  it("hands every task the payment's id and the execution's name, and nothing else", async () => {
    const definition = readMachine(machine);
    const { payloads } = await runMachine(definition);
    for (const payload of payloads)
      expect(Object.keys(payload as object).sort()).toEqual(["execution", "payment_id"]);
    expect(payloads.at(-1)).toMatchObject({ execution: "execution-1" });
  });
});
