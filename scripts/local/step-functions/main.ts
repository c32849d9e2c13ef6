// The engine part: Step Functions for the stack, durable in CONTRA_HOME/engine.
import { join } from "node:path";
import { answerAwsJson } from "../common/aws-json.ts";
import { Counters } from "../common/counters.ts";
import { Faults } from "../common/faults.ts";
import { json, listen, type Request, type Response } from "../common/http.ts";
import { ask } from "../common/post.ts";
import { inHome, portOf, readSettings } from "../common/settings.ts";
import { Announcer, statusChange } from "./announcer.ts";
import { deployedName } from "./arns.ts";
import { checkDefinition, readMachines } from "./definition.ts";
import { Engine } from "./engine.ts";
import { lambdaInvoker } from "./lambda.ts";
import { stepFunctions } from "./operations.ts";
import { Store } from "./store.ts";
import { TaskTurns } from "./task-turns.ts";

const settings = readSettings();
const counters = new Counters();
const faults = new Faults();
/** Where statemachines/ is. A test has its own machines. */
const root = process.env.CONTRA_MACHINES_ROOT ?? join(import.meta.dirname, "../../..");
const machines = readMachines(root);
for (const [name, text] of machines) checkDefinition(name, text);

const store = new Store(inHome(settings, "step-functions", "engine.sqlite"), statusChange);
const announcer = new Announcer(store, settings.url.messaging, settings.timeScale);
// Read before the port opens, so that what is started later is not resumed too.
const interrupted = store.running();
const turns = new TaskTurns();
const engine = new Engine({
  machines: new Map([...machines].map(([name, text]) => [deployedName(name), text])),
  store,
  invoke: lambdaInvoker(settings.url.lambda, (requests) => turns.yieldTo(requests)),
  turns,
  timeScale: settings.timeScale,
  onTransition: () => counters.add("states.transitions"),
  onStatusChange: () => announcer.wake(),
});
const operations = stepFunctions(engine, store);

const resumed = engine.resume(interrupted, untilFunctionsAnswer());
await listen(portOf(settings.url["step-functions"]), answer);
announcer.wake();
process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));
await resumed;

async function answer(request: Request): Promise<Response> {
  if (request.path === "/_local/health") return json(200, { status: "ready" });
  const local = counters.answer(request) ?? faults.answer(request);
  if (local) return local;
  const operation = String(request.headers["x-amz-target"] ?? "").split(".")[1] ?? "";
  if (operation in operations) counters.add(`states.${operation}`);
  if (faults.strike(operation) === "throttle") {
    return json(400, { __type: "ThrottlingException", message: "Rate exceeded" });
  }
  return answerAwsJson(request, operations);
}

/**
 * A stack that restarts as a whole must not spend its executions' retries on functions that are
 * still starting.
 */
async function untilFunctionsAnswer(): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const up = await ask(`${settings.url.lambda}/_local/health`).then(
      ({ status }) => status === 200,
      () => false, // Refused: not up yet.
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  console.error("functions do not answer: the running executions go on all the same");
}
