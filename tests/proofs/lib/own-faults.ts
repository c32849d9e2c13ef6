// The rows of the fault table in which a part of ours fails, once for the payment of the row. The
// parts are our functions, Step Functions, the database, the bus and the queues. Such a fault
// strikes whoever comes next, so these rows run one after the other.
import type { Row } from "./fault-rows.ts";

const FUNCTION_FAULTS = ["fail_before", "fail_after", "timeout_after"] as const;

/**
 * The functions of the way forward, then those of the undo. ResolveCapture's are struck in
 * LASTING_ROWS, after capture's.
 */
const FORWARD = ["validate-payment", "authorize-payment", "post-ledger", "capture-payment", "notify-payment"];
const UNDO = ["reverse-ledger", "void-authorization", "fail-payment"];

const stepRows = (steps: string[], rest: Pick<Row, "ends" | "plan">): Row[] =>
  steps.flatMap((where) =>
    FUNCTION_FAULTS.map((fault) => ({
      ...rest,
      fault,
      where,
      often: "once",
      orders: [{ target: where, fault, count: 1 }],
    })),
  );

const dynamodb = (fault: string): Row[] => [
  {
    fault,
    where: "DynamoDB",
    often: "three times in a row",
    ends: "COMPLETED",
    orders: [{ target: "dynamodb", fault, count: 3 }],
  },
  {
    fault,
    where: "DynamoDB",
    often: "every third call",
    ends: "COMPLETED",
    orders: [{ target: "dynamodb", fault, rate: 0.33, count: 30 }],
  },
];

const throttled = (count: number) => ({ target: "StartExecution", fault: "throttle", count });

export const OWN_ROWS: Row[] = [
  ...stepRows(FORWARD, { ends: "COMPLETED" }),
  ...stepRows(UNDO, { ends: "FAILED", plan: "refused_capture" }),
  ...[1, 5].map(
    (count): Row => ({
      fault: "throttle",
      where: "StartExecution",
      often: count === 1 ? "once" : `${count} times`,
      ends: "COMPLETED",
      orders: [throttled(count)],
    }),
  ),
  ...["partial", "throttle"].map(
    (fault): Row => ({
      fault,
      where: "PutEvents",
      often: "three times in a row",
      ends: "COMPLETED",
      orders: [{ target: "PutEvents", fault, count: 3 }],
    }),
  ),
  ...["conflict", "lost_answer", "throttle"].flatMap(dynamodb),
];

/**
 * Neither Step Functions nor the start queue takes it: it waits for the sweep, among others that
 * wait.
 */
export const SWEPT_ROWS: Row[] = [
  {
    fault: "unavailable",
    where: "SendMessage, after a throttled StartExecution",
    often: "until the call gives up",
    ends: "COMPLETED",
    orders: [throttled(1), { target: "SendMessage", fault: "unavailable", count: 3 }],
  },
];

/**
 * A step of ours that never answers again. `until` is the state in which its payment has to be
 * before the next one starts.
 */
export type LastingRow = Row & { until: string };

/** Outlasts every retry: the step does its work each time, and nobody hears of it. */
const never = (target: string) => ({ target, fault: "fail_after", count: 1_000 });
const lasting = (where: string, until: string): LastingRow => ({
  fault: "fail_after",
  where,
  often: "always",
  until,
  ends: "FAILED",
  orders: [never(where)],
});

/**
 * From the last step to the first: a payment has passed every step that was struck before it came.
 */
export const LASTING_ROWS: LastingRow[] = [
  {
    ...lasting("capture-payment", "CapturePayment"),
    where: "capture-payment, then each fault once in resolve-capture",
    // It happened, and ResolveCapture finds it.
    ends: "COMPLETED",
    orders: [
      never("capture-payment"),
      ...FUNCTION_FAULTS.map((fault) => ({ target: "resolve-capture", fault, count: 1 })),
    ],
  },
  lasting("post-ledger", "PostLedger"),
  lasting("authorize-payment", "AuthorizePayment"),
  lasting("validate-payment", "ValidatePayment"),
];
