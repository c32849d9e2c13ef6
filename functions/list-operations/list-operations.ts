// Lists what people did by hand, newest first: who, when, why, and to what. It reads day by day,
// so that it costs no more than what it shows and what it passes over.
import { dayOf, OPERATION_KINDS, type Operation, operationOrder } from "../lib/domain/operation.ts";
import { type FieldError, InvalidRequest } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { OperatorJournal } from "../lib/ports/operator-journal.ts";

type Ports = { operations: OperatorJournal; clock: Clock };
/** `from` and `to` are days, both included. Unknown parameters are refused. */
type Query = Record<string, string | undefined>;
type Page = { data: Operation[]; next_cursor?: string };

const MOST = 100;
const USUAL = 50;
/** A request looks at so many days at most. */
const MOST_DAYS = 31;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** What one query reads at once. */
const READ = 100;

const PARAMETERS = ["from", "to", "limit", "cursor", "merchant_id", "kind"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const CURSOR =
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Throws InvalidRequest with everything that is wrong with the parameters. */
export const listOperations =
  ({ operations, clock }: Ports) =>
  async (query: Query): Promise<Page> => {
    const { days, limit, cursor, isWanted } = readQuery(query, clock.now());
    const found: Operation[] = [];
    for await (const operation of newestFirst(operations, days, cursor)) {
      if (isWanted(operation)) found.push(operation);
      // One more than is shown says that there is another page.
      if (found.length > limit) break;
    }
    const data = found.slice(0, limit);
    const last = found.length > limit ? data.at(-1) : undefined;
    return { data, ...(last ? { next_cursor: operationOrder(last) } : {}) };
  };

/** The operations of these days, from behind the cursor on. */
async function* newestFirst(operations: OperatorJournal, days: string[], cursor: string | undefined) {
  const first = cursor === undefined ? undefined : dayOf(cursor);
  for (const day of days)
    if (first === undefined || day <= first)
      yield* ofDay(operations, day, day === first ? cursor : undefined);
}

async function* ofDay(operations: OperatorJournal, day: string, before: string | undefined) {
  let from = before;
  while (true) {
    const page = await operations.ofDay(day, READ, from);
    yield* page;
    const last = page.at(-1);
    if (page.length < READ || !last) return;
    from = operationOrder(last);
  }
}

function readQuery(query: Query, now: number) {
  const today = dayOf(new Date(now).toISOString());
  const { to = today, limit = String(USUAL), cursor, merchant_id, kind } = query;
  const earliest = isDay(to) ? dayOf(new Date(Date.parse(to) - (MOST_DAYS - 1) * DAY_MS).toISOString()) : "";
  const { from = earliest } = query;
  const wrong: [boolean, string, string][] = [
    ...Object.keys(query)
      .filter((name) => !PARAMETERS.includes(name))
      .map((name): [boolean, string, string] => [true, name, `is not a parameter: ${PARAMETERS.join(", ")}`]),
    [!isDay(to), "to", "must be a day, for example 2026-12-01"],
    [!isDay(from) && isDay(to), "from", "must be a day, for example 2026-12-01"],
    [isDay(from) && isDay(to) && from > to, "from", "must not lie behind `to`"],
    [
      isDay(from) && isDay(to) && from < earliest,
      "from",
      `must lie at most ${MOST_DAYS - 1} days before \`to\``,
    ],
    [
      !/^\d{1,3}$/.test(limit) || +limit < 1 || +limit > MOST,
      "limit",
      `must be a whole number from 1 to ${MOST}`,
    ],
    [cursor !== undefined && !CURSOR.test(cursor), "cursor", "is not a cursor that we gave"],
    [
      kind !== undefined && !OPERATION_KINDS.some((known) => known === kind),
      "kind",
      `must be one of ${OPERATION_KINDS.join(", ")}`,
    ],
  ];
  const errors = wrong
    .filter(([is]) => is)
    .map(([, parameter, detail]): FieldError => ({ parameter, detail }));
  if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
  const isWanted = (operation: Operation): boolean =>
    (merchant_id === undefined || operation.merchant_id === merchant_id) &&
    (kind === undefined || operation.kind === kind);
  return { days: daysBetween(from, to), limit: Number(limit), cursor, isWanted };
}

/** A day that the calendar has. */
const isDay = (text: string): boolean => {
  const at = DAY.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(at) && dayOf(new Date(at).toISOString()) === text;
};

/** Newest first. */
function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(to); at >= Date.parse(from); at -= DAY_MS)
    days.push(dayOf(new Date(at).toISOString()));
  return days;
}
