// What the manifest says about the bus: queues with their dead-letter queues, rules, and what
// invokes which function.

import { compilePattern } from "./event-pattern.ts";
import { readManifest } from "./manifest.ts";
import { ACCOUNT_ID, PREFIX, REGION } from "./settings.ts";

export type QueueSettings = {
  name: string;
  visibilitySeconds: number;
  retentionSeconds: number;
  receiveWaitSeconds: number;
  /** So long a message is held back that names no delay of its own. */
  delaySeconds: number;
  /** How often a message may be received, and where it goes after that. */
  deadLetters?: { maxReceives: number; queue: string };
};
export type Rule = { bus: string; queue: string; matches: (event: unknown) => boolean };
export type QueueMapping = {
  name: string;
  timeoutSeconds: number;
  queue: string;
  batchSize: number;
  windowSeconds: number;
};
export type StreamMapping = {
  name: string;
  timeoutSeconds: number;
  table: string;
  batchSize: number;
  windowSeconds: number;
  maxRetries: number;
  matches: (record: unknown) => boolean;
};
export type Schedule = { name: string; rateSeconds: number };

export type Catalog = {
  buses: Set<string>;
  queues: Map<string, QueueSettings>;
  rules: Rule[];
  queueMappings: QueueMapping[];
  streamMappings: StreamMapping[];
  schedules: Schedule[];
};

type FunctionEntry = {
  timeout_seconds: number;
  queue?: { name: string; batch_size: number; window_seconds?: number };
  stream?: {
    table: string;
    batch_size: number;
    window_seconds: number;
    max_retries: number;
    filter?: unknown;
  };
  schedule?: { rate_seconds: number };
};
type QueueEntry = {
  visibility_timeout_seconds: number;
  retention_seconds: number;
  receive_wait_seconds: number;
  delivery_delay_seconds?: number;
  max_receives?: number;
};
type Manifest = {
  functions: Record<string, FunctionEntry>;
  queues: Record<string, QueueEntry>;
  rules: Record<string, { bus: string; pattern: unknown; queue: string }>;
  buses: Record<string, unknown>;
};

/** The bus of the account, on which AWS services announce. Every other name is ours. */
export const DEFAULT_BUS = "default";
/** The queue of the records that a stream consumer gave up on. */
export const STREAM_FAILURES = `${PREFIX}stream-failures`;
/** SQS's longest time: a dead letter should outlive a weekend on which nobody looks. */
const DEAD_LETTER_RETENTION_SECONDS = 1_209_600;

export const queueArn = (queue: string): string => `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${queue}`;

/** Throws on a pattern that is not understood, and on a queue that does not exist. */
export function readCatalog(manifestPath: string): Catalog {
  const manifest = readManifest<Manifest>(manifestPath);
  const functions = Object.entries(manifest.functions);
  const catalog: Catalog = {
    buses: new Set([DEFAULT_BUS, ...Object.keys(manifest.buses).map(busName)]),
    queues: new Map(
      Object.entries(manifest.queues)
        .flatMap(queuesOf)
        .map((queue) => [queue.name, queue]),
    ),
    rules: Object.entries(manifest.rules).map(([name, rule]) => ({
      bus: busName(rule.bus),
      queue: PREFIX + rule.queue,
      matches: compilePattern(withNames(rule.pattern), `rules.${name}`),
    })),
    queueMappings: functions.flatMap(queueMappingOf),
    streamMappings: functions.flatMap(streamMappingOf),
    schedules: functions.flatMap(([name, { schedule }]) =>
      schedule ? [{ name, rateSeconds: schedule.rate_seconds }] : [],
    ),
  };
  refuseDangling(catalog);
  return catalog;
}

/** A rule's pattern with the machine's ARN for `${machines.<name>}`, as Terraform writes it. */
export function withNames(pattern: unknown): unknown {
  const text = JSON.stringify(pattern) ?? "null";
  return JSON.parse(
    text.replaceAll(
      /\$\{machines\.([a-z-]+)\}/g,
      (_, name: string) => `arn:aws:states:${REGION}:${ACCOUNT_ID}:stateMachine:${PREFIX}${name}`,
    ),
  );
}

const busName = (name: string): string => (name === DEFAULT_BUS ? name : PREFIX + name);

function queuesOf([name, entry]: [string, QueueEntry]): QueueSettings[] {
  const queue: QueueSettings = {
    name: PREFIX + name,
    visibilitySeconds: entry.visibility_timeout_seconds,
    retentionSeconds: entry.retention_seconds,
    receiveWaitSeconds: entry.receive_wait_seconds,
    delaySeconds: entry.delivery_delay_seconds ?? 0,
  };
  if (entry.max_receives === undefined) return [queue];
  const deadLetters = { maxReceives: entry.max_receives, queue: `${queue.name}-dlq` };
  return [
    { ...queue, deadLetters },
    { ...queue, name: deadLetters.queue, retentionSeconds: DEAD_LETTER_RETENTION_SECONDS, delaySeconds: 0 },
  ];
}

function queueMappingOf([name, { queue, timeout_seconds }]: [string, FunctionEntry]): QueueMapping[] {
  if (!queue) return [];
  return [
    {
      name,
      timeoutSeconds: timeout_seconds,
      queue: PREFIX + queue.name,
      batchSize: queue.batch_size,
      windowSeconds: queue.window_seconds ?? 0,
    },
  ];
}

function streamMappingOf([name, { stream, timeout_seconds }]: [string, FunctionEntry]): StreamMapping[] {
  if (!stream) return [];
  return [
    {
      name,
      timeoutSeconds: timeout_seconds,
      table: PREFIX + stream.table,
      batchSize: stream.batch_size,
      windowSeconds: stream.window_seconds,
      maxRetries: stream.max_retries,
      matches:
        stream.filter === undefined ? () => true : compilePattern(stream.filter, `functions.${name}.filter`),
    },
  ];
}

function refuseDangling({ queues, rules, queueMappings, streamMappings, buses }: Catalog): void {
  const wanted = [...rules, ...queueMappings].map(({ queue }) => queue);
  if (streamMappings.length > 0) wanted.push(STREAM_FAILURES);
  for (const queue of wanted) if (!queues.has(queue)) throw new Error(`the manifest has no queue ${queue}`);
  for (const { bus } of rules) if (!buses.has(bus)) throw new Error(`the manifest has no bus ${bus}`);
}
