// A payment of either rail with orders for the sandbox, and what its provider's books say of it in
// words: each deed, and where it is not what was asked for.
import { randomUUID } from "node:crypto";
import type { Client } from "./client.ts";
import { convert, type RampOperation } from "./conversions.ts";

export type Rail = "card" | "stablecoin";

export const AMOUNT = 10_000;
const CONVERSION = { amount: AMOUNT, currency: "EUR", destination_currency: "JPY" };

/** The id of the payment, once it is taken. */
export function ordered(client: Client, merchant: string, rail: Rail, sandbox?: string): Promise<string> {
  const metadata = sandbox ? { metadata: { sandbox } } : {};
  return rail === "stablecoin"
    ? convert(client, merchant, CONVERSION, metadata)
    : client.accepted(merchant, { amount: AMOUNT, currency: "EUR", user_id: randomUUID(), ...metadata });
}

type Deed = RampOperation & { reference: string };

/** What each deed is measured in, and about how much of it there is, in minor units. */
const WHOLE: Record<string, { of: "amount" | "receive_amount"; currency: string; about: number }> = {
  authorize: { of: "amount", currency: "EUR", about: 10_000 },
  capture: { of: "amount", currency: "EUR", about: 10_000 },
  void: { of: "amount", currency: "EUR", about: 10_000 },
  on_ramp: { of: "receive_amount", currency: "USDC", about: 107_000_000 },
  off_ramp: { of: "receive_amount", currency: "JPY", about: 15_700 },
  reverse_on_ramp: { of: "amount", currency: "USDC", about: 107_000_000 },
};

/** `authorize`, `capture refused`, `off_ramp in part`, `void in USD`, `capture misnamed`. */
export function asBooked(deed: Deed, paymentId: string): string {
  const { operation, state } = deed;
  if (state !== "succeeded") return `${operation} ${state}`;
  const { of, currency, about } = WHOLE[operation] ?? { of: "amount", currency: "EUR", about: 0 };
  const booked = of === "amount" ? deed.currency : deed.receive_currency;
  const inPart = Number(deed[of]) < about / 2 ? " in part" : "";
  const inOther = booked === currency || operation === "reverse_on_ramp" ? "" : ` in ${booked}`;
  const ofOther = deed.reference === paymentId ? "" : " misnamed";
  return `${operation}${inPart}${inOther}${ofOther}`;
}

export const deedsOf = async (client: Client, paymentId: string): Promise<Deed[]> =>
  (await client.operations(paymentId)) as Deed[];

/** Everything that the provider's books have of the payment, in their order. */
export const booked = async (client: Client, paymentId: string): Promise<string[]> =>
  (await deedsOf(client, paymentId)).map((deed) => asBooked(deed, paymentId));

/** What is wrong with it whatever befell it: value that is lost, or moved twice. */
export function lostValue(status: string, deeds: Deed[]): string[] {
  const took = (name: string) =>
    deeds.filter(({ operation, state }) => operation === name && state === "succeeded").length;
  const held = took("authorize") - took("void") - took("capture");
  const carried = took("on_ramp") - took("off_ramp") - took("reverse_on_ramp");
  const checks: [boolean, string][] = [
    [took("capture") > 1, "captured twice"],
    [took("off_ramp") > 1, "paid out twice"],
    [took("off_ramp") > 0 && took("reverse_on_ramp") > 0, "paid out and sold back"],
    [status === "FAILED" && took("capture") > 0, "failed and captured"],
    [status === "FAILED" && took("off_ramp") > 0, "failed and paid out"],
    [status === "COMPLETED" && took("capture") + took("off_ramp") !== 1, "completed and not paid"],
    [status !== "IN_REVIEW" && held !== 0, `${status}, and ${held} holds stand`],
    [status !== "IN_REVIEW" && carried !== 0, `${status}, and ${carried} purchases are stranded`],
  ];
  return checks.filter(([is]) => is).map(([, sentence]) => sentence);
}

type Report = { open_findings: { oldest: { payment_id: string; kind: string }[] } };

/** The kinds of the payment's open findings, in the order of the alphabet. */
export async function findingsOf(client: Client, operator: string, paymentId: string): Promise<string[]> {
  const { open_findings } = (await client.get(operator, "/integrity/report")) as Report;
  const own = open_findings.oldest.filter(({ payment_id }) => payment_id === paymentId);
  return own.map(({ kind }) => kind).sort();
}
