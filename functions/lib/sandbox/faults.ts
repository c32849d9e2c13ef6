// The faults of a call: the outage that somebody ordered for the whole provider, or the payment's
// own fault plan.
import type { Books } from "./books.ts";
import {
  parseFaults,
  type SandboxFault,
  type SandboxFaultName,
  type SandboxOperation,
} from "./fault-plan.ts";

/** The outages of the whole provider. */
export const OUTAGES = ["unavailable", "rate_limited", "lost", "slow"] as const;
export type Outage = (typeof OUTAGES)[number];
/** How the delivery of a call fails. A call has at most one such fault. */
export const DELIVERY = ["unavailable", "rate_limited", "lost", "timeout", "sticky_500"] as const;
export type Delivery = (typeof DELIVERY)[number] | "slow" | undefined;

/**
 * What may be ordered, by target: an outage of the whole provider or of one ramp, or a crash of the
 * market.
 */
export const ORDERS: Readonly<Record<string, readonly string[]>> = {
  provider: OUTAGES,
  "on-ramp": OUTAGES,
  "off-ramp": OUTAGES,
  market: ["crash"],
};
/** The ramp that an operation belongs to. */
const PART_OF: Partial<Record<SandboxOperation, string>> = {
  on_ramp: "on-ramp",
  reverse_on_ramp: "on-ramp",
  off_ramp: "off-ramp",
};

/** The outages that were ordered. Each strike counts. */
export type Outages = { strike(target: string): string | undefined };

export class Misfortune {
  private readonly books: Books;
  private readonly outages: Outages;

  constructor(books: Books, outages: Outages) {
    this.books = books;
    this.outages = outages;
  }

  /** Keeps the first plan of a reference. Throws FaultPlanError for a plan that it cannot read. */
  async keepPlan(reference: string, plan: string | undefined): Promise<void> {
    if (plan === undefined) return;
    parseFaults(plan);
    await this.books.keepPlan(reference, plan);
  }

  /** The plan of a reference, read once for all the faults of one call. */
  async planOf(reference: string): Promise<Plan> {
    return new Plan(this.books, reference, parseFaults((await this.books.plan(reference)) ?? ""));
  }

  /** An outage comes first, and uses up nothing of the payment's plan. */
  async delivery(plan: Plan, operation: SandboxOperation): Promise<Delivery> {
    return this.outage(PART_OF[operation]) ?? (await plan.strike(operation, DELIVERY));
  }

  /**
   * The outage of the whole provider, or else of the part. `part` is absent for a call that belongs
   * to no payment.
   */
  outage(part?: string): Outage | undefined {
    const struck = this.outages.strike("provider") ?? (part && this.outages.strike(part));
    return OUTAGES.find((outage) => outage === struck);
  }
}

export class Plan {
  private readonly books: Books;
  private readonly reference: string;
  private readonly faults: readonly SandboxFault[];

  constructor(books: Books, reference: string, faults: readonly SandboxFault[]) {
    this.books = books;
    this.reference = reference;
    this.faults = faults;
  }

  /** The plan's first fault, in its own order, that is among the names and has strikes left. */
  async strike<Name extends SandboxFaultName>(
    operation: SandboxOperation,
    names: readonly Name[],
  ): Promise<Name | undefined> {
    for (const { fault, operation: of, times } of this.faults) {
      const name = names.find((one) => one === fault);
      if (!name || of !== operation) continue;
      if (times === undefined || (await this.books.strike(this.reference, `${fault}_${of}`, times)))
        return name;
    }
    return undefined;
  }

  async strikes(operation: SandboxOperation, fault: SandboxFaultName): Promise<boolean> {
    return (await this.strike(operation, [fault])) !== undefined;
  }
}
