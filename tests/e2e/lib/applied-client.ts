// The client of tests/proofs for an API that was applied: the same proofs run against it. Tokens
// come from our own issuer, the provider's books from the sandbox, counters and faults from the
// emulator.
import { setTimeout as wait } from "node:timers/promises";
import { Client, type Json, type Operation } from "../../proofs/lib/client.ts";
import type { Control, Order } from "./control.ts";
import type { Issuer } from "./issuer.ts";
import type { Sandbox } from "./sandbox.ts";

/**
 * A fault at a rate strikes every so many calls; more than this many strikes of one order are never
 * needed.
 */
const MOST_STRIKES = 50;
/** Until it is cleared. */
const ALL = 1_000_000;

const CONFLICT = { CancellationReasons: [{ Code: "TransactionConflict", Message: "injected" }] };
const DYNAMODB_FAULTS: Record<string, Omit<Order, "service" | "operation">> = {
  conflict: { error: "TransactionCanceledException", status: 400, body: CONFLICT },
  lost_answer: { error: "InternalServerError", status: 500, after: true },
};

type Parts = {
  issuer: Issuer;
  control: Control;
  sandbox: Sandbox;
  /** Every item of the workspace's tables, by its place. */
  items: () => Promise<Map<string, string>>;
};

export class AppliedClient extends Client {
  /** Every question is a run of a function, and the emulator is one process. */
  protected override readonly pauseMs = 400;
  private readonly parts: Parts;
  private clearing: AbortController | undefined;

  constructor(url: string, parts: Parts) {
    super(url);
    this.parts = parts;
  }

  protected override askForToken(merchant: string): Promise<string> {
    return this.parts.issuer.token(merchant);
  }

  override operations(paymentId: string): Promise<Operation[]> {
    return this.parts.sandbox.operations(paymentId);
  }

  override async counters(): Promise<Record<string, number>> {
    return { ...(await this.parts.sandbox.counters()), ...(await this.parts.control.counts()) };
  }

  /** The emulator counts items and not units. */
  override async written(): Promise<number> {
    return (await this.parts.control.counts())["dynamodb.writes"] ?? 0;
  }

  override items(): Promise<Map<string, string>> {
    return this.parts.items();
  }

  /** Takes the orders of a laptop's stack that have a meaning here; throws for any other. */
  override async fault({ target, fault, rate, seconds }: Json): Promise<void> {
    const { control } = this.parts;
    if (target === "StartExecution" && fault === "throttle") {
      await control.fault({
        service: "states",
        operation: "StartExecution",
        error: "ThrottlingException",
        status: 400,
        count: ALL,
      });
      this.clearAfter(Number(seconds));
      return;
    }
    const order = target === "dynamodb" ? DYNAMODB_FAULTS[String(fault)] : undefined;
    if (!order) throw new Error(`there is no fault ${fault} of ${target} here`);
    // One order lets others' calls pass, so orders that skip ever more calls strike one after the
    // other.
    const every = Math.round(1 / Number(rate ?? 1));
    for (let strike = 0; strike < MOST_STRIKES; strike++) {
      const skip = strike * (every - 1);
      await control.fault({ service: "dynamodb", operation: "TransactWriteItems", ...order, count: 1, skip });
    }
  }

  override async clearFaults(): Promise<void> {
    this.clearing?.abort();
    await this.parts.control.clearFaults();
  }

  private clearAfter(seconds: number): void {
    const clearing = new AbortController();
    this.clearing = clearing;
    wait(seconds * 1000, undefined, { signal: clearing.signal }).then(
      () => this.parts.control.clearFaults(),
      () => undefined, // Cleared by hand before.
    );
  }
}
