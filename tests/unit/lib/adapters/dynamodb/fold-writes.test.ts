// How journals are folded together: none is left out, their order stays, and every batch fits one
// transaction and fills it.
import { describe, expect, it } from "@jest/globals";
import { batchesOf } from "../../../../../functions/lib/adapters/dynamodb/fold-writes.ts";
import type { Journal } from "../../../../../functions/lib/domain/journal.ts";
import manifest from "../../../../../functions/manifest.json" with { type: "json" };
import { JOURNALS_PER_FOLD, RAILS } from "../../../../../scripts/capacity/costs.ts";
import { journalsOf, type Traffic } from "../../../../support/cell-traffic.ts";

const TRAFFIC: Omit<Traffic, "rail"> = { payments: 1_000, merchants: 1_000, currencies: 6, seed: 1 };
const NOBODY = new Set<string>();
const everybody = (journals: Journal[]): Set<string> =>
  new Set(journals.flatMap(({ postings }) => postings.map(({ account }) => account)));

/** What a fold writes at worst: a mark each, each balance, each guard, the watermark. */
function writesOf(batch: Journal[], guarded: ReadonlySet<string>): number {
  const postings = batch.flatMap((journal) => journal.postings);
  const balances = new Set(postings.map(({ account, currency }) => `${account} ${currency}`));
  const guards = [...balances].filter((balance) => guarded.has(balance.split(" ")[0] ?? ""));
  return batch.length + balances.size + guards.length + 1;
}

/** Journals per fold, where the stream brings them in batches of the manifest's size. */
function perFold(journals: Journal[]): number {
  const { batch_size } = manifest.functions["fold-balances"].stream;
  const batches = Math.floor(journals.length / batch_size);
  const folds = Array.from({ length: batches }, (_, index) =>
    batchesOf(journals.slice(index * batch_size, (index + 1) * batch_size), NOBODY),
  );
  return (batches * batch_size) / folds.flat().length;
}

describe.each(RAILS)("journals of %s payments", (rail) => {
  const journals = journalsOf({ ...TRAFFIC, rail });

  it.each([
    ["nobody's account", NOBODY],
    ["everybody's account", everybody(journals)],
  ])("are batched whole, in order and within a transaction where %s forbids an overdraft", (_, guarded) => {
    const batches = batchesOf(journals, guarded);
    expect(batches.flat()).toEqual(journals);
    expect(Math.max(...batches.map((batch) => writesOf(batch, guarded)))).toBeLessThanOrEqual(100);
  });

  it("end a batch only when the next one would not fit", () => {
    const batches = batchesOf(journals, NOBODY);
    batches.slice(0, -1).forEach((batch, index) => {
      const next = batches[index + 1]?.[0] as Journal;
      expect(writesOf([...batch, next], NOBODY)).toBeGreaterThan(100);
    });
  });

  it("come as many to a fold as the page on capacity reckons with", () => {
    expect(perFold(journals)).toBeGreaterThanOrEqual(JOURNALS_PER_FOLD[rail]);
  });

  it("come fewer to a fold in a cell of many currencies", () => {
    expect(perFold(journalsOf({ ...TRAFFIC, rail, currencies: 12 }))).toBeLessThan(JOURNALS_PER_FOLD[rail]);
  });
});

it("no journals are no batch", () => {
  expect(batchesOf([], NOBODY)).toEqual([]);
});
