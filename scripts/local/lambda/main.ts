// The functions part: Lambda. It runs the bundles of dist/functions in worker threads behind
// Lambda's Invoke API.
import { join } from "node:path";
import { Counters } from "../common/counters.ts";
import { Faults } from "../common/faults.ts";
import { json, listen } from "../common/http.ts";
import { inHome, portOf, readSettings } from "../common/settings.ts";
import { AsyncEvents } from "./async-events.ts";
import { intakeOf, readCatalog } from "./catalog.ts";
import { answerInvocation } from "./invoke-api.ts";
import { programOf } from "./programs.ts";
import { Runner } from "./runner.ts";

/** Milliseconds for which an event waits for an environment before Lambda's 429. */
const WAIT_LIMIT_MS = 30_000;

const root = join(import.meta.dirname, "..", "..", "..");
const settings = readSettings();
const catalog = readCatalog(process.env.CONTRA_MANIFEST ?? join(root, "functions", "manifest.json"));
const bundles = process.env.CONTRA_BUNDLES ?? join(root, "dist", "functions");
const counters = new Counters();
const faults = new Faults();

function programFor(name: string) {
  const entry = catalog.get(name);
  if (!entry) throw new Error(`${name} is not in the manifest`);
  return programOf(name, entry, settings, bundles, process.env);
}

const runner = new Runner(programFor, WAIT_LIMIT_MS / settings.timeScale, counters, faults);
const asyncEvents = new AsyncEvents(
  inHome(settings, "lambda", "async-events.db"),
  settings.timeScale,
  (...event) => runner.run(...event),
);

const intake = intakeOf(catalog);
await Promise.all(intake.map((name) => runner.prepare(name)));
await listen(portOf(settings.url.lambda), async (request) => {
  if (request.path === "/_local/health") return json(200, { status: "ok" });
  const answer = counters.answer(request) ?? faults.answer(request);
  return (
    answer ??
    (await answerInvocation(request, { catalog, intake, runner, asyncEvents })) ??
    json(404, { message: "Not Found" })
  );
});

process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));
