// A client that pays at a rate or as fast as payments get through, and notes how long it waited. A
// payment that is turned away for now is sent again with the same key, as a client must.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Counters, Rail } from "../capacity/costs.ts";

/** Of one payment: its id, milliseconds until its 202, and how often it was turned away before. */
export type Posted = { id: string; merchant: string; ms: number; turnedAway: number };
/** Whose it is, and the account that is paid, or converts: if none, one that the merchant has. */
export type Payer = { merchant: string; account?: string };
type Json = Record<string, unknown>;

const AMOUNT = 10_000;
/** Milliseconds between two tries of a request that was turned away. */
const AGAIN_MS = 500;
const TRIES = 600;
const LOOK_EVERY_MS = 100;

const bodyOf = (rail: Rail, account: string | undefined): Json =>
  rail === "card"
    ? { user_id: randomUUID(), ...(account ? { destination_account: account } : {}) }
    : { destination_currency: "JPY", source_account: account ?? "euros", destination_account: "yen" };

export class BenchClient {
  private readonly url: string;
  private readonly tokens = new Map<string, Promise<string>>();

  constructor(url: string) {
    this.url = url;
  }

  token(merchant: string): Promise<string> {
    const token = this.tokens.get(merchant) ?? this.grant(merchant);
    this.tokens.set(merchant, token);
    return token;
  }

  private async grant(merchant: string): Promise<string> {
    const answer = await fetch(`${this.url}/oauth2/token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${merchant}:secret`).toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** The answer, whatever its status. */
  async call(
    method: string,
    path: string,
    { merchant = "bench", body, key = randomUUID() }: { merchant?: string; body?: Json; key?: string } = {},
  ) {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${await this.token(merchant)}`,
        "idempotency-key": key,
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
    return { status: answer.status, text, json: (isJson ? JSON.parse(text) : {}) as Json };
  }

  async counters(): Promise<Counters> {
    return (await this.call("GET", "/sandbox/counters")).json as Counters;
  }

  async pay(rail: Rail, { merchant, account }: Payer, more: Json = {}): Promise<Posted> {
    const body = { amount: AMOUNT, currency: "EUR", ...bodyOf(rail, account), ...more };
    const order = { merchant, body, key: randomUUID() };
    await this.token(merchant);
    const sent = performance.now();
    for (let turnedAway = 0; turnedAway < TRIES; turnedAway++) {
      const { status, text, json } = await this.call("POST", "/payments", order);
      if (status === 202)
        return { id: String(json.payment_id), merchant, ms: performance.now() - sent, turnedAway };
      if (status !== 503 && status !== 429) throw new Error(`POST /payments answered ${status} ${text}`);
      await wait(AGAIN_MS);
    }
    throw new Error("POST /payments was turned away again and again");
  }

  /** As many each second, whether or not the ones before were answered. */
  async payAtRate(rail: Rail, count: number, perSecond: number, payer: Payer): Promise<Posted[]> {
    const began = performance.now();
    const posted: Promise<Posted>[] = [];
    for (let index = 0; index < count; index++) {
      const due = began + (index * 1000) / perSecond - performance.now();
      if (due > 0) await wait(due);
      posted.push(this.pay(rail, payer));
    }
    return Promise.all(posted);
  }

  /** At most `width` on their way at a time. A payment is through once it is notified. */
  async payAtOnce(rail: Rail, count: number, width: number, payers: readonly Payer[]): Promise<Posted[]> {
    const through = async () => (await this.counters())["lambda.invocations.notify-payment"] ?? 0;
    const before = await through();
    const posted: Promise<Posted>[] = [];
    for (let done = 0; done < count; ) {
      while (posted.length < Math.min(count, done + width))
        posted.push(this.pay(rail, payers[posted.length % payers.length] as Payer));
      await Promise.race([wait(LOOK_EVERY_MS), Promise.all(posted)]);
      await wait(LOOK_EVERY_MS);
      done = (await through()) - before;
    }
    return Promise.all(posted);
  }

  /** Milliseconds from acceptance until COMPLETED; undefined of a payment that is not. */
  async wholeMs({ id, merchant }: Posted): Promise<number | undefined> {
    const { json } = await this.call("GET", `/payments/${id}`, { merchant });
    if (json.status !== "COMPLETED") return undefined;
    return Date.parse(String(json.processed_at)) - Date.parse(String(json.created_at));
  }
}
