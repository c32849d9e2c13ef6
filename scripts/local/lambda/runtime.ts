// Lambda's Node runtime, inside the worker thread of one environment. It loads the bundle once and
// then runs one event at a time. It imports nothing of ours at run time, because it is compiled
// alone (see environment.ts).
import { createRequire, enableCompileCache, flushCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { FunctionError, Invocation, RuntimeMessage } from "./messages.ts";

type Handler = (event: unknown, context: object) => unknown;

const { bundle, compileCache } = workerData as { bundle: string; compileCache: string };
const say = (message: RuntimeMessage) => parentPort?.postMessage(message);

function describe(error: unknown, errorType?: string): FunctionError {
  if (!(error instanceof Error))
    return { errorType: errorType ?? typeof error, errorMessage: String(error), trace: [] };
  const trace = (error.stack ?? "").split("\n");
  return { errorType: errorType ?? error.name, errorMessage: error.message, trace };
}

/**
 * Lambda's name for a bundle that cannot be loaded; undefined for what the module itself throws.
 */
function loadErrorType(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return "Runtime.UserCodeSyntaxError";
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "MODULE_NOT_FOUND" ? "Runtime.ImportModuleError" : undefined;
}

function load(): Handler | undefined {
  enableCompileCache(compileCache);
  try {
    const { handler } = createRequire(bundle)(bundle);
    if (typeof handler === "function") return handler;
    const errorMessage = "index.handler is undefined or not exported";
    say({ kind: "init_failed", error: { errorType: "Runtime.HandlerNotFound", errorMessage, trace: [] } });
  } catch (error) {
    say({ kind: "init_failed", error: describe(error, loadErrorType(error)) });
  }
  return undefined;
}

const contextOf = ({ requestId, functionArn, deadline }: Invocation) => ({
  awsRequestId: requestId,
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  invokedFunctionArn: functionArn,
  logGroupName: `/aws/lambda/${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
  logStreamName: "local",
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
});

async function run(handler: Handler, invocation: Invocation): Promise<RuntimeMessage> {
  process.env._X_AMZN_TRACE_ID = invocation.traceHeader;
  try {
    const result = await handler(JSON.parse(invocation.event), contextOf(invocation));
    return { kind: "succeeded", payload: JSON.stringify(result) ?? "null" };
  } catch (error) {
    return { kind: "failed", error: describe(error) };
  }
}

/** An error outside the handler's promise ends the environment, as it ends Lambda's. */
function dieOf(error: unknown, errorType?: string): void {
  say({ kind: "crashed", error: describe(error, errorType) });
  process.exit(1);
}
process.on("uncaughtException", (error) => dieOf(error));
process.on("unhandledRejection", (reason) => dieOf(reason, "Runtime.UnhandledPromiseRejection"));

const handler = load();
if (handler) {
  parentPort?.on("message", async (invocation: Invocation) => say(await run(handler, invocation)));
  say({ kind: "ready" });
  flushCompileCache();
}
