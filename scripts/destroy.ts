// `make destroy WORKSPACE=dev`: this part says what keeps a workspace from being destroyed, and
// fails while anything does. scripts/deploy.sh asks for the workspace's name and destroys.
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  paginateListUserPools,
} from "@aws-sdk/client-cognito-identity-provider";
import { DescribeTableCommand, DynamoDBClient, type TableDescription } from "@aws-sdk/client-dynamodb";
import { INDEX_SHARDS } from "../functions/lib/adapters/dynamodb/payment-item.ts";
import { EVER, PaymentLists } from "../functions/lib/adapters/dynamodb/payment-lists.ts";
import manifest from "../functions/manifest.json" with { type: "json" };
import { assertWorkspace, regionOf } from "./lib/workspace.ts";

const SHOWN = 3;

const nameOf = ({ TableName = "" }: TableDescription): string => TableName;

/** Those of the workspace that are there and stay: an earlier destroy may have ended half-way. */
async function standingTables(client: DynamoDBClient, workspace: string): Promise<TableDescription[]> {
  const names = Object.keys(manifest.tables).map((table) => `${workspace}-${table}`);
  const found = await Promise.all(names.map((name) => described(client, name)));
  return found.flatMap((table) => (table && table.TableStatus !== "DELETING" ? [table] : []));
}

async function described(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

async function protectedPools(client: CognitoIdentityProviderClient, workspace: string): Promise<string[]> {
  for await (const { UserPools = [] } of paginateListUserPools({ client }, { MaxResults: 60 })) {
    const pool = UserPools.find(({ Name }) => Name === `${workspace}-clients`);
    if (!pool) continue;
    const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: pool.Id }));
    return UserPool?.DeletionProtection === "ACTIVE" ? [`${workspace}-clients`] : [];
  }
  return [];
}

/** Some of the payments that have not ended, parked ones among them. */
async function openPayments(client: DynamoDBClient, table: string): Promise<string[]> {
  const lists = new PaymentLists(client, table);
  const shards = Array.from({ length: INDEX_SHARDS }, (_, shard) => lists.openBefore(shard, EVER, SHOWN));
  return (await Promise.all(shards)).flat().map(({ payment_id }) => payment_id);
}

async function look(workspace: string): Promise<void> {
  assertWorkspace(workspace);
  const region = regionOf(workspace);
  const dynamodb = new DynamoDBClient({ region });
  const tables = await standingTables(dynamodb, workspace);
  const kept = [
    ...tables.filter(({ DeletionProtectionEnabled }) => DeletionProtectionEnabled).map(nameOf),
    ...(await protectedPools(new CognitoIdentityProviderClient({ region }), workspace)),
  ];
  if (kept.length > 0)
    throw new Error(
      `deletion protection is on for ${kept.join(", ")}: set deletion_protection = false in terraform/environments/${workspace}.tfvars and deploy`,
    );
  const payments = tables.map(nameOf).find((name) => name === `${workspace}-payments`);
  const open = payments ? await openPayments(dynamodb, payments) : [];
  if (open.length > 0)
    throw new Error(
      `payments are open, ${open.slice(0, SHOWN).join(", ")}${open.length > SHOWN ? " and more" : ""}: turn stop-intake on, and let them end`,
    );
}

await look(process.argv[2] ?? "").catch((error: Error) => {
  console.error(`contra: ${error.message}`);
  process.exitCode = 1;
});
