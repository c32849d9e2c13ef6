// EventBridge's PutEvents. An accepted event and its deliveries are one transaction. So whoever got
// an EventId can rely on it: every matching queue holds the event, whatever dies next.
import { randomUUID } from "node:crypto";
import { AwsError, type Operations } from "../common/aws-json.ts";
import type { Counters } from "../common/counters.ts";
import type { Faults } from "../common/faults.ts";
import { type Catalog, DEFAULT_BUS } from "../common/messaging-catalog.ts";
import type { Store } from "../common/messaging-store.ts";
import { ACCOUNT_ID, REGION } from "../common/settings.ts";
import { attributesWith } from "../sqs/messages.ts";
import type { Queues } from "../sqs/queues.ts";

const MOST_ENTRIES = 10;
/** EventBridge's limit for all entries of a call together. */
const CALL_LIMIT_BYTES = 262_144;
/** EventBridge counts a given Time as this many bytes. */
const TIME_BYTES = 14;

type Entry = {
  Source?: string;
  DetailType?: string;
  Detail?: string;
  EventBusName?: string;
  /** Seconds since the epoch. */
  Time?: number;
  Resources?: string[];
  TraceHeader?: string;
};
type Refused = { ErrorCode: string; ErrorMessage: string };
type Accepted = { EventId: string };

export type EventsParts = {
  store: Store;
  queues: Queues;
  catalog: Catalog;
  counters: Counters;
  faults: Faults;
  /** Called with every accepted event's detail, once it is committed. Its errors end nothing. */
  onEvent: (detail: unknown) => void;
};

export function eventsOperations(parts: EventsParts): Operations {
  const onEvent = sayingOneError(parts.onEvent);
  return {
    PutEvents: ({ Entries = [] }: { Entries?: Entry[] }) => putEvents({ ...parts, onEvent }, Entries),
  };
}

/** Whoever looks at the events must not fail them. The log gets the first error only. */
function sayingOneError(onEvent: EventsParts["onEvent"]): EventsParts["onEvent"] {
  let hasFailed = false;
  return (detail) => {
    try {
      onEvent(detail);
    } catch (error) {
      if (!hasFailed) console.error(`an event has no line for the terminal: ${error}`);
      hasFailed = true;
    }
  };
}

function putEvents(parts: EventsParts, entries: Entry[]) {
  // What an AWS service announces is no call of ours.
  if (!entries.every(({ Source }) => Source?.startsWith("aws."))) parts.counters.add("events.PutEvents");
  const fault = parts.faults.strike("PutEvents");
  if (fault === "throttle") throw new AwsError("ThrottlingException", "Rate exceeded");
  refuseMalformedCall(entries);
  const details: unknown[] = [];
  const Entries = parts.store.transaction(() =>
    entries.map((entry, index) =>
      fault === "partial" && index === entries.length - 1
        ? { ErrorCode: "InternalFailure", ErrorMessage: "An internal failure occurred." }
        : putEvent(parts, entry, details),
    ),
  );
  for (const detail of details) parts.onEvent(detail);
  return { Entries, FailedEntryCount: Entries.filter((entry) => "ErrorCode" in entry).length };
}

function refuseMalformedCall(entries: Entry[]): void {
  const refuse = (message: string) => new AwsError("ValidationException", message);
  if (entries.length < 1 || entries.length > MOST_ENTRIES) {
    throw refuse(
      `${entries.length} entries: Member must have length greater than or equal to 1 and less than or equal to ${MOST_ENTRIES}`,
    );
  }
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (bytes >= CALL_LIMIT_BYTES) {
    throw refuse("Total size of the entries in the request is over the limit.");
  }
}

function sizeOf({ Time, Source = "", DetailType = "", Detail = "", Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : TIME_BYTES);
}

/** An accepted event's detail is added to `details`. */
function putEvent(
  { queues, catalog, counters }: EventsParts,
  entry: Entry,
  details: unknown[],
): Accepted | Refused {
  const { Source, DetailType, Detail, Time, Resources = [] } = entry;
  const bus = entry.EventBusName?.split("/").at(-1) ?? DEFAULT_BUS;
  const refused = reasonToRefuse(entry, bus, catalog);
  if (refused) return refused;
  const EventId = randomUUID();
  const event = {
    version: "0",
    id: EventId,
    "detail-type": DetailType,
    source: Source,
    account: ACCOUNT_ID,
    time: new Date(Time === undefined ? Date.now() : Time * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
    region: REGION,
    resources: Resources,
    detail: JSON.parse(Detail ?? "{}"),
  };
  const rules = catalog.rules.filter((rule) => rule.bus === bus && rule.matches(event));
  for (const { queue } of rules) queues.send(queue, JSON.stringify(event), attributesWith(entry.TraceHeader));
  if (rules.length > 0) counters.add("events.deliveries", rules.length);
  else counters.add("events.unmatched");
  countLag(counters, event.detail);
  details.push(event.detail);
  return { EventId };
}

/** How long ago an event came about, for those that say it: the relay gathers them. */
function countLag(counters: Counters, { occurred_at }: { occurred_at?: string }): void {
  if (occurred_at !== undefined) counters.add("events.lag_ms", Date.now() - Date.parse(occurred_at));
}

function reasonToRefuse(entry: Entry, bus: string, catalog: Catalog): Refused | undefined {
  for (const field of ["Source", "DetailType", "Detail"] as const) {
    if (!entry[field])
      return refusal(
        "InvalidArgument",
        `Parameter ${field} is not valid. Reason: ${field} is a required argument.`,
      );
  }
  // AWS accepts an event for a bus that does not exist, and loses it. Here the mistake shows.
  if (!catalog.buses.has(bus))
    return refusal("ResourceNotFoundException", `Event bus ${bus} does not exist.`);
  if (entry.Source?.startsWith("aws.") && bus !== DEFAULT_BUS) {
    return refusal("NotAuthorizedForSource", `Not authorized to put events with source ${entry.Source}.`);
  }
  return isObject(entry.Detail ?? "") ? undefined : refusal("MalformedDetail", "Detail is malformed.");
}

const refusal = (ErrorCode: string, ErrorMessage: string): Refused => ({ ErrorCode, ErrorMessage });

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false; // The answer is the report: MalformedDetail for this entry.
  }
}
