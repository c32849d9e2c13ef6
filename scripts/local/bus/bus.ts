// The bus put together: one store, the APIs of EventBridge and SQS over it, and everything that invokes functions by itself.
// SSM's parameters and Secrets Manager's secrets are served at the same address.
import { setTimeout as pause } from "node:timers/promises";
import { answerAwsJson } from "../lib/aws-json.ts";
import { Counters } from "../lib/counters.ts";
import { Faults } from "../lib/faults.ts";
import { json, type Request, type Response } from "../lib/http.ts";
import { inHome, type Settings } from "../lib/settings.ts";
import { Parameters } from "../parameters/parameters.ts";
import { Secrets } from "../parameters/secrets.ts";
import { secretsOperations } from "../parameters/secrets-api.ts";
import { ssmOperations } from "../parameters/ssm-api.ts";
import { parameterOf } from "../parameters/switches.ts";
import type { Catalog } from "./catalog.ts";
import { Checkpoints } from "./checkpoints.ts";
import { eventsOperations } from "./events-api.ts";
import { Invoker } from "./invoke.ts";
import { QueueMapping } from "./queue-mapping.ts";
import { Queues } from "./queues.ts";
import { Schedules } from "./schedules.ts";
import { sqsOperations } from "./sqs-api.ts";
import { Store } from "./store.ts";
import { StreamMapping } from "./stream-mapping.ts";
import { StreamSource } from "./stream-source.ts";

const PAUSED_LOOK_MS = 100;

/** What is there from the start: switches, off, and the secrets of providers. */
export type Kept = { switches: string[]; secrets: Record<string, string> };
export type Bus = { answer: (request: Request) => Promise<Response>; startPolling: () => void };

export function createBus(settings: Settings, catalog: Catalog, kept: Kept): Bus {
  const { timeScale, url } = settings;
  const store = new Store(inHome(settings, "bus", "bus.db"));
  const queues = new Queues(store, catalog.queues, timeScale);
  const counters = new Counters();
  const faults = new Faults();
  const invoker = new Invoker(url.functions, timeScale);
  const events = eventsOperations({ store, queues, catalog, counters, faults });
  const sqs = sqsOperations({ queues, counters, faults, baseUrl: url.bus });

  const parameters = new Parameters(inHome(settings, "bus", "parameters.db"));
  for (const name of kept.switches) parameters.provide(parameterOf(name), "off");
  const ssm = ssmOperations({ parameters, counters, faults });

  const secrets = new Secrets(inHome(settings, "bus", "secrets.db"));
  for (const [name, value] of Object.entries(kept.secrets)) secrets.provide(name, value);
  const secretsManager = secretsOperations({ secrets, counters, faults });

  async function answer(request: Request): Promise<Response> {
    if (request.path === "/_local/health") return json(200, { status: "ok" });
    const local = counters.answer(request) ?? faults.answer(request);
    if (local) return local;
    const [service] = String(request.headers["x-amz-target"]).split(".");
    if (service === "secretsmanager") return answerAwsJson(request, secretsManager);
    if (service === "AmazonSSM") return answerAwsJson(request, ssm);
    return answerAwsJson(request, service === "AWSEvents" ? events : sqs);
  }

  async function gate(): Promise<void> {
    while (faults.strike("streams") === "pause") await pause(PAUSED_LOOK_MS);
  }

  function startPolling(): void {
    for (const mapping of catalog.queueMappings) {
      void new QueueMapping(mapping, queues, invoker, counters).run();
    }
    const source = new StreamSource(url.database);
    for (const mapping of catalog.streamMappings) {
      const checkpoints = new Checkpoints(store, mapping.name);
      const parts = { store, queues, invoker, counters, checkpoints, timeScale, gate };
      void new StreamMapping(mapping, source, parts).run();
    }
    const schedules = new Schedules(store, invoker, timeScale);
    for (const schedule of catalog.schedules) schedules.start(schedule);
  }

  return { answer, startPolling };
}
