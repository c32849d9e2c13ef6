// How a payment ended, and whether the provider's books and its audit trail say the same.
import type { Client, Json, Operation } from "./client.ts";
import { patiently, until } from "./patience.ts";

export type End = "COMPLETED" | "FAILED" | "PARKED";
export type Failure = { code: string; step: string; undone: string[] };
export type Ending = {
  id: string;
  end: End;
  /** The state at which its execution gave up, of a parked one. */
  at?: string;
  failure?: Failure;
};
/** What stands when nothing moves any more. */
export type Books = {
  operations: Operation[];
  events: string[];
  /** How many journals the payment has in the ledger. */
  journals: number;
  wrong: string[];
};

type Event = { sequence: number; type: string; data: { state?: string } };

async function read(client: Client, merchant: string, path: string): Promise<Json> {
  const { status, json, text } = await patiently(`GET ${path}`, () =>
    client.request("GET", path, { merchant }),
  );
  if (status === 200) return json;
  if (status === 404) return {};
  throw new Error(`GET ${path} answered ${status} ${text}`);
}

/**
 * Waits until the saga has nothing left to do: the payment is terminal and announced, or parked.
 */
export async function untilEnded(
  client: Client,
  merchant: string,
  id: string,
  pauseMs: number,
): Promise<Ending> {
  const ending = async (): Promise<Ending | undefined> => {
    const payment = await read(client, merchant, `/payments/${id}`);
    const status = String(payment.status);
    const failure = payment.failure as Failure | undefined;
    if (status === "FAILED") return { id, end: "FAILED", ...(failure ? { failure } : {}) };
    if (status === "COMPLETED" && payment.step === "notify-payment") return { id, end: "COMPLETED" };
    if (status === "IN_REVIEW") return { id, end: "PARKED", at: await parkedAt(client, merchant, id) };
    return undefined;
  };
  return until(`payment ${id} has nothing left to do`, ending, pauseMs);
}

async function parkedAt(client: Client, merchant: string, id: string): Promise<string> {
  const { events } = (await read(client, merchant, `/payments/${id}/events`)) as { events: Event[] };
  return events.findLast(({ type }) => type === "payment.parked")?.data.state ?? "unknown";
}

/** Reads provider books and trail, and compares them with how the payment ended. */
export async function booksOf(
  client: Client,
  merchant: string,
  ending: Ending,
  amount: number,
): Promise<Books> {
  const { id } = ending;
  const operations = await client.operations(id);
  const { events } = (await read(client, merchant, `/payments/${id}/events`)) as { events: Event[] };
  const wrong = [...wrongMoney(ending, operations, amount), ...wrongTrail(ending, events)];
  const types = events.map(({ type }) => type.replace("payment.", ""));
  return {
    operations,
    events: types,
    journals: types.filter((type) => JOURNALS.has(type)).length,
    wrong: wrong.map((sentence) => `${id} ${ending.end}${ending.at ? ` at ${ending.at}` : ""}: ${sentence}`),
  };
}

/** Captured at most once ever; completed means captured, failed means that nothing is held. */
function wrongMoney({ end, at }: Ending, operations: Operation[], amount: number): string[] {
  const took = (name: string) =>
    operations.filter(({ operation, state }) => operation === name && state === "succeeded");
  const captures = took("capture");
  const held = took("authorize").length - took("void").length - captures.length;
  const checks: [boolean, string][] = [
    [captures.length > 1, `captured ${captures.length} times`],
    [captures.some((capture) => capture.amount !== amount), "captured another amount"],
    [end === "COMPLETED" && captures.length !== 1, "completed and not captured"],
    [end === "FAILED" && captures.length > 0, "failed and captured"],
    [end !== "PARKED" && held !== 0, `${held} holds stand`],
    [at === "VoidAuthorization" && captures.length > 0, "captured while it is voided"],
    [end === "PARKED" && !PARKS.has(at ?? ""), `nothing there needs a person`],
  ];
  return checks.filter(([is]) => is).map(([, sentence]) => sentence);
}

/** Only here the provider can leave us without an answer for ever. */
const PARKS = new Set(["VoidAuthorization", "ResolveCapture"]);
const LAST_EVENT: Record<End, string | undefined> = {
  COMPLETED: "payment.notified",
  FAILED: "payment.failed",
  PARKED: undefined,
};

/** The event that tells of each undo. */
const UNDO_EVENTS = { "post-ledger": "payment.reversed", "authorize-payment": "payment.voided" };

function wrongTrail({ end, failure }: Ending, events: Event[]): string[] {
  const wrong: string[] = [];
  if (events.some(({ sequence }, index) => sequence !== index + 1)) wrong.push("the trail has a gap");
  const types = events.map(({ type }) => type);
  const last = LAST_EVENT[end];
  if (last && types.at(-1) !== last) wrong.push(`the trail ends in ${types.at(-1)}`);
  const posted = types.includes("payment.posted");
  if (end === "FAILED" && posted !== types.includes("payment.reversed"))
    wrong.push("a ledger posting stands");
  for (const [step, undo] of Object.entries(UNDO_EVENTS))
    if (end === "FAILED" && types.includes(undo) !== failure?.undone.includes(step))
      wrong.push(
        `the failure tells of ${failure?.undone.join(" and ") || "nothing"} undone, the trail otherwise`,
      );
  return wrong;
}

const JOURNALS = new Set(["posted", "completed", "reversed"]);

/** What the merchant's balance must be, in minor units, when `net` is the amount less the fee. */
export function creditOf(
  { end }: Ending,
  { events }: Books,
  net: bigint,
): { pending: bigint; available: bigint } {
  if (end === "COMPLETED") return { pending: 0n, available: net };
  const stands = events.includes("posted") && !events.includes("reversed");
  return { pending: stands ? net : 0n, available: 0n };
}
