// Parks the payment of an execution that Step Functions reports as failed. The report may be late
// or double: parking reads the truth. An execution that is none of ours was started by hand, and is
// left alone.
import { paymentIdOf } from "../lib/domain/saga-executions.ts";
import { type Parked, type ParkPorts, parkPayment } from "../lib/saga/park-payment.ts";

/** The part of the event's detail that is heeded: the execution's name. */
export type StatusChange = { name?: unknown };

/** Throws StoreContention when the payment changed while it was judged: the message comes again. */
export const heedFailedExecution =
  (ports: ParkPorts) =>
  async ({ name }: StatusChange): Promise<Parked | "foreign"> => {
    const execution = typeof name === "string" ? name : "";
    const paymentId = paymentIdOf(execution);
    const payment = paymentId === undefined ? undefined : await ports.payments.load(paymentId);
    return payment ? parkPayment(ports)(payment, execution) : "foreign";
  };
