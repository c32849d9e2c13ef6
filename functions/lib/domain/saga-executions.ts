// The executions that were started for a payment, by name: the first is named as the payment, later
// ones `payment_id-a2`, -a3 … The name is the owner's name, so it tells to which payment an
// execution belongs.
import { isDone, type PaymentRecord } from "./payment.ts";

type Attempted = Pick<PaymentRecord, "payment_id" | "attempts" | "owner_execution">;

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const PAYMENT_ID = new RegExp(`^${UUID}$`);
const EXECUTION = new RegExp(`^(${UUID})(?:-a[1-9][0-9]{0,5})?$`);

/** True of the form that every payment's id has: nothing else need be looked up. */
export const isPaymentId = (text: string): boolean => PAYMENT_ID.test(text);

/** The execution of the payment's nth attempt, counted from 1. */
export const attemptName = (paymentId: string, attempt: number): string =>
  attempt === 1 ? paymentId : `${paymentId}-a${attempt}`;

export const attemptsOf = ({ attempts = 1 }: Attempted): number => attempts;

/**
 * The execution that counts: the owner's, or the latest attempt while nobody has claimed the
 * payment.
 */
export const executionOf = (payment: Attempted): string =>
  payment.owner_execution ?? attemptName(payment.payment_id, attemptsOf(payment));

/** The payment that an execution of this name runs for; undefined for a name that we never gave. */
export const paymentIdOf = (execution: string): string | undefined => EXECUTION.exec(execution)?.[1];

/** True of the one thing that a saga may still owe an ended payment. */
export const owesNotification = (payment: PaymentRecord): boolean =>
  payment.status === "COMPLETED" && !isDone(payment, "notify-payment");

/** An execution as Step Functions tells it. */
export type SagaExecution = {
  name: string;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" | "PENDING_REDRIVE";
  /** The error's name and what was said about it, where the execution ended with one. */
  error?: string;
  cause?: string;
  redrives: number;
};

/** True when the execution has ended without having done its job. */
export const hasFailed = ({ status }: SagaExecution): boolean =>
  status === "FAILED" || status === "TIMED_OUT" || status === "ABORTED";
