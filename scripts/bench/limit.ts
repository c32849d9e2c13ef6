// What a payment of this design takes at the least, and how far from it we are. The least follows
// from the saga's definition: a state for each step, an intent before each provider call, and one
// write for what each step comes to.
import { SAGA_OF } from "../../functions/lib/domain/saga-definition.ts";
import { type Counters, countersOf, per, RAILS, type Rail, sdkCalls } from "../capacity/costs.ts";
import { point, table } from "../lib/markdown.ts";

/** How often, and why it cannot be less often. */
type Least = {
  what: string;
  least: (rail: Rail) => number;
  counted: (counters: Counters) => number;
  why: string;
};

const stepsOf = (rail: Rail) => SAGA_OF[rail].steps;
const callsOf = (rail: Rail) => stepsOf(rail).filter(({ provider }) => provider !== undefined);
const sum = (counters: Counters, names: RegExp): number =>
  Object.entries(counters).reduce((all, [name, value]) => (names.test(name) ? all + value : all), 0);

const WRITE = /^dynamodb\.(PutItem|UpdateItem|DeleteItem|TransactWriteItems|BatchWriteItem)$/;
const READ = /^dynamodb\.(GetItem|BatchGetItem|Query|Scan|TransactGetItems)$/;
const dynamodb = (counters: Counters): number => sum(counters, WRITE) + sum(counters, READ);

export const LEAST: readonly Least[] = [
  {
    what: "state transitions",
    least: (rail) => stepsOf(rail).length,
    counted: (counters) => per("states.transitions", counters),
    why: "a state for each step; a Choice would be one more",
  },
  {
    what: "calls of the provider",
    least: (rail) => callsOf(rail).length,
    counted: (counters) => sum(counters, /^provider\.(?!effects|webhooks)/),
    why: "one for each effect outside",
  },
  {
    what: "writes to DynamoDB",
    least: (rail) => 1 + stepsOf(rail).length + callsOf(rail).length,
    counted: (counters) => sum(counters, WRITE),
    why: "acceptance, each step's end, an intent before each call; folds and the like come in batches",
  },
  {
    what: "reads of DynamoDB",
    least: () => 1,
    counted: (counters) => sum(counters, READ),
    why: "a conditional write brings what it met; verification reads the trail once",
  },
  {
    what: "other SDK calls",
    least: () => 1,
    counted: (counters) => sdkCalls(counters) - dynamodb(counters),
    why: "the start; events go in batches of ten",
  },
];

export const limitTable = (): string =>
  table(
    ["what", ...RAILS.flatMap((rail) => [`${rail}, least`, "counted"])],
    LEAST.map(({ what, least, counted }) => [
      what,
      ...RAILS.flatMap((rail) => [String(least(rail)), counted(countersOf(rail)).toFixed(2)]),
    ]),
  );

export const whyNoLess = (): string => LEAST.map(({ what, why }) => point(`**${what}:** ${why}`)).join("\n");

/** How many times the least a payment's SDK calls are. */
export function distance(rail: Rail): number {
  const least = LEAST.filter(({ what }) => /DynamoDB|SDK/.test(what)).reduce(
    (all, one) => all + one.least(rail),
    0,
  );
  return sdkCalls(countersOf(rail)) / least;
}
