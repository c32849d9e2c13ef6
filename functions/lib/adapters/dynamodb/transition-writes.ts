// The one transaction of a transition: the payment's update and its event; where the transition has
// them also journals, guarded debits and the release of the reference.
import {
  type DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { assertEvent } from "../../contracts/event-contract.ts";
import type { PaymentEvent } from "../../contracts/event-types.ts";
import { markAttribute, type PaymentRecord } from "../../domain/payment.ts";
import { applyTransition, guardOf, type Transition } from "../../domain/transition.ts";
import { type ContraError, InsufficientFunds, InvariantBroken } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import { reportTransition } from "../../runtime/transitions.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { Expression, guardCondition } from "./conditions.ts";
import { toItem } from "./item.ts";
import { debitWrites, journalWrites } from "./journal-writes.ts";
import { eventItem, paymentKey, referenceKey } from "./payment-item.ts";

type Tables = { payments: string; ledger: string };
type Kind = "state" | "reference" | "journal" | "debit";
type Write = { kind: Kind; item: TransactWriteItem };

function stateWrites(
  before: PaymentRecord,
  after: PaymentRecord,
  event: PaymentEvent,
  t: Transition,
  table: string,
): Write[] {
  const expression = new Expression();
  const guard = guardCondition(guardOf(t), expression);
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
function transitionWrites(
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

/** The payment after the write. Without it the write was refused: for that reason, or as stale. */
export type Tried = { after: PaymentRecord } | { refusal?: ContraError };

/** Tries the transition on the payment as it was read, in one transaction. */
export async function writeTransition(
  client: DynamoDBClient,
  clock: Clock,
  tables: Tables,
  payment: PaymentRecord,
  transition: Transition,
): Promise<Tried> {
  const { payment: after, event } = applyTransition(payment, transition, clock.now());
  assertEvent(event);
  const writes = transitionWrites(payment, after, event, transition, tables);
  const command = { TransactItems: writes.map((write) => write.item) };
  try {
    await throughContention(clock, () => client.send(new TransactWriteItemsCommand(command)));
    reportTransition(after, event, payment.status);
    return { after };
  } catch (error) {
    const refusal = refusalOf(error, writes);
    if (!refusal) throw storeError(error);
    return refusal === "stale" ? {} : { refusal };
  }
}

/**
 * What a cancelled transition seems to mean. `stale`: the payment was not as it was read, so it is
 * read again. An error: funds lack, or a journal exists that the payment does not know of.
 * Undefined: no condition failed.
 *
 * DynamoDB need not report every condition that failed. So an error here is a doubt: the payment
 * may be stale as well.
 */
function refusalOf(error: unknown, writes: Write[]): "stale" | ContraError | undefined {
  const failed = failedConditions(error);
  if (!failed) return undefined;
  const failedKinds = new Set(writes.filter((_, index) => failed[index]).map((write) => write.kind));
  if (failedKinds.has("state")) return "stale";
  if (failedKinds.has("debit")) return new InsufficientFunds("the account lacks the funds");
  return new InvariantBroken(`the ${[...failedKinds].join(" and ")} disagrees with the payment`);
}
