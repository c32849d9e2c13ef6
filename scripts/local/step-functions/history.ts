// The events of an execution's history in the shape of GetExecutionHistory: which event follows
// which, and the names of the details.

export type HistoryEvent = {
  id: number;
  previousEventId: number;
  /** Epoch seconds, as the wire has it. */
  timestamp: number;
  type: string;
  [details: string]: unknown;
};

type Details = Record<string, unknown>;

const NOT_TRUNCATED = { truncated: false };

/** The details' key. All state types share one; every other event has its own name. */
function detailsKey(type: string): string {
  if (type.endsWith("StateEntered")) return "stateEnteredEventDetails";
  if (type.endsWith("StateExited")) return "stateExitedEventDetails";
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

/**
 * Numbers events in their order. The first gets the number after `lastId`, the last event
 * that is written.
 */
export class HistoryWriter {
  private pending: HistoryEvent[] = [];
  private last: number;
  private readonly now: () => number;

  constructor(lastId: number, now: () => number = Date.now) {
    this.last = lastId;
    this.now = now;
  }

  get lastId(): number {
    return this.last;
  }

  add(type: string, details?: Details): void {
    this.last += 1;
    // The first state follows ExecutionStarted and still names 0, as in AWS.
    const previousEventId = this.last <= 2 ? 0 : this.last - 1;
    const event: HistoryEvent = { id: this.last, previousEventId, timestamp: this.now() / 1000, type };
    if (details) event[detailsKey(type)] = withDataDetails(details);
    this.pending.push(event);
  }

  /** Returns what was not written yet. */
  take(): HistoryEvent[] {
    const events = this.pending;
    this.pending = [];
    return events;
  }
}

function withDataDetails(details: Details): Details {
  const shown = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
  if ("input" in shown) shown.inputDetails = NOT_TRUNCATED;
  if ("output" in shown) shown.outputDetails = NOT_TRUNCATED;
  return shown;
}

/** The event for a caller who asked for no execution data. */
export function withoutData(event: HistoryEvent): HistoryEvent {
  const strip = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const { input, output, inputDetails, outputDetails, ...rest } = value as Details;
    return rest;
  };
  return Object.fromEntries(Object.entries(event).map(([key, value]) => [key, strip(value)])) as HistoryEvent;
}
