// `make place MERCHANT=m1 RATE=20 REASON="…" [PARENT=acme]`: gives a merchant its cell, admits it
// there and prints its base URL. Every part may run again: the next run finishes one that died. Who
// did it, and why, stands in the directory and in the cell.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { admit } from "../functions/lib/adapters/dynamodb/admissions.ts";
import { DynamoDirectory } from "../functions/lib/adapters/dynamodb/directory.ts";
import { systemClock } from "../functions/lib/adapters/system-clock.ts";
import { routeOf } from "../functions/lib/domain/cell-placement.ts";
import { handOf, operationBy, writeDown } from "./lib/by-hand.ts";
import { placeMerchant } from "./place/assign.ts";
import { readCells } from "./place/cell-list.ts";

/** `CELL_PROFILE` names the AWS profile of the cell's account, if it is not the directory's. */
const { MERCHANT, RATE, PARENT, REASON, DIRECTORY_TABLE = "contra-directory", CELL_PROFILE } = process.env;

const NEEDS_AWS = "; it needs AWS_REGION and credentials of the directory's account (a laptop has no cells)";
/** True where the AWS SDK found no region or no credentials. */
const hasNoAws = ({ name, message }: Error): boolean =>
  name === "CredentialsProviderError" || message === "Region is missing";

async function place(): Promise<void> {
  if (!MERCHANT || !RATE)
    throw new Error("name the merchant and its peak payments per second: MERCHANT=m1 RATE=20");
  const cells = readCells();
  const clock = systemClock();
  const hand = await handOf(DIRECTORY_TABLE, REASON);
  const directory = new DynamoDirectory(new DynamoDBClient({}), clock, DIRECTORY_TABLE, hand);
  const before = await directory.find(MERCHANT);
  const wish = {
    merchant_id: MERCHANT,
    rate_per_second: Number(RATE),
    ...(PARENT ? { parent: PARENT } : {}),
  };
  const placement = await placeMerchant({ directory, clock }, cells, wish);
  const { cell, rate_per_second } = placement;
  const inCell = new DynamoDBClient(CELL_PROFILE ? { profile: CELL_PROFILE } : {});
  const tables = { payments: `${cell}-payments`, integrity: `${cell}-integrity` };
  const by = operationBy(hand, "placement", { merchant_id: MERCHANT, details: { cell, rate_per_second } });
  await admit(inCell, tables, MERCHANT, by);
  if (before && before.rate_per_second !== rate_per_second) await writeDown(inCell, cell, by);
  console.log(`${MERCHANT} lives in ${cell}: ${routeOf(placement, cells)}`);
}

await place().catch((error: Error) => {
  const because = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  console.error(`${error.message}${because}${hasNoAws(error) ? NEEDS_AWS : ""}`);
  process.exitCode = 1;
});
