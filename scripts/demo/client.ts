// The demo's client of Contra, over HTTP like every other: it pays, reads, orders
// faults and redrives.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

export type Failure = { code: string; step: string; undone: string[] };
export type Payment = {
  payment_id: string;
  rail: "card" | "stablecoin";
  amount: number;
  status: string;
  step?: string;
  created_at: string;
  failure?: Failure;
};
export type TrailEvent = { type: string; occurred_at: string; data: Record<string, unknown> };
export type SagaEvent = { type: string; timestamp: string } & Record<string, Record<string, string> | string>;
export type Operation = {
  operation: string;
  state: string;
  amount: number;
  currency: string;
  /** What a ramp gave for the amount. */
  receive_amount?: number;
  receive_currency?: string;
  at: string;
};
/** Amounts are in minor units. */
export type Ledger = { pending: string; available: string; balanced: boolean };
type Fault = { target: string; fault: string; count?: number; seconds?: number };

const MERCHANT = "demo-shop";
const ASK_EVERY_MS = 200;
/** Statuses that mean: not now, send the same request again. */
const BUSY = [429, 503];
const BUSY_AT_MOST_MS = 120_000;

export class Contra {
  private readonly url: string;
  private readonly token: string;

  /** The number by which the stack divides its waits. */
  readonly timeScale: number;

  private constructor(url: string, token: string, timeScale: number) {
    this.url = url;
    this.token = token;
    this.timeScale = timeScale;
  }

  static async at(url: string, timeScale: number): Promise<Contra> {
    const basic = Buffer.from(`${MERCHANT}:demo`).toString("base64");
    const answer = await fetch(`${url}/oauth2/token`, {
      method: "POST",
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    if (!answer.ok) throw new Error(`no token: ${answer.status}`);
    const { access_token } = (await answer.json()) as { access_token: string };
    return new Contra(url, access_token, timeScale);
  }

  /**
   * Calls, and sends the same request again as long as the answer asks for it. Throws
   * on every refusal.
   */
  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      // The same key every time, so that a payment whose answer was lost is not made twice.
      "idempotency-key": randomUUID(),
      ...(body ? { "content-type": "application/json" } : {}),
    };
    const order = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    for (const deadline = Date.now() + BUSY_AT_MOST_MS; ; ) {
      const answer = await fetch(this.url + path, order);
      const text = await answer.text();
      if (answer.ok) return (text ? JSON.parse(text) : undefined) as T;
      const pause = pauseOf(answer);
      if (pause === undefined || Date.now() + pause > deadline)
        throw new Error(`${method} ${path} answered ${answer.status} ${text}`);
      await wait(pause);
    }
  }

  /** Posts a card payment. `plan` orders faults of the sandbox provider for this payment alone. */
  async pay(amount: number, plan?: string): Promise<string> {
    const metadata = plan ? { metadata: { sandbox: plan } } : {};
    const body = { amount, currency: "EUR", user_id: randomUUID(), ...metadata };
    return (await this.call<Payment>("POST", "/payments", body)).payment_id;
  }

  /** Posts a conversion from euros to yen. `plan` is as above. */
  async convert(amount: number, plan?: string): Promise<string> {
    const metadata = plan ? { metadata: { sandbox: plan } } : {};
    const accounts = { source_account: "euros", destination_account: "yen" };
    const body = { amount, currency: "EUR", destination_currency: "JPY", ...accounts, ...metadata };
    return (await this.call<Payment>("POST", "/payments", body)).payment_id;
  }

  payment = (id: string): Promise<Payment> => this.call("GET", `/payments/${id}`);
  trail = async (id: string): Promise<TrailEvent[]> =>
    (await this.call<{ events: TrailEvent[] }>("GET", `/payments/${id}/events`)).events;
  saga = async (id: string): Promise<SagaEvent[]> =>
    (await this.call<{ events: SagaEvent[] }>("GET", `/sagas/${id}`)).events;
  cancel = (id: string): Promise<Payment> => this.call("POST", `/payments/${id}/cancel`);
  redrive = (id: string): Promise<unknown> => this.call("POST", `/sagas/${id}/redrive`, {});

  /** What the provider did, from its own books. */
  operations = async (id: string): Promise<Operation[]> =>
    (await this.call<{ operations: Operation[] }>("GET", `/sandbox/operations?payment_id=${id}`)).operations;

  /** How many payments hold value in transit. */
  holders = async (): Promise<number> =>
    (await this.call<{ holdings: unknown[] }>("GET", "/accounts/in_transit/holdings")).holdings.length;

  /** The merchant's balance, and whether all accounts sum to zero. */
  async ledger(): Promise<Ledger> {
    const { balances } = await this.call<{ balances: Omit<Ledger, "balanced">[] }>(
      "GET",
      "/accounts/settlement/balance",
    );
    const { trial_balance } = await this.call<{ trial_balance: { balanced: boolean } }>(
      "GET",
      "/integrity/report",
    );
    const { pending = "0", available = "0" } = balances[0] ?? {};
    return { pending, available, balanced: trial_balance.balanced };
  }

  order = (fault: Fault): Promise<unknown> => this.call("POST", "/sandbox/faults", fault);
  clearFaults = (): Promise<unknown> => this.call("DELETE", "/sandbox/faults");

  /**
   * The payment once `is` holds of it. After `seconds` it throws with the name of what
   * it waited for.
   */
  async until(
    id: string,
    what: string,
    seconds: number,
    is: (payment: Payment) => boolean,
  ): Promise<Payment> {
    const deadline = Date.now() + seconds * 1000;
    while (Date.now() < deadline) {
      const payment = await this.payment(id);
      if (is(payment)) return payment;
      await wait(ASK_EVERY_MS);
    }
    throw new Error(`not within ${seconds} s: payment ${id} ${what}`);
  }
}

/** Milliseconds until the same request may be sent again; undefined when the answer is final. */
function pauseOf({ status, headers }: Response): number | undefined {
  const seconds = headers.get("retry-after");
  return BUSY.includes(status) && seconds !== null && /^\d+$/.test(seconds)
    ? Number(seconds) * 1000
    : undefined;
}
