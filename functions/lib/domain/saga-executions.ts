// The executions of a payment, by name. The first has the payment's id as its name, later ones
// `payment_id-a2`, `-a3` and so on. An owner has such a name too, so the name shows the payment.
import { isDone, type PaymentRecord } from "./payment.ts";

type Attempted = Pick<PaymentRecord, "payment_id" | "attempts" | "owner_execution">;

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const PAYMENT_ID = new RegExp(`^${UUID}$`);
const EXECUTION = new RegExp(`^(${UUID})(?:-a[1-9][0-9]{0,5})?$`);

/** True for the form of a payment's id; anything else need not be looked up. */
export const isPaymentId = (text: string): boolean => PAYMENT_ID.test(text);

/** The execution of the payment's nth attempt, counted from 1. */
export const attemptName = (paymentId: string, attempt: number): string =>
  attempt === 1 ? paymentId : `${paymentId}-a${attempt}`;

export const attemptsOf = ({ attempts = 1 }: Attempted): number => attempts;

/** The execution that counts: the owner's, or the latest attempt while the payment has no owner. */
export const executionOf = (payment: Attempted): string =>
  payment.owner_execution ?? attemptName(payment.payment_id, attemptsOf(payment));

/** The payment that an execution of this name runs for; undefined for a name that is not ours. */
export const paymentIdOf = (execution: string): string | undefined => EXECUTION.exec(execution)?.[1];

/** True when the payment is completed and its notification is not sent. */
export const owesNotification = (payment: PaymentRecord): boolean =>
  payment.status === "COMPLETED" && !isDone(payment, "notify-payment");

/** An execution as Step Functions reports it. */
export type SagaExecution = {
  name: string;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" | "PENDING_REDRIVE";
  /** The name and cause of the error that the execution ended with. */
  error?: string;
  cause?: string;
  redrives: number;
};

/** True when the execution has ended without having done its job. */
export const hasFailed = ({ status }: SagaExecution): boolean =>
  status === "FAILED" || status === "TIMED_OUT" || status === "ABORTED";
