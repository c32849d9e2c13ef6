// Metrics as lines of the log (CloudWatch's embedded metric format), which cost no call.
// functions/metrics.json lists them with their dimensions. A payment or a merchant is never a
// dimension, because every value of one is billed.
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import definitions from "../../metrics.json" with { type: "json" };
import { measuresAll, workspace } from "./config.ts";

export type MetricName = keyof typeof definitions.metrics;

const pages = (name: MetricName): boolean => "pages" in definitions.metrics[name];

const metrics = new Metrics({ namespace: definitions.namespace });
// The library would add a `service` to every metric and so split the workspace's figures by
// function.
metrics.clearDefaultDimensions();
metrics.setDefaultDimensions({ workspace: workspace() });

/** The workspace as a whole; where the metric has dimensions of its own, also their combination. */
function addDimensions(own: string[], given: Record<string, string | undefined>): void {
  metrics.addDimensions({});
  if (own.length === 0) return;
  metrics.addDimensions(Object.fromEntries(own.map((name) => [name, given[name] ?? "unknown"])));
}

/**
 * Writes the values; where metrics cost more than they are looked at, those alone that page.
 * `dimensions` may hold more than a metric asks for. Metrics of the same dimensions share a line.
 */
export function measure(
  values: Partial<Record<MetricName, number>>,
  dimensions: Record<string, string | undefined> = {},
): void {
  const lines = new Map<string, MetricName[]>();
  const named = Object.keys(values) as MetricName[];
  for (const name of measuresAll() ? named : named.filter(pages)) {
    const asked = definitions.metrics[name].dimensions.join();
    lines.set(asked, [...(lines.get(asked) ?? []), name]);
  }
  for (const [asked, names] of lines) {
    addDimensions(asked === "" ? [] : asked.split(","), dimensions);
    for (const name of names) {
      const unit = definitions.metrics[name].unit as keyof typeof MetricUnit;
      metrics.addMetric(name, MetricUnit[unit], values[name] ?? 0);
    }
    metrics.publishStoredMetrics();
  }
}
