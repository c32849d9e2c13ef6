// The engine part with a stub of its neighbours: functions that answer as a test says, and a bus
// that remembers.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HistoryEvent, SFNClient, type SFNClientConfig } from "@aws-sdk/client-sfn";
import { stringify } from "yaml";
import { machinesOf } from "../../scripts/build/render-machines.ts";
import { json, listen, type Request, type Response } from "../../scripts/local/common/http.ts";
import { traceIn } from "../../scripts/local/common/trace.ts";
import type { Definition } from "../../scripts/local/step-functions/definition.ts";
import { localAws, type RunningPart, startPart } from "./local-part.ts";
import { closeServers, urlOf } from "./servers.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
export const MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:local-card-payment";

export type Invocation = { name: string; payload: unknown; trace: string | undefined };
export type Answer = Response | Promise<Response>;

export const succeed = (value: unknown = null): Response => json(200, value);
export const failWith = (errorType: string): Response =>
  json(200, { errorType, errorMessage: "scripted", trace: [] }, { "x-amz-function-error": "Unhandled" });
/** An invocation that never answers. */
export const hang = (): Promise<Response> => new Promise<Response>(() => undefined);

/**
 * A task is late after so long at the highest time scale; what is quick, however busy the machine,
 * never is.
 */
const TASK_SECONDS = 60_000;

/**
 * The product's machines below `root`, but with tasks that take their time: only their waits are
 * quick.
 */
function writePatientMachines(root: string): void {
  mkdirSync(join(root, "statemachines"), { recursive: true });
  for (const [name, text] of machinesOf(REPOSITORY)) {
    const machine = JSON.parse(text) as Definition;
    for (const state of Object.values(machine.States))
      if (state.TimeoutSeconds !== undefined) state.TimeoutSeconds = TASK_SECONDS;
    machine.TimeoutSeconds = 100 * TASK_SECONDS;
    writeFileSync(join(root, "statemachines", `${name}.asl.yaml`), stringify(machine));
  }
}

export class EngineStack {
  readonly invocations: Invocation[] = [];
  readonly statusChanges: { status: string; executionArn: string }[] = [];
  /** What a function answers; a test replaces it. */
  answer: (name: string, turn: number) => Answer = () => succeed();
  busIsDown = false;
  engine: RunningPart | undefined;
  readonly home = mkdtempSync(join(tmpdir(), "contra-engine-"));
  private neighbours: { url: string; close: () => void } | undefined;

  async start(timeScale: number): Promise<void> {
    this.neighbours ??= await this.serveNeighbours();
    const { url } = this.neighbours;
    const urls = {
      lambda: url,
      messaging: url,
      ...(this.engine ? { "step-functions": this.engine.url } : {}),
    };
    const root = join(this.home, "machines");
    writePatientMachines(root);
    this.engine = await startPart("step-functions", this.home, urls, {
      CONTRA_MACHINES_ROOT: root,
      CONTRA_TIME_SCALE: String(timeScale),
    });
  }

  async stop(): Promise<void> {
    await this.engine?.stop();
    this.neighbours?.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** `kill -9` and a new start on the same home and port. */
  async crash(timeScale: number): Promise<void> {
    await this.engine?.stop();
    await this.start(timeScale);
  }

  client(config: SFNClientConfig = {}): SFNClient {
    return new SFNClient({ ...localAws(this.engine?.url ?? ""), ...config });
  }

  async local(method: string, path: string, body?: unknown): Promise<Record<string, number>> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return (await (await fetch(`${this.engine?.url}/_local/${path}`, init)).json()) as Record<string, number>;
  }

  turnsOf(name: string): number {
    return this.invocations.filter((one) => one.name === name).length;
  }

  private async serveNeighbours(): Promise<{ url: string; close: () => void }> {
    const server = await listen(0, (request) => this.handle(request));
    return { url: urlOf(server), close: () => closeServers(server) };
  }

  private handle(request: Request): Answer {
    if (request.path === "/_local/health") return json(200, {});
    if (request.headers["x-amz-target"] === "AWSEvents.PutEvents") return this.takeEvents(request);
    const name = /function(?::|%3A)local-([a-z-]+)/i.exec(request.path)?.[1] ?? request.path;
    const turn = this.turnsOf(name);
    this.invocations.push({
      name,
      payload: JSON.parse(request.body.toString()),
      trace: traceIn(request.headers),
    });
    return this.answer(name, turn);
  }

  private takeEvents(request: Request): Response {
    if (this.busIsDown) return json(503, {});
    const { Entries } = JSON.parse(request.body.toString()) as { Entries: { Detail: string }[] };
    for (const { Detail } of Entries) this.statusChanges.push(JSON.parse(Detail));
    return json(200, { FailedEntryCount: 0, Entries: Entries.map((_, i) => ({ EventId: String(i) })) });
  }
}

const CARD_PAYMENT = machinesOf(REPOSITORY).get("card-payment") ?? "";
/**
 * How often a forward state is tried before its Catch, the first time included: as the machine
 * itself says.
 */
export const FORWARD_TRIES = 1 + (JSON.parse(CARD_PAYMENT).States.PostLedger.Retry[0].MaxAttempts as number);

export const typesOf = (events: HistoryEvent[] | undefined): string[] =>
  (events ?? []).map(({ type }) => String(type));
