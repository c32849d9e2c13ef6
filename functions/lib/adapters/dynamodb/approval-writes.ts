// What is kept of an approval as writes of a transaction: the request, and that it was approved.
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Approval, Approved } from "../../domain/approval.ts";
import { toItem } from "./item.ts";

export const approvalKey = (approvalId: string): string => `APPROVAL#${approvalId}`;

const put = (kept: Approval | Approved, sk: string, TableName: string): TransactWriteItem => ({
  Put: {
    TableName,
    Item: toItem({ pk: approvalKey(kept.approval_id), sk, ...kept }),
    ConditionExpression: "attribute_not_exists(pk)",
  },
});

export const requestWrite = (approval: Approval, table: string): TransactWriteItem =>
  put(approval, "REQUEST", table);

export const approvedWrite = (approved: Approved, table: string): TransactWriteItem =>
  put(approved, "APPROVED", table);
