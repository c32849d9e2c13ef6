// A few clients that pay one payment after the other until they are stopped. They remember every
// answer. Each waits for its answer: clients with a pace of their own would bury a slow endpoint,
// and that would be no deploy's fault.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "../../proofs/lib/client.ts";

/** A capture of some fifteen seconds. */
export const SLOW = "timeout_capture_x1";
/**
 * What each client orders of the sandbox: one of them is slow, so that a saga runs at nearly any
 * moment.
 */
const CLIENTS = [undefined, undefined, SLOW];
const PAUSE_MS = 500;
/** A bound for what hangs. */
const LONGEST_MS = 1_200_000;

export class Traffic {
  readonly ids: string[] = [];
  /** Requests that a deploy must not cost anybody, as sentences. */
  readonly failed: string[] = [];
  requests = 0;
  private readonly client: Client;
  private readonly merchant: string;
  private readonly amount: number;
  private readonly running: Promise<void>[];
  private stopped = false;

  /** Starts at once. */
  constructor(client: Client, merchant: string, amount: number) {
    this.client = client;
    this.merchant = merchant;
    this.amount = amount;
    this.running = CLIENTS.map((sandbox) => this.loop(sandbox));
  }

  /** Resolves once every payment that was begun has ended, or was given up. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }

  private async loop(sandbox: string | undefined): Promise<void> {
    while (!this.stopped) {
      await this.pay(sandbox);
      await wait(PAUSE_MS);
    }
  }

  /** Begins a payment now; resolves once it has ended, or was given up. */
  async pay(sandbox?: string): Promise<void> {
    const metadata = sandbox ? { metadata: { sandbox } } : {};
    const body = { amount: this.amount, currency: "EUR", user_id: randomUUID(), ...metadata };
    const accepted = await this.send("POST /payments", 202, () =>
      this.client.pay(this.merchant, randomUUID(), body),
    );
    if (accepted === undefined) return;
    const id = String(accepted.payment_id);
    this.ids.push(id);
    const deadline = Date.now() + LONGEST_MS;
    while (Date.now() < deadline) {
      const payment = await this.send("GET /payments/{id}", 200, () =>
        this.client.request("GET", `/payments/${id}`, { merchant: this.merchant }),
      );
      if (payment?.status !== "PENDING" && payment?.status !== "PROCESSING") return;
      await wait(PAUSE_MS);
    }
  }

  /**
   * The answer's JSON; a request that got another status, or none, is noted and answers undefined.
   */
  private async send(what: string, status: number, request: () => ReturnType<Client["request"]>) {
    this.requests += 1;
    try {
      const answer = await request();
      if (answer.status === status) return answer.json;
      this.failed.push(`${what} answered ${answer.status} ${answer.text}`);
    } catch (error) {
      this.failed.push(`${what} got no answer: ${error}`);
    }
    return undefined;
  }
}
