// Structured logs: one JSON line with the ids of the work (correlation.ts), and nothing that a log
// may not hold (redaction.ts).
import { LogFormatter, Logger, LogItem } from "@aws-lambda-powertools/logger";
import type { LogAttributes, UnformattedAttributes } from "@aws-lambda-powertools/logger/types";
import { functionName, functionVersion, logLevel } from "./config.ts";
import { currentIds } from "./correlation.ts";
import { redacted } from "./redaction.ts";
import { traceId } from "./tracing.ts";

class CorrelatedFormatter extends LogFormatter {
  /** What a line says of itself goes before what holds of the whole invocation. */
  override formatAttributes(
    { logLevel: level, message, timestamp }: UnformattedAttributes,
    own: LogAttributes,
  ): LogItem {
    const { trace_header, ...ids } = currentIds();
    const attributes = redacted({
      level,
      message,
      timestamp: this.formatTimestamp(timestamp),
      function: functionName(),
      version: functionVersion(),
      trace_id: traceId(),
      ...ids,
      ...own,
    });
    return new LogItem({ attributes: attributes as LogAttributes });
  }
}

export const log = new Logger({
  serviceName: functionName(),
  logLevel: logLevel(),
  logFormatter: new CorrelatedFormatter(),
});
