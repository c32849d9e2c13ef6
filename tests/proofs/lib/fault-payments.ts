// Runs rows of the fault table: one payment per row, with the row's faults, until it has ended;
// then what the books say of it.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { balanceOf, claimTrialBalance } from "./books.ts";
import { type Client, concurrently, OPERATOR } from "./client.ts";
import { type Books, booksOf, creditOf, type Ending, untilEnded } from "./ending.ts";
import type { Row } from "./fault-rows.ts";
import { AMOUNT, ordered } from "./ordered.ts";
import type { LastingRow } from "./own-faults.ts";
import { type WordBooks, wordBooksOf, wrongAccounts } from "./word-books.ts";
import { isWordRow } from "./word-rows.ts";

/** After the default policy's fee of 150 basis points. */
const NET = 9_850n;
const AT_ONCE = 10;
const POST_EVERY_MS = 400;
/** How often a payment is looked at: alone on the stack, and among many. */
const ALONE_MS = 100;
const AMONG_MANY_MS = 3_000;

type Posted = { row: Row; merchant: string; id: string };
export type Ended = Posted & { ending: Ending };
export type Result = Ended & { books: Books | WordBooks };

export const nameOf = ({ fault, where, often }: Row): string => `${fault} at ${where}, ${often}`;

async function post(client: Client, row: Row): Promise<Posted> {
  // A merchant of its own: its balance is this payment's doing alone.
  const merchant = `m-${randomUUID().slice(0, 13)}`;
  for (const order of row.orders ?? []) await client.fault(order);
  return { row, merchant, id: await ordered(client, merchant, row.rail ?? "card", row.plan) };
}

async function finish(client: Client, posted: Posted, pauseMs: number): Promise<Ended> {
  const { merchant, id, row } = posted;
  try {
    const ending = await untilEnded(client, merchant, id, pauseMs);
    return { ...posted, ending };
  } catch (error) {
    throw new Error(`${nameOf(row)}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/** A failure is looked at in its turn: until then it must not count as one that nobody handles. */
function awaited<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** For faults that strike whoever comes next. */
export async function oneByOne(client: Client, rows: Row[]): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const row of rows) {
    ended.push(await finish(client, await post(client, row), ALONE_MS));
    await client.clearFaults();
  }
  return ended;
}

/**
 * All on their way at once, posted at a pace that leaves the machine its breath; those that take
 * longest come first.
 */
export async function together(client: Client, rows: Row[]): Promise<Ended[]> {
  const ended = new Map<Row, Promise<Ended>>();
  for (const row of [...rows].sort((a, b) => a.often.localeCompare(b.often))) {
    ended.set(row, awaited(post(client, row).then((one) => finish(client, one, AMONG_MANY_MS))));
    await wait(POST_EVERY_MS);
  }
  return Promise.all(rows.map((row) => ended.get(row) as Promise<Ended>));
}

/** Side by side: each payment waits in the step that never answers it. */
export async function lasting(client: Client, rows: LastingRow[]): Promise<Ended[]> {
  const ended: Promise<Ended>[] = [];
  for (const row of rows) {
    const posted = await post(client, row);
    const { id } = posted;
    await client.until(`${id} is in ${row.until}`, async () => {
      const { status, text } = await client.request("GET", `/sagas/${id}`, { merchant: OPERATOR });
      return status === 200 && text.includes(`"${row.until}"`) ? true : undefined;
    });
    ended.push(awaited(finish(client, posted, AMONG_MANY_MS)));
  }
  const all = await Promise.all(ended);
  await client.clearFaults();
  return all;
}

/**
 * Reads provider and trail of each, once the ledger's balances cover every journal: `ended` are all
 * payments of the stack.
 */
export async function judge(client: Client, ended: Ended[]): Promise<{ results: Result[]; wrong: string[] }> {
  const results: Result[] = await concurrently(ended.length, AT_ONCE, async (index) => {
    const one = ended[index] as Ended;
    const { row, merchant, ending } = one;
    const books = isWordRow(row)
      ? await wordBooksOf(client, merchant, row, ending)
      : await booksOf(client, merchant, ending, AMOUNT);
    return { ...one, books };
  });
  const journals = results.reduce((sum, { books }) => sum + books.journals, 0);
  await claimTrialBalance(client, journals);
  const wrong = await concurrently(results.length, AT_ONCE, async (index) => {
    const one = results[index] as Result;
    return [...one.books.wrong, ...surprise(one), ...(await wrongBalance(client, one))].map(
      (sentence) => `${nameOf(one.row)}: ${sentence}`,
    );
  });
  return { results, wrong: wrong.flat() };
}

function surprise({ row, ending: { id, end, at, failure } }: Ended): string[] {
  if (row.ends === end) return [];
  return [`${id} ended ${end}${at ? ` at ${at}` : ""} ${failure?.code ?? ""}, not ${row.ends}`];
}

async function wrongBalance(client: Client, { row, merchant, ending, books }: Result): Promise<string[]> {
  if (row.rail === "stablecoin") return wrongAccounts(client, merchant, ending);
  const { pending, available } = await balanceOf(client, merchant, "settlement", "EUR");
  const due = creditOf(ending, books, NET);
  if (pending === due.pending && available === due.available) return [];
  return [`${ending.id} ${ending.end}: the merchant has ${pending} pending, ${available} available`];
}
