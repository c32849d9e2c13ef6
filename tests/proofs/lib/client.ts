// A client of Contra as any integrator would write it: a token, JSON over HTTP, and polling until a
// payment has ended. What only a laptop's stack answers (tokens, the provider's books, counters,
// faults) are methods that tests/e2e overrides.
import { randomUUID } from "node:crypto";
import { localClient } from "../../../scripts/lib/local-client.ts";
import { runningStack } from "../../../scripts/lib/running-stack.ts";
import { PREFIX } from "../../../scripts/local/common/settings.ts";
import { patiently, until } from "./patience.ts";
import { allItems } from "./table-items.ts";

export type Answer = { status: number; headers: Headers; text: string; json: Json };
export type Json = Record<string, unknown>;
export type Operation = {
  operation: string;
  state: string;
  idempotency_key: string;
  amount: number;
  currency: string;
};

/**
 * Whose token opens the routes of `ops`, and whose merchant is an empty one, as Terraform's clients
 * have it.
 */
export const OPERATOR = "operator";
/** Another person, with a client of their own. */
export const SECOND_OPERATOR = "operator-2";
/**
 * What terraform/identity.tf lets a client ask for: so a route that a real token does not open
 * fails here too.
 */
export const scopesOf = (client: string): string[] =>
  [OPERATOR, SECOND_OPERATOR].includes(client)
    ? ["ops", "payments:read"]
    : ["payments:write", "payments:read"];

/** A merchant that nobody else pays for. */
export const newMerchant = (): string => `m-${randomUUID().slice(0, 8)}`;

/** What a payment says of its failure; every part is missing where it has not failed. */
export function failureOf({ failure }: Json): { code?: string; step?: string; undone?: string[] } {
  const { code, step, undone } = (failure ?? {}) as { code?: string; step?: string; undone?: string[] };
  return { ...(code && { code }), ...(step && { step }), ...(undone && { undone }) };
}

const ENDED = new Set(["COMPLETED", "FAILED", "CANCELED", "IN_REVIEW"]);

export class Client {
  readonly url: string;
  protected readonly pauseMs: number = 100;
  private readonly home: string | undefined;
  private readonly tokens = new Map<string, Promise<string>>();

  /** `home` is the stack's own directory, for who looks into its tables. */
  constructor(url: string, home?: string) {
    this.url = url;
    this.home = home;
  }

  /** An access token of a merchant, or of the operator; asked for once. */
  token(merchant: string): Promise<string> {
    const known = this.tokens.get(merchant) ?? this.askForToken(merchant);
    this.tokens.set(merchant, known);
    known.catch(() => this.tokens.delete(merchant));
    return known;
  }

  protected async askForToken(merchant: string): Promise<string> {
    const basic = Buffer.from(`${merchant}:secret`).toString("base64");
    const response = await fetch(`${this.url}/oauth2/token`, {
      method: "POST",
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
      body: `grant_type=client_credentials&scope=${scopesOf(merchant).join(" ")}`,
    });
    if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  async request(
    method: string,
    path: string,
    init: { merchant?: string; headers?: Json; body?: unknown } = {},
  ): Promise<Answer> {
    const { merchant, headers = {}, body } = init;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(merchant ? { authorization: `Bearer ${await this.token(merchant)}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(headers as Record<string, string>),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }

  pay(merchant: string, key: string, body: unknown, path = "/payments"): Promise<Answer> {
    return this.request("POST", path, { merchant, headers: { "idempotency-key": key }, body });
  }

  /**
   * The id of a payment that is taken. A busy stack is asked again with the same key; throws when
   * it refuses.
   */
  async accepted(merchant: string, body: unknown, path = "/payments"): Promise<string> {
    const key = randomUUID();
    const { status, text, json } = await patiently(`POST ${path}`, () => this.pay(merchant, key, body, path));
    if (status !== 202) throw new Error(`POST ${path} answered ${status} ${text}`);
    return String(json.payment_id);
  }

  /** What is there; a busy stack is asked again. */
  async get(merchant: string, path: string): Promise<Json> {
    const answer = await patiently(`GET ${path}`, () => this.request("GET", path, { merchant }));
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** Polls until the payment has ended. */
  async ended(merchant: string, paymentId: string): Promise<Json> {
    return this.until(`payment ${paymentId} ends`, async () => {
      const payment = await this.get(merchant, `/payments/${paymentId}`);
      return ENDED.has(String(payment.status)) ? payment : undefined;
    });
  }

  /**
   * Asks again after each pause until there is an answer; throws naming `what` when there never is
   * one.
   */
  until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    return until(what, ask, this.pauseMs);
  }

  /** What the provider did for a payment, from its own books. */
  async operations(paymentId: string): Promise<Operation[]> {
    const { json } = await this.request("GET", `/sandbox/operations?payment_id=${paymentId}`);
    return json.operations as Operation[];
  }

  /** The same as words, in their order: `authorize succeeded`. */
  async effects(paymentId: string): Promise<string[]> {
    return (await this.operations(paymentId)).map(({ operation, state }) => `${operation} ${state}`);
  }

  async counters(): Promise<Record<string, number>> {
    return (await this.request("GET", "/sandbox/counters")).json as Record<string, number>;
  }

  /** Grows with every write to a table, and stands still while nothing is written. */
  async written(): Promise<number> {
    return (await this.counters())["dynamodb.write_units"] ?? 0;
  }

  /** Every item of every table, by its place. */
  async items(): Promise<Map<string, string>> {
    const database = localClient(String(runningStack(this.home).parts.dynamodb?.url));
    try {
      return await allItems(database, PREFIX);
    } finally {
      database.destroy();
    }
  }

  /** Orders a fault of one of our own parts. */
  async fault(fault: Json): Promise<void> {
    const { status, text } = await this.request("POST", "/sandbox/faults", { body: fault });
    if (status >= 300) throw new Error(`the fault was not taken: ${status} ${text}`);
  }

  async clearFaults(): Promise<void> {
    await this.request("DELETE", "/sandbox/faults");
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {}; // Not every answer is JSON; `text` has it.
  }
}

/** Runs `task` for 0 … count-1, at most `width` at a time, and returns the results in order. */
export async function concurrently<T>(
  count: number,
  width: number,
  task: (index: number) => Promise<T>,
): Promise<T[]> {
  const results = new Array<T>(count);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      results[index] = await task(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
  return results;
}
