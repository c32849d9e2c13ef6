// The one transaction of a transition: the payment's update and its event; where the transition has
// them also journals, guarded debits and the release of the reference.
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { PaymentEvent } from "../../contracts/event-types.ts";
import { markAttribute, type PaymentRecord } from "../../domain/payment.ts";
import type { Transition } from "../../domain/transition.ts";
import { InsufficientFunds, InvariantBroken } from "../../errors/registry.ts";
import { failedConditions } from "./client.ts";
import { Expression, guardCondition } from "./conditions.ts";
import { toItem } from "./item.ts";
import { debitWrites, journalWrites } from "./journal-writes.ts";
import { eventItem, paymentKey, referenceKey } from "./payment-item.ts";

type Tables = { payments: string; ledger: string };
type Kind = "state" | "reference" | "journal" | "debit";
export type Write = { kind: Kind; item: TransactWriteItem };

function stateWrites(
  before: PaymentRecord,
  after: PaymentRecord,
  event: PaymentEvent,
  t: Transition,
  table: string,
): Write[] {
  const expression = new Expression();
  const guard = guardCondition(t.guard, expression);
  const unchanged = `${expression.name("version")} = ${expression.value("read_version", before.version)}`;
  const undone = "undone" in t.achieves ? t.achieves.undone : undefined;
  const { status, step, version, updated_at, marks } = after;
  const mark = undone ? { [markAttribute("undone", undone)]: marks.undone[undone] } : {};
  const changes = { ...t.changes, status, step, version, updated_at, ...mark };
  const leaving = t.leavesTransit ? " REMOVE transit_shard, transit_order" : "";
  return [
    {
      kind: "state",
      item: {
        Update: {
          TableName: table,
          Key: toItem({ pk: paymentKey(before.payment_id), sk: "PAYMENT" }),
          UpdateExpression: `SET ${expression.assignments(changes)}${leaving}`,
          ConditionExpression: `${guard} AND ${unchanged}`,
          ExpressionAttributeNames: expression.names,
          ExpressionAttributeValues: toItem(expression.values),
        },
      },
    },
    {
      kind: "state",
      item: {
        Put: { TableName: table, Item: eventItem(event), ConditionExpression: "attribute_not_exists(pk)" },
      },
    },
  ];
}

function referenceRelease(payment: PaymentRecord, table: string): Write[] {
  if (!payment.reference) return [];
  const Delete = {
    TableName: table,
    Key: toItem({ pk: referenceKey(payment.merchant_id, payment.reference), sk: "REFERENCE" }),
    ConditionExpression: "attribute_not_exists(pk) OR payment_id = :id",
    ExpressionAttributeValues: toItem({ ":id": payment.payment_id }),
  };
  return [{ kind: "reference", item: { Delete } }];
}

/** Everything that the transition writes, with what each write is for. */
export function transitionWrites(
  before: PaymentRecord,
  after: PaymentRecord,
  event: PaymentEvent,
  transition: Transition,
  tables: Tables,
): Write[] {
  const journals = journalWrites(transition.journals, tables.ledger, after.updated_at);
  const debits = debitWrites(transition.debits ?? [], tables.ledger);
  return [
    ...stateWrites(before, after, event, transition, tables.payments),
    ...(transition.releasesReference ? referenceRelease(before, tables.payments) : []),
    ...journals.map((item): Write => ({ kind: "journal", item })),
    ...debits.map((item): Write => ({ kind: "debit", item })),
  ];
}

/**
 * What a cancelled transition means. True: the payment was not as it was read, so it is read again.
 * Undefined: no condition failed. Throws when funds lack, or when a journal exists that the payment
 * does not know of.
 */
export function isStale(error: unknown, writes: Write[]): true | undefined {
  const failed = failedConditions(error);
  if (!failed) return undefined;
  const failedKinds = new Set(writes.filter((_, index) => failed[index]).map((write) => write.kind));
  if (failedKinds.has("state")) return true;
  if (failedKinds.has("debit")) throw new InsufficientFunds("the account lacks the funds");
  throw new InvariantBroken(`the ${[...failedKinds].join(" and ")} disagrees with the payment`);
}
