// X-Ray's trace header. The local parts hand it on as AWS's services do, so that one payment can be
// followed through all logs.
import { randomBytes } from "node:crypto";

export const TRACE_HEADER = "x-amzn-trace-id";

/** A trace that begins here. Nobody collects it. It only connects log lines. */
export function newTrace(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")};Sampled=0`;
}

/** The trace that a caller named; undefined when it named none, or one that is malformed. */
export function traceIn(headers: Record<string, unknown>): string | undefined {
  const header = headers[TRACE_HEADER];
  return typeof header === "string" && /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/.test(header) ? header : undefined;
}

/** The header as a member to spread. Empty when there is no trace. */
export const traceHeaders = (trace: string | undefined): Record<string, string> =>
  trace === undefined ? {} : { [TRACE_HEADER]: trace };
