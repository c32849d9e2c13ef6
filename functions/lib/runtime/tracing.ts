// The one file that knows the tracing SDK: X-Ray's is in maintenance and will be replaced here and nowhere else.
import xray from "aws-xray-sdk-core";
import { isTraced, traceHeader } from "./config.ts";

xray.setContextMissingStrategy("IGNORE_ERROR");

/** The same client, whose calls appear as segments of the function's trace. */
export function traced<T>(client: T): T {
  // biome-ignore lint/suspicious/noExplicitAny: the tracer types a client by its inner middleware stack.
  return isTraced() ? (xray.captureAWSv3Client(client as any) as T) : client;
}

/** The trace that this invocation belongs to, for logs and events. */
export const traceId = (): string | undefined => traceHeader()?.match(/Root=([^;]+)/)?.[1];
