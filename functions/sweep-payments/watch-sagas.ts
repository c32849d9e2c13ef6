// Watches over one sweep's sagas: parks what failed unannounced, redrives what was parked and may go on. It is the guarantee
// behind the status event, which may be lost; what it does in one sweep is bounded, because the next one goes on where it stopped.

import type { PaymentRecord } from "../lib/domain/payment.ts";
import { executionOf, owesNotification } from "../lib/domain/saga-executions.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { SagaNotRedrivable, ServiceUnavailable, StoreContention } from "../lib/errors/registry.ts";
import { type Parked, type ParkPorts, parkPayment } from "../lib/saga/park-payment.ts";
import { type RedriveParkedPorts, redriveParked } from "./redrive-parked.ts";

export type WatchPorts = ParkPorts & RedriveParkedPorts;
/**
 * `redriven`, or what parking found · `resting`: parked, for later or for a person · `moving`: it changed while we looked ·
 * `held`: its start waits on purpose · `unlooked`: too young, or Step Functions gave no answer · `postponed`: this sweep has asked enough, the next one begins here.
 */
export type Seen = Parked | "redriven" | "resting" | "moving" | "held" | "unlooked" | "postponed";

/** A saga that wrote nothing for so long waits for somebody, or is dead. */
const SILENT_MS = 300_000;
/**
 * DescribeExecution refills at 15 per second for everybody, and a redrive asks it too: a sweep takes 10 of them per second and
 * 250 in all, which is less than a third of what a minute refills.
 */
const PAUSE_MS = 100;
const MOST_DESCRIBED = 100;
/** What a cell has in flight, parked by one outage, is in work again after 5 sweeps (720) or 15 (2,250). */
const MOST_REDRIVEN = 150;

export class Watch {
  private readonly ports: WatchPorts;
  private described = 0;
  private redriven = 0;
  private hasAsked = false;

  constructor(ports: WatchPorts) {
    this.ports = ports;
  }

  async look(payment: PaymentRecord): Promise<Seen> {
    try {
      return await (payment.status === "IN_REVIEW" ? this.redriveOf(payment) : this.stateOf(payment));
    } catch (error) {
      if (error instanceof StoreContention) return "moving";
      if (error instanceof SagaNotRedrivable) return "resting";
      if (!(error instanceof ServiceUnavailable)) throw error;
      // Step Functions has enough of us: the rest of this sweep asks nothing more.
      this.described = MOST_DESCRIBED;
      this.redriven = MOST_REDRIVEN;
      return "unlooked";
    }
  }

  private async stateOf(payment: PaymentRecord): Promise<Seen> {
    const { clock } = this.ports;
    const isSilent = Date.parse(payment.updated_at) < clock.ago(SILENT_MS);
    if (!isSilent) return "unlooked";
    // Ended and not verified yet: what becomes of it Step Functions does not know, and there may be many.
    if (isTerminal(payment.status) && !owesNotification(payment)) return "ended";
    if (this.described >= MOST_DESCRIBED) return "postponed";
    await this.pace();
    this.described += 1;
    return parkPayment(this.ports)(payment, executionOf(payment));
  }

  private async redriveOf(payment: PaymentRecord): Promise<Seen> {
    if (this.redriven >= MOST_REDRIVEN) return "postponed";
    if (!(await redriveParked(this.ports)(payment, () => this.pace()))) return "resting";
    this.redriven += 1;
    return "redriven";
  }

  /** Waits before every question to Step Functions but the first. */
  private async pace(): Promise<void> {
    if (this.hasAsked) await this.ports.clock.sleep(PAUSE_MS);
    this.hasAsked = true;
  }
}
