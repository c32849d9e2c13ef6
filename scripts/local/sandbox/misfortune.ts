// What goes wrong with a call: the outage that somebody ordered for the whole provider, or the payment's own plan of faults.
import type { Faults } from "../lib/faults.ts";
import type { Books } from "./books.ts";
import { parseFaults, type SandboxFaultName, type SandboxOperation } from "./fault-plan.ts";

/** The outages that `POST /_local/faults` knows for target `provider`. */
export const OUTAGES = ["unavailable", "lost", "slow"] as const;
export type Outage = (typeof OUTAGES)[number];
/** How a call goes wrong on its way; at most one per call. */
export const DELIVERY = ["unavailable", "lost", "timeout", "sticky_500"] as const;
export type Delivery = (typeof DELIVERY)[number] | "slow" | undefined;

export class Misfortune {
  private readonly books: Books;
  private readonly outages: Faults;

  constructor(books: Books, outages: Faults) {
    this.books = books;
    this.outages = outages;
  }

  /** Remembers the first plan that a reference came with; throws FaultPlanError for one that it cannot read. */
  async keepPlan(reference: string, plan: string | undefined): Promise<void> {
    if (plan === undefined) return;
    parseFaults(plan);
    await this.books.keepPlan(reference, plan);
  }

  /** An outage comes first: it uses up nothing of the payment's plan. */
  async delivery(reference: string, operation: SandboxOperation): Promise<Delivery> {
    const struck = this.outages.strike("provider");
    return OUTAGES.find((outage) => outage === struck) ?? (await this.strike(reference, operation, DELIVERY));
  }

  /** The first fault of the plan, in its own order, that is among the names and has strikes left. */
  async strike<Name extends SandboxFaultName>(
    reference: string,
    operation: SandboxOperation,
    names: readonly Name[],
  ): Promise<Name | undefined> {
    for (const { fault, operation: of, times } of parseFaults((await this.books.plan(reference)) ?? "")) {
      const name = names.find((one) => one === fault);
      if (!name || of !== operation) continue;
      if (times === undefined || (await this.books.strike(reference, `${fault}_${of}`, times))) return name;
    }
    return undefined;
  }
}
