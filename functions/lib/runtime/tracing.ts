// The one file that knows the tracing SDK: X-Ray's is in maintenance and will be replaced here and
// nowhere else.
import xray from "aws-xray-sdk-core";
import { isTraced, traceHeader } from "./config.ts";
import { currentIds } from "./correlation.ts";

/**
 * The same client; its calls appear as segments of the function's trace. The tracer is set up here,
 * so that a function without clients does not load it.
 */
export function traced<T>(client: T): T {
  if (!isTraced()) return client;
  xray.setContextMissingStrategy("IGNORE_ERROR");
  // biome-ignore lint/suspicious/noExplicitAny: it types a client by its inner middleware.
  return xray.captureAWSv3Client(client as any) as T;
}

/** The trace to pass on: that of the message being worked on, or else of this invocation. */
export const currentTrace = (): string | undefined => currentIds().trace_header ?? traceHeader();

/** The trace's id, for logs, events and answers. */
export const traceId = (header = currentTrace()): string | undefined => header?.match(/Root=([^;]+)/)?.[1];

/**
 * The id in 22 characters instead of 35: EVENT#1 has to stay below one write unit. Undefined for an
 * id that is not X-Ray's.
 */
export function packTrace(id = traceId()): string | undefined {
  const [, time, rest] = id?.match(/^1-([0-9a-f]{8})-([0-9a-f]{24})$/) ?? [];
  return time && rest ? Buffer.from(time + rest, "hex").toString("base64url") : undefined;
}

/** The header that goes on with the trace; whoever gets it decides anew whether to sample. */
export function headerOf(packed: string | undefined): string | undefined {
  const hex = Buffer.from(packed ?? "", "base64url").toString("hex");
  return hex.length === 32 ? `Root=1-${hex.slice(0, 8)}-${hex.slice(8)}` : undefined;
}
