// Watches the sagas of one sweep: parks those that failed without an event, sees that every parked
// one has its finding, and redrives those that may go on. It is the guarantee behind the status
// event, which may be lost. One sweep's work is bounded, because the next one goes on where it
// stopped.
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { executionOf, owesNotification } from "../lib/domain/saga-executions.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { SagaNotRedrivable, ServiceUnavailable, StoreContention } from "../lib/errors/registry.ts";
import type { Glance } from "../lib/ports/payment-store.ts";
import {
  type Parked,
  type ParkPorts,
  parkedIn,
  parkPayment,
  reportParked,
} from "../lib/saga/park-payment.ts";
import { isDue } from "./rarer-with-age.ts";
import { type RedriveParkedPorts, redriveParked } from "./redrive-parked.ts";

export type WatchPorts = ParkPorts & RedriveParkedPorts;
/**
 * What a look at a payment found: what parking found, or one of these.
 * - `redriven`: its saga goes on.
 * - `resting`: it is parked, until later or until a person acts.
 * - `moving`: it changed during the look.
 * - `held`: its start waits on purpose.
 * - `unlooked`: it is too young, or Step Functions gave no answer.
 * - `postponed`: this sweep has reached its bound, and the next one begins here.
 */
export type Seen = Parked | "redriven" | "resting" | "moving" | "held" | "unlooked" | "postponed";

/** A saga that wrote nothing for so long is waiting for somebody, or is dead. */
const SILENT_MS = 300_000;
/**
 * The quota of DescribeExecution refills at 15 calls per second for all functions, and a redrive
 * uses it too. A sweep makes 10 calls per second and 250 in all, which is less than a third of what
 * refills in a minute.
 */
const PAUSE_MS = 100;
const MOST_DESCRIBED = 100;
/**
 * One outage can park all payments that a cell has in flight. Then all are in work again after 5
 * sweeps (720 payments) or 15 sweeps (2,250).
 */
const MOST_REDRIVEN = 150;

export class Watch {
  private readonly ports: WatchPorts;
  private described = 0;
  private redriven = 0;
  private hasAsked = false;

  constructor(ports: WatchPorts) {
    this.ports = ports;
  }

  /** True where a look asks somebody: it takes its time, and the payment whole. */
  asks(payment: Glance): boolean {
    if (payment.status === "IN_REVIEW") return true;
    return this.isSilent(payment) && !hasEnded(payment);
  }

  /** False when this sweep has asked about as many as it may: a look would say `postponed`. */
  hasRoomFor({ status }: Glance): boolean {
    return status === "IN_REVIEW" ? this.redriven < MOST_REDRIVEN : this.described < MOST_DESCRIBED;
  }

  async look(payment: PaymentRecord): Promise<Seen> {
    try {
      return await (payment.status === "IN_REVIEW" ? this.redriveOf(payment) : this.stateOf(payment));
    } catch (error) {
      if (error instanceof StoreContention) return "moving";
      if (error instanceof SagaNotRedrivable) return "resting";
      if (!(error instanceof ServiceUnavailable)) throw error;
      // Step Functions throttles us: this sweep asks nothing more.
      this.described = MOST_DESCRIBED;
      this.redriven = MOST_REDRIVEN;
      return "unlooked";
    }
  }

  private async stateOf(payment: PaymentRecord): Promise<Seen> {
    if (!this.isSilent(payment)) return "unlooked";
    if (hasEnded(payment)) return "ended";
    if (!this.hasRoomFor(payment)) return "postponed";
    await this.pace();
    this.described += 1;
    return parkPayment(this.ports)(payment, executionOf(payment));
  }

  private async redriveOf(payment: PaymentRecord): Promise<Seen> {
    if (!this.hasRoomFor(payment)) return "postponed";
    const events = await this.ports.payments.events(payment.payment_id);
    const parked = parkedIn(events, executionOf(payment));
    if (!parked) return "resting";
    if (await redriveParked(this.ports)(payment, events, parked.data, () => this.pace())) {
      this.redriven += 1;
      return "redriven";
    }
    if (isDue(parked.occurred_at, this.ports.clock)) await reportParked(this.ports, payment, parked);
    return "resting";
  }

  private isSilent({ updated_at }: Glance): boolean {
    return Date.parse(updated_at) < this.ports.clock.ago(SILENT_MS);
  }

  /** Waits before every question to Step Functions but the first. */
  private async pace(): Promise<void> {
    if (this.hasAsked) await this.ports.clock.sleep(PAUSE_MS);
    this.hasAsked = true;
  }
}

/**
 * It is not verified yet. Step Functions knows nothing about that, and there may be many such
 * payments.
 */
const hasEnded = (payment: Glance): boolean => isTerminal(payment.status) && !owesNotification(payment);
