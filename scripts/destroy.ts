// `make destroy WORKSPACE=dev`: this part says what keeps a workspace from being destroyed, and
// fails while anything does. scripts/deploy.sh asks for the workspace's name and destroys.
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  paginateListUserPools,
} from "@aws-sdk/client-cognito-identity-provider";
import { DescribeTableCommand, DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { INDEX_SHARDS, openOf, openShardKey } from "../functions/lib/adapters/dynamodb/payment-item.ts";
import manifest from "../functions/manifest.json" with { type: "json" };
import { assertWorkspace, regionOf } from "./lib/workspace.ts";

const SHOWN = 3;

/** What a missing thing answers: an earlier destroy may have ended half-way. */
const gone = (error: unknown): undefined => {
  if ((error as Error).name !== "ResourceNotFoundException") throw error;
  return undefined;
};

async function protectedTables(client: DynamoDBClient, workspace: string): Promise<string[]> {
  const names = Object.keys(manifest.tables).map((table) => `${workspace}-${table}`);
  const found = await Promise.all(
    names.map((TableName) => client.send(new DescribeTableCommand({ TableName })).catch(gone)),
  );
  return names.filter((_, index) => found[index]?.Table?.DeletionProtectionEnabled);
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
async function openPayments(client: DynamoDBClient, workspace: string): Promise<string[]> {
  const shards = Array.from({ length: INDEX_SHARDS }, (_, shard) =>
    client
      .send(
        new QueryCommand({
          TableName: `${workspace}-payments`,
          IndexName: "open",
          KeyConditionExpression: "open_shard = :shard",
          ExpressionAttributeValues: { ":shard": { S: openShardKey(shard) } },
          Limit: SHOWN,
        }),
      )
      .catch(gone),
  );
  return (await Promise.all(shards)).flatMap((page) =>
    (page?.Items ?? []).map((item) => openOf(item).payment_id),
  );
}

async function look(workspace: string): Promise<void> {
  assertWorkspace(workspace);
  const region = regionOf(workspace);
  const dynamodb = new DynamoDBClient({ region });
  const kept = [
    ...(await protectedTables(dynamodb, workspace)),
    ...(await protectedPools(new CognitoIdentityProviderClient({ region }), workspace)),
  ];
  if (kept.length > 0)
    throw new Error(
      `deletion protection is on for ${kept.join(", ")}: set deletion_protection = false in terraform/environments/${workspace}.tfvars and deploy`,
    );
  const open = await openPayments(dynamodb, workspace);
  if (open.length > 0)
    throw new Error(
      `payments are open, ${open.slice(0, SHOWN).join(", ")}${open.length > SHOWN ? " and more" : ""}: turn stop-intake on, and let them end`,
    );
}

await look(process.argv[2] ?? "").catch((error: Error) => {
  console.error(`contra: ${error.message}`);
  process.exitCode = 1;
});
