// A merchant's policy: MERCHANT#id / POLICY in the payments table over the deployment's. Most merchants have none.
import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { assertContract } from "../contracts/contract.ts";
import type { Policy } from "../contracts/types.ts";
import { merchantPolicy } from "../domain/policy.ts";
import type { PolicySource } from "../ports/policy-source.ts";
import { storeError } from "./dynamodb.ts";
import { toItem } from "./item.ts";

export class DynamoPolicySource implements PolicySource {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly deployment: Required<Policy>;

  constructor(client: DynamoDBClient, table: string, deployment: Required<Policy>) {
    this.client = client;
    this.table = table;
    this.deployment = deployment;
  }

  async policyOf(merchantId: string): Promise<Required<Policy>> {
    const Key = toItem({ pk: `MERCHANT#${merchantId}`, sk: "POLICY" });
    const read = this.client.send(new GetItemCommand({ TableName: this.table, Key }));
    const { Item } = await read.catch((error) => Promise.reject(storeError(error)));
    if (!Item) return this.deployment;
    const { policy } = unmarshall(Item);
    assertContract("Policy", policy);
    return merchantPolicy(this.deployment, policy as Policy);
  }
}
