// The bus put together: one store, the APIs of EventBridge and SQS over it, and everything
// that invokes functions by itself. SSM's parameters and Secrets Manager's secrets have
// the same address.
import { setTimeout as pause } from "node:timers/promises";
import { answerAwsJson } from "../common/aws-json.ts";
import { Counters } from "../common/counters.ts";
import { Faults } from "../common/faults.ts";
import { json, type Request, type Response } from "../common/http.ts";
import type { Catalog } from "../common/messaging-catalog.ts";
import { Store } from "../common/messaging-store.ts";
import { inHome, type Settings } from "../common/settings.ts";
import { tellTerminal } from "../common/terminal.ts";
import { Checkpoints } from "../event-sources/checkpoints.ts";
import { Invoker } from "../event-sources/invoke.ts";
import { QueueMapping } from "../event-sources/queue-mapping.ts";
import { StreamMapping } from "../event-sources/stream-mapping.ts";
import { StreamSource } from "../event-sources/stream-source.ts";
import { eventsOperations } from "../eventbridge/api.ts";
import { Schedules } from "../eventbridge/schedules.ts";
import { Secrets } from "../secrets-manager/secrets.ts";
import { secretsOperations } from "../secrets-manager/secrets-api.ts";
import { sqsOperations } from "../sqs/api.ts";
import { Queues } from "../sqs/queues.ts";
import { Parameters } from "../ssm/parameters.ts";
import { ssmOperations } from "../ssm/ssm-api.ts";
import { parameterOf } from "../ssm/switches.ts";
import { PaymentLines } from "./payment-lines.ts";

const PAUSED_LOOK_MS = 100;

/** What exists from the start: switches, which are off, and the secrets of providers. */
export type Kept = { switches: string[]; secrets: Record<string, string> };
export type Bus = { answer: (request: Request) => Promise<Response>; startPolling: () => void };

export function createBus(settings: Settings, catalog: Catalog, kept: Kept): Bus {
  const { timeScale, url } = settings;
  const store = new Store(inHome(settings, "messaging", "bus.db"));
  const queues = new Queues(store, catalog.queues, timeScale);
  const counters = new Counters();
  const faults = new Faults();
  const invoker = new Invoker(url.lambda, timeScale);
  const lines = new PaymentLines();
  const onEvent = (detail: unknown): void => {
    const line = settings.quiet ? undefined : lines.lineOf(detail, new Date());
    if (line) tellTerminal(line);
  };
  const events = eventsOperations({ store, queues, catalog, counters, faults, onEvent });
  const sqs = sqsOperations({ queues, counters, faults, baseUrl: url.messaging });

  const parameters = new Parameters(inHome(settings, "messaging", "parameters.db"));
  for (const name of kept.switches) parameters.provide(parameterOf(name), "off");
  const ssm = ssmOperations({ parameters, counters, faults });

  const secrets = new Secrets(inHome(settings, "messaging", "secrets.db"));
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
    const source = new StreamSource(url.dynamodb);
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
