// A merchant's policy: MERCHANT#id / POLICY in the payments table. It overrides the deployment's.
// Most merchants have none.
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { assertContract } from "../../contracts/contract.ts";
import type { Policy } from "../../contracts/types.ts";
import { merchantPolicy } from "../../domain/policy.ts";
import type { PolicySource } from "../../ports/policy-source.ts";
import { storeError } from "./client.ts";
import { type Item, toItem } from "./item.ts";

const keyOf = (merchantId: string) => ({ pk: `MERCHANT#${merchantId}`, sk: "POLICY" });
const policyIn = (item: Item): unknown => unmarshall(item).policy;

export class DynamoPolicySource implements PolicySource {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  readonly deployment: Required<Policy>;

  constructor(client: DynamoDBClient, table: string, deployment: Required<Policy>) {
    this.client = client;
    this.table = table;
    this.deployment = deployment;
  }

  async policyOf(merchantId: string): Promise<Required<Policy>> {
    const Key = toItem(keyOf(merchantId));
    const read = this.client.send(new GetItemCommand({ TableName: this.table, Key }));
    const { Item } = await read.catch((error) => Promise.reject(storeError(error)));
    if (!Item) return this.deployment;
    const policy = policyIn(Item);
    assertContract("Policy", policy);
    return merchantPolicy(this.deployment, policy as Policy);
  }
}

/**
 * Replaces the merchant's policy by one that keeps its contract. Returns what stood before,
 * whatever it was.
 */
export async function putPolicy(
  client: DynamoDBClient,
  table: string,
  merchantId: string,
  policy: Policy,
): Promise<unknown> {
  const Item = toItem({ ...keyOf(merchantId), policy });
  const write = client.send(new PutItemCommand({ TableName: table, Item, ReturnValues: "ALL_OLD" }));
  const { Attributes } = await write.catch((error) => Promise.reject(storeError(error)));
  return Attributes && policyIn(Attributes);
}
