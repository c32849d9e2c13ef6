// What a function writes while something runs: log lines and metrics, parsed. The modules must be
// loaded with SPEAKING, which makes the loggers use this process's console.
import { jest } from "@jest/globals";

export const SPEAKING = {
  CONTRA_LOG_LEVEL: "INFO",
  POWERTOOLS_DEV: "true",
  POWERTOOLS_METRICS_DISABLED: "false",
  AWS_LAMBDA_FUNCTION_VERSION: "7",
};

export type Line = Record<string, unknown>;
const WRITERS = ["log", "debug", "info", "warn", "error"] as const;

/** Every line, in its order, whatever `run` came to. */
export async function linesOf(run: () => unknown): Promise<Line[]> {
  const lines: Line[] = [];
  const spies = WRITERS.map((name) =>
    jest.spyOn(console, name).mockImplementation((text) => void lines.push(JSON.parse(String(text)))),
  );
  try {
    await run();
  } catch {
    // What is written on the way to an error is what the caller wants to see.
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return lines;
}

/** The metrics among the lines: name, value and dimensions of each. */
export const metricsIn = (lines: Line[]) =>
  lines.flatMap((line) => {
    const { CloudWatchMetrics: [entry] = [] } = (line._aws ?? {}) as {
      CloudWatchMetrics?: {
        Namespace: string;
        Dimensions: string[][];
        Metrics: { Name: string; Unit: string }[];
      }[];
    };
    const sets = entry?.Dimensions ?? [];
    const named = sets.at(-1) ?? [];
    return (entry?.Metrics ?? []).map(({ Name, Unit }) => ({
      namespace: entry?.Namespace,
      name: Name,
      unit: Unit,
      value: line[Name],
      sets: sets.length,
      dimensions: Object.fromEntries(named.map((dimension) => [dimension, line[dimension]])),
    }));
  });
