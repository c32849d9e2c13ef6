// What stands after a row in which the provider's words were wrong, against what the row says: how
// the payment ended and why, every deed in the provider's books, and what was found.
import { setTimeout as wait } from "node:timers/promises";
import { balanceOf } from "./books.ts";
import { type Client, type Json, OPERATOR } from "./client.ts";
import { DESTINATION, SOURCE } from "./conversions.ts";
import type { Books, Ending } from "./ending.ts";
import { AMOUNT, asBooked, deedsOf, findingsOf, lostValue } from "./ordered.ts";
import type { WordRow } from "./word-rows.ts";

export type WordBooks = Books & { deeds: string[]; found: string[] };

type Event = { sequence: number; type: string; data: Json };

/** A finding follows its payment's end; more looks would show nothing new. */
const LOOKS = 10;
const PAUSE_MS = 1_000;

export async function wordBooksOf(
  client: Client,
  merchant: string,
  row: WordRow,
  ending: Ending,
): Promise<WordBooks> {
  const { id, end, failure } = ending;
  const operations = await deedsOf(client, id);
  const deeds = operations.map((deed) => asBooked(deed, id));
  const { events } = (await client.get(merchant, `/payments/${id}/events`)) as { events: Event[] };
  const parked = events.findLast(({ type }) => type === "payment.parked");
  const found = await findings(client, id, row.findings);
  const seen = { code: end === "PARKED" ? parked?.data.error : failure?.code, books: deeds, findings: found };
  const { code, at, books, findings: expected } = row;
  return {
    operations,
    events: events.map(({ type }) => type.replace("payment.", "")),
    journals: events.filter(({ data }) => data.journal_id !== undefined).length,
    deeds,
    found,
    wrong: [
      ...lostValue(end === "PARKED" ? "IN_REVIEW" : end, operations),
      ...differences(seen, { code, books, findings: expected }),
      ...(at === undefined || at.includes(ending.at ?? "")
        ? []
        : [`it waits at ${ending.at}, not at ${at.join(" or ")}`]),
      ...(events.some(({ sequence }, index) => sequence !== index + 1) ? ["the trail has a gap"] : []),
    ].map((sentence) => `${id} ${end}: ${sentence}`),
  };
}

const differences = (seen: Record<string, unknown>, expected: Record<string, unknown>): string[] =>
  Object.keys(expected).flatMap((name) => {
    const [is, should] = [seen[name], expected[name]].map((value) => JSON.stringify(value) ?? "nothing");
    return is === should ? [] : [`${name} ${is}, not ${should}`];
  });

async function findings(client: Client, id: string, expected: readonly string[]): Promise<string[]> {
  let found: string[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    found = await findingsOf(client, OPERATOR, id);
    if (found.join() === expected.join()) break;
    await wait(PAUSE_MS);
  }
  return found;
}

/** What failed belongs to the source, what completed to the destination; what is parked is held. */
export async function wrongAccounts(
  client: Client,
  merchant: string,
  { id, end }: Ending,
): Promise<string[]> {
  const source = (await balanceOf(client, merchant, SOURCE, "EUR")).available;
  const destination = (await balanceOf(client, merchant, DESTINATION, "JPY")).available;
  const { destination_amount = 0 } = await client.get(merchant, `/payments/${id}`);
  const due = {
    source: end === "FAILED" ? 0n : -BigInt(AMOUNT),
    destination: end === "COMPLETED" ? BigInt(Number(destination_amount)) : 0n,
  };
  if (source === due.source && destination === due.destination) return [];
  return [`${id} ${end}: the source has ${source} and the destination ${destination}`];
}
