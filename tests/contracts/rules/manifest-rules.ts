// What must hold inside the manifest: every name that it uses exists, and its times fit into each
// other.
import { circlesOf } from "./circles.ts";
import type { FunctionEntry, Manifest } from "./manifest.ts";

/** The account's own, which nobody makes. */
const DEFAULT_BUS = "default";

type Check = (manifest: Manifest) => string[];

/** A section, a name in it, and who names it. */
type Section = "tables" | "indexes" | "queues" | "machines" | "buses" | "providers";
type Named = [section: Section, name: string, who: string];

function namedByRule([name, { bus, queue, pattern }]: [string, Manifest["rules"][string]]): Named[] {
  const machines = JSON.stringify(pattern).matchAll(/\$\{machines\.([a-z-]+)\}/g);
  const named: Named[] = [
    ["buses", bus, `rule ${name}`],
    ["queues", queue, `rule ${name}`],
    ...[...machines].map(([, machine = ""]): Named => ["machines", machine, `rule ${name}`]),
  ];
  return named.filter(([section, one]) => section !== "buses" || one !== DEFAULT_BUS);
}

function namedByFunction([name, { access, queue, stream }]: [string, FunctionEntry]): Named[] {
  const namedIn = (section: Section, places: object = {}): Named[] =>
    Object.keys(places).map((place): Named => [section, place, name]);
  return [
    ...namedIn("tables", access.tables),
    ...namedIn("indexes", access.indexes),
    ...namedIn("machines", access.machines),
    ...namedIn("queues", access.queues),
    ...namedIn("providers", access.secrets),
    ...(queue ? [["queues", queue.name, name] satisfies Named] : []),
    ...(stream ? [["tables", stream.table, name] satisfies Named] : []),
    ...(stream ? [["queues", "stream-failures", name] satisfies Named] : []),
  ];
}

/** `payments/open`, as a function's access names it. */
const indexesOf = ({ tables }: Manifest): string[] =>
  Object.entries(tables).flatMap(([table, { indexes }]) =>
    Object.keys(indexes).map((index) => `${table}/${index}`),
  );

/** Everything that access, triggers and rules name and that no section has. */
export const danglingNames: Check = (manifest) => {
  const indexes = indexesOf(manifest);
  return [
    ...Object.entries(manifest.functions).flatMap(namedByFunction),
    ...Object.entries(manifest.rules).flatMap(namedByRule),
  ]
    .filter(
      ([section, name]) => !(section === "indexes" ? indexes.includes(name) : name in manifest[section]),
    )
    .map(([section, name, who]) => `${who} names ${section}.${name}, which does not exist`);
};

/**
 * Queues, streams, indexes and buses that nobody uses: a message that arrives there is lost, an
 * index costs writes.
 */
export const unused: Check = (manifest) => {
  const functions = Object.values(manifest.functions);
  const rules = Object.values(manifest.rules);
  const fed = new Set([
    "stream-failures",
    ...rules.map(({ queue }) => queue),
    ...functions.flatMap(({ access }) => Object.keys(access.queues ?? {})),
  ]);
  const read = new Set(functions.map(({ queue }) => queue?.name));
  const queried = new Set(functions.flatMap(({ access }) => Object.keys(access.indexes ?? {})));
  const streamed = new Set(functions.map(({ stream }) => stream?.table));
  return [
    ...Object.keys(manifest.queues)
      .filter((name) => !fed.has(name))
      .map((name) => `nothing sends to the queue ${name}`),
    ...Object.entries(manifest.queues)
      .filter(([name, queue]) => !read.has(name) && queue.why_no_dead_letters === undefined)
      .map(([name]) => `nothing reads the queue ${name}`),
    ...Object.entries(manifest.tables)
      .filter(([name, { stream }]) => stream !== streamed.has(name))
      .map(
        ([name, { stream }]) =>
          `the table ${name} ${stream ? "has a stream that nobody reads" : "lacks a stream"}`,
      ),
    ...indexesOf(manifest)
      .filter((index) => !queried.has(index))
      .map((index) => `nobody queries the index ${index}`),
    ...Object.keys(manifest.buses)
      .filter((name) => !rules.some(({ bus }) => bus === name))
      .map((name) => `no rule listens to the bus ${name}`),
  ];
};

const KINDS = ["routes", "queue", "stream", "schedule"] as const;

/**
 * A function has one way to be invoked: routes, a queue, a stream, a schedule, or a machine that
 * names it.
 */
export const wrongTriggers = (manifest: Manifest, tasks: readonly string[]): string[] =>
  Object.entries(manifest.functions).flatMap(([name, entry]) => {
    const kinds: string[] = KINDS.filter((kind) => entry[kind] !== undefined);
    if (tasks.includes(name)) kinds.push("machine");
    return kinds.length === 1 ? [] : [`${name} is invoked by ${kinds.join(" and ") || "nobody"}`];
  });

/** Routes that two functions claim. */
export const doubleRoutes: Check = (manifest) => {
  const routes = Object.values(manifest.functions).flatMap(({ routes = [] }) => routes);
  const keys = routes.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
};

/** Without a window a batch holds what SQS gives in one answer. */
const MESSAGES_OF_AN_ANSWER = 10;

/** Queue batches that Lambda would refuse. */
export const wrongBatches: Check = (manifest) =>
  Object.entries(manifest.functions).flatMap(([name, { queue }]) =>
    queue && queue.batch_size > MESSAGES_OF_AN_ANSWER && !queue.window_seconds
      ? [`${name} takes batches of ${queue.batch_size} without a window`]
      : [],
  );

/** API Gateway gives up after this long. */
const HTTP_SECONDS = 30;

/** Function timeouts that do not fit their trigger. */
export const wrongTriggerTimes: Check = (manifest) =>
  Object.entries(manifest.functions).flatMap(([name, { timeout_seconds, queue, routes }]) => {
    const visible = queue ? manifest.queues[queue.name]?.visibility_timeout_seconds : undefined;
    return [
      ...(visible !== undefined && visible < (queue?.window_seconds ?? 0) + timeout_seconds
        ? [`${name} gathers and runs longer than the ${visible} s until its message is visible again`]
        : []),
      ...(routes && timeout_seconds > HTTP_SECONDS ? [`${name} answers later than API Gateway waits`] : []),
    ];
  });

/** A function keeps this long for its own work around a call (docs/architecture.md#deadlines). */
const OWN_SECONDS = 2;
/** A step may ask and then send. */
const CALLS = 2;

/**
 * Deadlines that do not nest: the provider's below the function's, the function's below the task's.
 */
export function wrongDeadlines(
  name: string,
  { timeout_seconds, provider }: FunctionEntry,
  deadlineSeconds: number,
  taskSeconds: number | undefined,
): string[] {
  const usable = timeout_seconds - OWN_SECONDS;
  return [
    ...(provider && CALLS * deadlineSeconds >= usable
      ? [`${name}: ${CALLS} provider calls of ${deadlineSeconds} s do not fit into ${usable} s`]
      : []),
    ...(taskSeconds === undefined || timeout_seconds >= taskSeconds
      ? [`${name}: a function of ${timeout_seconds} s outlives its task of ${taskSeconds} s`]
      : []),
  ];
}

/** A queue says how often a message may be received, or why it has no dead letters. */
export const wrongDeadLetters: Check = (manifest) =>
  Object.entries(manifest.queues)
    .filter(([, queue]) => (queue.max_receives === undefined) === (queue.why_no_dead_letters === undefined))
    .map(([name]) => name);

/**
 * Messages that go round through several functions, `<function>, <function>`. Lambda is told of one
 * that puts back what it took, and ends every longer circle as a mistake.
 */
export const messageCircles: Check = ({ functions }) => {
  const takers = (sent: readonly string[]): string[] =>
    Object.entries(functions).flatMap(([name, { queue }]) =>
      queue && sent.includes(queue.name) ? [name] : [],
    );
  const targets = Object.entries(functions).map(
    ([name, { access }]) => [name, takers(Object.keys(access.queues ?? {}))] as const,
  );
  return circlesOf(new Map(targets)).filter((circle) => circle.includes(", "));
};
