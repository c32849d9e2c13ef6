// Each condition of each write of the stores, taken out in turn: a test must miss it, or it guards
// nothing. With CONDITIONS_PAGE=<file> who misses what is also written as a page (make conditions).
// A small run takes out an eighth of them, another eighth every day. CONDITIONS=Directory,Approvals
// takes out those whose names on the page hold one of these, and compares no page.
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { conditionsPage, knownFrom } from "./conditions/page.ts";
import type { Order, Report } from "./conditions/report.ts";
import { claim } from "./lib/claims.ts";
import type { Proof } from "./lib/proof.ts";

const PAGE = join(import.meta.dirname, "../../docs/conditions.md");

export const proof: Proof = {
  claim: "every condition of every write of the stores is missed by a test when it is taken out",
  stack: "none",
  async run({ figure, scale }) {
    const page = readFileSync(PAGE, "utf8");
    const share = scale < 1 ? { of: 8, number: new Date().getUTCDate() % 8 } : { of: 1, number: 0 };
    const named = process.env.CONDITIONS ?? "";
    const { ran, failed, rows, unmet, unreadable } = await reported({ share, named, known: knownFrom(page) });
    const missed = rows.filter(({ missedBy }) => missedBy !== undefined);
    figure("tests of the stores on DynamoDB Local", ran);
    figure("conditions taken out", rows.length);
    figure("missed by a test", missed.length);
    claim.nothing("every test passes while no condition is out", failed);
    claim.nothing("every condition that the stores can write is met by a test", unmet);
    claim.nothing("what is left of a write without a condition is one that DynamoDB reads", unreadable);
    const silent = rows.filter(({ missedBy }) => missedBy === undefined);
    claim.nothing(
      "every condition is missed by a test",
      silent.map(({ write, part }) => `${write}: ${part}`),
    );
    if (scale < 1 || named !== "") return;
    const now = conditionsPage(rows);
    if (process.env.CONDITIONS_PAGE) writeFileSync(process.env.CONDITIONS_PAGE, now);
    else claim.nothing("docs/conditions.md says who misses what: make conditions", changesOf(page, now));
  },
};

/** The lines that were taken from the page, and those that came. */
function changesOf(page: string, now: string): string[] {
  const [before, after] = [page.split("\n"), now.split("\n")];
  const only = (lines: string[], others: string[]) => lines.filter((line) => !others.includes(line));
  return [
    ...only(before, after).map((line) => `- ${line}`),
    ...only(after, before).map((line) => `+ ${line}`),
  ];
}

async function reported(order: Order): Promise<Report> {
  const worker = new Worker(new URL("./conditions/report.ts", import.meta.url), { workerData: order });
  const [report] = (await once(worker, "message")) as [Report];
  await worker.terminate();
  return report;
}
