// A merchant's policy: MERCHANT#id / POLICY in the payments table. It overrides the deployment's.
// Most merchants have none, and an environment remembers that for half a minute: a first policy may
// take so long to hold. One that stands is read each time.
import { type DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { assertContract } from "../../contracts/contract.ts";
import * as schemas from "../../contracts/schemas.ts";
import type { Policy } from "../../contracts/types.ts";
import type { Operation } from "../../domain/operation.ts";
import { merchantPolicy } from "../../domain/policy.ts";
import { StoreContention } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PolicySource } from "../../ports/policy-source.ts";
import { ShortMemory } from "../short-memory.ts";
import { failedConditions, storeError } from "./client.ts";
import { type Item, toItem } from "./item.ts";
import { operationWrite } from "./operation-writes.ts";

/** How long an environment goes by a merchant's having none. */
const NONE_MS = 30_000;

const keyOf = (merchantId: string) => ({ pk: `MERCHANT#${merchantId}`, sk: "POLICY" });
const policyIn = (item: Item): unknown => unmarshall(item).policy;

export class DynamoPolicySource implements PolicySource {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;
  private readonly without: ShortMemory<true>;
  readonly deployment: Required<Policy>;

  constructor(client: DynamoDBClient, clock: Clock, table: string, deployment: Required<Policy>) {
    this.client = client;
    this.clock = clock;
    this.table = table;
    this.without = new ShortMemory(clock, NONE_MS);
    this.deployment = deployment;
  }

  async policyOf(merchantId: string): Promise<Required<Policy>> {
    if (this.without.get(merchantId)) return this.deployment;
    const askedAt = this.clock.now();
    const Key = toItem(keyOf(merchantId));
    const read = this.client.send(new GetItemCommand({ TableName: this.table, Key }));
    const { Item } = await read.catch((error) => Promise.reject(storeError(error)));
    if (!Item) {
      this.without.keep(merchantId, true, askedAt);
      return this.deployment;
    }
    const policy = policyIn(Item);
    assertContract(schemas.Policy, policy);
    return merchantPolicy(this.deployment, policy as Policy);
  }
}

/**
 * Replaces the merchant's policy by one that keeps its contract, and writes down by whose hand,
 * with both. Returns what stood before, whatever it was. Throws StoreContention when another hand
 * was faster.
 */
export async function putPolicy(
  client: DynamoDBClient,
  tables: { payments: string; integrity: string },
  merchantId: string,
  policy: Policy,
  by: Operation,
): Promise<unknown> {
  const Key = toItem(keyOf(merchantId));
  const read = client.send(new GetItemCommand({ TableName: tables.payments, Key, ConsistentRead: true }));
  const { Item } = await read.catch((error) => Promise.reject(storeError(error)));
  const before = Item && policyIn(Item);
  const put = {
    TableName: tables.payments,
    Item: toItem({ ...keyOf(merchantId), policy }),
    ...(Item
      ? {
          ConditionExpression: "policy = :before",
          ExpressionAttributeValues: { ":before": Item.policy ?? { NULL: true } },
        }
      : { ConditionExpression: "attribute_not_exists(pk)" }),
  };
  const details = { ...(before === undefined ? {} : { before }), now: policy };
  const TransactItems = [{ Put: put }, operationWrite({ ...by, details }, tables.integrity)];
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems }));
    return before;
  } catch (error) {
    if (failedConditions(error)) throw new StoreContention("somebody else changed the policy meanwhile");
    throw storeError(error);
  }
}
