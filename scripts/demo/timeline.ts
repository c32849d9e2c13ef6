// A payment's story as moments in time. It has three witnesses: the payment's own trail, the saga's
// history and the provider's books.
import type { Operation, SagaEvent, TrailEvent } from "./client.ts";
import { amountOf, eventWords, failureWords, operationWords, TURNS } from "./words.ts";

export type Moment = { at: number; who: "payment" | "saga" | "provider"; text: string };
export type Witnesses = { trail: TrailEvent[]; saga: SagaEvent[]; operations: Operation[] };

/** Everything that happened, in the order of time. */
export function timelineOf({ trail, saga, operations }: Witnesses): Moment[] {
  const moments: Moment[] = [
    ...trail.map((event) => ({
      at: Date.parse(event.occurred_at),
      who: "payment" as const,
      text: eventWords(event),
    })),
    ...operations.map((operation) => ({
      at: Date.parse(operation.at),
      who: "provider" as const,
      text: operationWords(operation, amountOf(operation)),
    })),
    ...sagaMoments(saga),
  ];
  return moments.sort((a, b) => a.at - b.at);
}

/** A state that was entered, or one more try of it that failed. */
type Turn = { at: number; state: string; error?: string };

/**
 * Where the saga left the way forward, and what delayed it. A failure that repeats is one moment.
 */
function sagaMoments(saga: SagaEvent[]): Moment[] {
  const groups: [Turn, ...Turn[]][] = [];
  for (const turn of turnsOf(saga)) {
    const last = groups.at(-1);
    if (last && turn.error !== undefined && last[0].state === turn.state && last[0].error === turn.error)
      last.push(turn);
    else groups.push([turn]);
  }
  return groups.flatMap(momentsOf);
}

function turnsOf(saga: SagaEvent[]): Turn[] {
  const turns: Turn[] = [];
  let state = "";
  for (const event of saga) {
    const at = Date.parse(event.timestamp);
    const error = errorOf(event);
    state = detail(event, "stateEnteredEventDetails", "name") ?? state;
    if (event.type.endsWith("StateEntered")) turns.push({ at, state });
    else if (error !== undefined && failureWords(error)) turns.push({ at, state, error });
  }
  return turns;
}

function momentsOf([first, ...more]: [Turn, ...Turn[]]): Moment[] {
  const { state, error } = first;
  const words = error === undefined ? TURNS[state] : failureWords(error);
  if (!words) return [];
  const begins: Moment = { at: first.at, who: "saga", text: `${state}: ${words}` };
  const last = more.at(-1);
  if (!last) return [begins];
  const seconds = ((last.at - first.at) / 1000).toFixed(1);
  const again = more.length === 1 ? "once more" : `${more.length} more times`;
  return [begins, { at: last.at, who: "saga", text: `${state}: the same ${again} within ${seconds} s` }];
}

function detail(event: SagaEvent, group: string, name: string): string | undefined {
  const details = event[group];
  return typeof details === "object" ? details[name] : undefined;
}

function errorOf(event: SagaEvent): string | undefined {
  if (event.type === "LambdaFunctionTimedOut") return "States.Timeout";
  if (event.type !== "LambdaFunctionFailed") return undefined;
  return detail(event, "lambdaFunctionFailedEventDetails", "error") ?? "an error";
}
