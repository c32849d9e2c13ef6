// Approvals in DynamoDB: APPROVAL#<id> / REQUEST and APPROVAL#<id> / APPROVED in the table
// integrity, both put if absent.
import { type DynamoDBClient, QueryCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Approval, Approved } from "../../domain/approval.ts";
import type { Operation } from "../../domain/operation.ts";
import { InvariantBroken } from "../../errors/registry.ts";
import type { Approvals } from "../../ports/approvals.ts";
import type { Clock } from "../../ports/clock.ts";
import { reportOperation } from "../../runtime/operations.ts";
import { approvalKey, requestWrite } from "./approval-writes.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { toItem } from "./item.ts";
import { operationWrite } from "./operation-writes.ts";

export class DynamoApprovals implements Approvals {
  private readonly client: DynamoDBClient;
  private readonly clock: Clock;
  private readonly table: string;

  constructor(client: DynamoDBClient, clock: Clock, table: string) {
    this.client = client;
    this.clock = clock;
    this.table = table;
  }

  async request(approval: Approval, operation: Operation): Promise<{ approval: Approval; created: boolean }> {
    const TransactItems = [requestWrite(approval, this.table), operationWrite(operation, this.table)];
    try {
      const command = new TransactWriteItemsCommand({ TransactItems });
      await throughContention(this.clock, () => this.client.send(command));
      reportOperation(operation);
      return { approval, created: true };
    } catch (error) {
      if (!failedConditions(error)) throw storeError(error);
    }
    // Read, because DynamoDB need not report every condition that failed.
    const kept = await this.find(approval.approval_id);
    if (!kept) throw new InvariantBroken(`operation ${operation.operation_id} stands without its request`);
    return { approval: kept.approval, created: false };
  }

  async find(approvalId: string): Promise<{ approval: Approval; approved?: Approved } | undefined> {
    const command = new QueryCommand({
      TableName: this.table,
      ConsistentRead: true,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: toItem({ ":pk": approvalKey(approvalId) }),
    });
    const { Items = [] } = await this.client
      .send(command)
      .catch((error) => Promise.reject(storeError(error)));
    const read = (kind: string): unknown => {
      const item = Items.find(({ sk }) => sk?.S === kind);
      return item && bare(unmarshall(item));
    };
    const approval = read("REQUEST") as Approval | undefined;
    const approved = read("APPROVED") as Approved | undefined;
    return approval && { approval, ...(approved ? { approved } : {}) };
  }
}

const bare = ({ pk: _, sk: __, ...rest }: Record<string, unknown>): object => rest;
