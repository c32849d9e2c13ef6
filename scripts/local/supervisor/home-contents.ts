// What a home holds before a stack goes on with it: how many payments, in which status.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PREFIX } from "../common/settings.ts";
import { call } from "../dynamodb/forward.ts";

/** `isAll` is false when counting everything would have held up the start. */
export type Counted = { byStatus: Record<string, number>; isAll: boolean };
export type HomeContents = Counted | "uncounted";

/** Milliseconds. A start does not wait for a count, so a large home is counted in part. */
const COUNT_WITHIN_MS = 2_000;
/** The status of a payment with which no saga goes on until a person has looked. */
const PARKED = "IN_REVIEW";

type Page = {
  Items: { status?: { S: string } }[];
  LastEvaluatedKey?: Record<string, unknown>;
};

/** False for a home whose tables are not made yet. */
export const hasBooks = (home: string): boolean =>
  existsSync(join(home, "dynamodb", "shared-local-instance.db"));

/**
 * Counts the payments in the tables of the part at `url`. Never throws: a stack that runs is worth
 * more than a count.
 */
export const contentsOf = (url: string, within = COUNT_WITHIN_MS): Promise<HomeContents> =>
  count(url, within).catch(() => "uncounted");

async function count(url: string, within: number): Promise<Counted> {
  const byStatus: Record<string, number> = {};
  let start: Record<string, unknown> | undefined;
  for (const deadline = Date.now() + within; ; ) {
    const page = (await call(url, "Scan", {
      TableName: `${PREFIX}payments`,
      FilterExpression: "sk = :payment",
      ProjectionExpression: "#status",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":payment": { S: "PAYMENT" } },
      ...(start ? { ExclusiveStartKey: start } : {}),
    })) as Page;
    for (const { status } of page.Items) if (status) byStatus[status.S] = (byStatus[status.S] ?? 0) + 1;
    start = page.LastEvaluatedKey;
    if (!start) return { byStatus, isAll: true };
    if (Date.now() > deadline) return { byStatus, isAll: false };
  }
}

/** `12 payments: 10 COMPLETED, 1 FAILED, 1 IN_REVIEW. 1 is parked: …`. Undefined for a new home. */
export function contentsText(contents: HomeContents | undefined): string {
  if (!contents) return "is new: no payments yet.";
  if (contents === "uncounted") return "could not be counted.";
  const { byStatus, isAll } = contents;
  const statuses = Object.entries(byStatus).sort(([a], [b]) => (a < b ? -1 : 1));
  const count = statuses.reduce((sum, [, each]) => sum + each, 0);
  if (count === 0) return "holds no payments yet.";
  const payments = `${isAll ? "" : "at least "}${count} ${count === 1 ? "payment" : "payments"}`;
  const told = statuses.map(([status, each]) => `${each} ${status}`).join(", ");
  const parked = byStatus[PARKED] ?? 0;
  const look = ` ${parked} ${parked === 1 ? "is" : "are"} parked: a person must look (docs/runbook.md).`;
  return `holds ${payments}: ${told}.${parked > 0 ? look : ""}`;
}
