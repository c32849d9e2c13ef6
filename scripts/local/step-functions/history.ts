// The events of an execution's history in the shape of GetExecutionHistory: who follows whom, and the details' names.

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

/** The details' key: one for all state types, else the event's own name. */
function detailsKey(type: string): string {
  if (type.endsWith("StateEntered")) return "stateEnteredEventDetails";
  if (type.endsWith("StateExited")) return "stateExitedEventDetails";
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

/** Numbers events in their order; starts behind `lastId`, the last event that is already written. */
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
    // The first state follows ExecutionStarted and still names 0, as AWS has it.
    const previousEventId = this.last <= 2 ? 0 : this.last - 1;
    const event: HistoryEvent = { id: this.last, previousEventId, timestamp: this.now() / 1000, type };
    if (details) event[detailsKey(type)] = withDataDetails(details);
    this.pending.push(event);
  }

  /** Hands over what was not written yet. */
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

/** The event as a caller sees it who asked for no execution data. */
export function withoutData(event: HistoryEvent): HistoryEvent {
  const strip = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const { input, output, inputDetails, outputDetails, ...rest } = value as Details;
    return rest;
  };
  return Object.fromEntries(Object.entries(event).map(([key, value]) => [key, strip(value)])) as HistoryEvent;
}
