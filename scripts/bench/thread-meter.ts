// Loaded before everything else into the processes of a stack that is measured (NODE_OPTIONS). In
// each environment of a function it counts the CPU of its thread, as Linux counts it, and whom it
// calls: for loading the bundle, and for each event. It writes a line for each into BENCH_METER.
import { subscribe } from "node:diagnostics_channel";
import { appendFileSync, readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";

/** `event` 0 is the loading of the bundle. `calls` are of AWS, `asked` of a provider. */
export type Metered = { name: string; event: number; ms: number; calls: number; asked: number };

type Listener = (message: unknown) => unknown;
type Message = { kind: string };

const FILE = process.env.BENCH_METER;
const NOBODY = new Int32Array(new SharedArrayBuffer(4));
/** Milliseconds for which the thread sleeps: Linux counts what it took when it stops running. */
const SLEEP_MS = 0.05;

if (threads.isMainThread) {
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(script: string | URL, options: threads.WorkerOptions = {}) {
      super(script, { ...options, execArgv: [`--import=${import.meta.url}`], env: withFile(options.env) });
    }
  };
  syncBuiltinESMExports();
} else if (FILE && threads.parentPort && threads.workerData?.bundle) {
  meter(threads.parentPort, FILE, String(process.env.CONTRA_FUNCTION));
}

/** A function's environment holds what Lambda's would, and nothing of ours. */
function withFile(env: threads.WorkerOptions["env"]): threads.WorkerOptions["env"] {
  return typeof env === "object" ? { ...env, ...(FILE ? { BENCH_METER: FILE } : {}) } : env;
}

function meter(port: threads.MessagePort, file: string, name: string): void {
  let began = cpuMs();
  let event = 0;
  let calls = 0;
  let asked = 0;
  // The SDK speaks node:http, and providers are asked by fetch.
  subscribe("http.client.request.start", () => void calls++);
  subscribe("undici:request:create", () => void asked++);
  const { on, postMessage } = port;
  port.on = function (this: threads.MessagePort, kind: string, listener: Listener) {
    const metered: Listener = (message) => {
      event += 1;
      calls = 0;
      asked = 0;
      began = cpuMs();
      return listener(message);
    };
    return Reflect.apply(on, this, [kind, kind === "message" ? metered : listener]);
  } as typeof port.on;
  port.postMessage = function (this: threads.MessagePort, message: Message) {
    const ms = cpuMs() - began;
    Reflect.apply(postMessage, this, [message]);
    if (["ready", "succeeded", "failed"].includes(message.kind))
      appendFileSync(file, `${JSON.stringify({ name, event, ms, calls, asked } satisfies Metered)}\n`);
  } as typeof port.postMessage;
}

/** Milliseconds of CPU that this thread has taken. The time of V8's own helpers is not in it. */
function cpuMs(): number {
  Atomics.wait(NOBODY, 0, 0, SLEEP_MS);
  return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
}
