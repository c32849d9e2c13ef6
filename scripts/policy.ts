// `make policy WORKSPACE=dev MERCHANT=m1 FILE=policy.json REASON="…"`: gives a merchant its own
// policy, on top of the deployment's, and prints the one before. `local` is the stack on this
// laptop. The file is the whole policy: `{}` equals none.
import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { putPolicy } from "../functions/lib/adapters/dynamodb/policy-source.ts";
import { isMerchantId } from "../functions/lib/domain/accounts.ts";
import { handOf, operationBy } from "./lib/by-hand.ts";
import { reach } from "./lib/reach.ts";
import { assertWorkspace } from "./lib/workspace.ts";
import { readPolicy } from "./policy/policy-file.ts";

const { WORKSPACE, MERCHANT, FILE, REASON } = process.env;

async function give(): Promise<void> {
  if (!WORKSPACE || !MERCHANT || !FILE)
    throw new Error(
      "name the workspace, the merchant and the file: WORKSPACE=dev MERCHANT=m1 FILE=policy.json",
    );
  assertWorkspace(WORKSPACE);
  if (!isMerchantId(MERCHANT)) throw new Error(`${MERCHANT} is no merchant id`);
  const policy = readPolicy(readFileSync(FILE, "utf8"));
  const hand = await handOf(WORKSPACE, REASON);
  const client = new DynamoDBClient(reach(WORKSPACE, "dynamodb"));
  const tables = { payments: `${WORKSPACE}-payments`, integrity: `${WORKSPACE}-integrity` };
  const by = operationBy(hand, "policy", { merchant_id: MERCHANT });
  const before = await putPolicy(client, tables, MERCHANT, policy, by);
  console.log(`before: ${before === undefined ? "none" : JSON.stringify(before)}`);
  console.log(`now:    ${JSON.stringify(policy)}`);
}

await give().catch((error: Error) => {
  const because = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  console.error(`${error.message}${because}`);
  process.exitCode = 1;
});
