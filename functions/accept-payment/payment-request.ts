// Reads a request body as a payment of its rail, or reports everything that is wrong with it at
// once. Only the request itself decides: nothing is looked up here.
import { violations } from "../lib/contracts/contract.ts";
import type { CardPaymentRequest, StablecoinPaymentRequest } from "../lib/contracts/types.ts";
import { isHouseAccount } from "../lib/domain/accounts.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { parseKey } from "../lib/domain/idempotency.ts";
import { unknownCurrencies } from "../lib/domain/money.ts";
import { type FieldError, InvalidRequest } from "../lib/errors/registry.ts";
import { isPlan, KNOWN_ORDERS } from "../lib/sandbox/fault-plan.ts";

export type PaymentRequest =
  | { rail: "card"; body: CardPaymentRequest }
  | { rail: "stablecoin"; body: StablecoinPaymentRequest };
type Rail = PaymentRequest["rail"];

const CONTRACTS: Record<Rail, string> = {
  card: "CardPaymentRequest",
  stablecoin: "StablecoinPaymentRequest",
};

export type Reading = {
  /** The rail of a path that takes only one rail. */
  demanded?: "card" | undefined;
  /** True where `metadata.sandbox` is obeyed. Elsewhere it is a merchant's data like any other. */
  takesOrders: boolean;
};

/** Throws InvalidRequest. */
export function readRequest(
  body: Record<string, unknown>,
  idempotencyKey: string | undefined,
  { demanded, takesOrders }: Reading,
): PaymentRequest & { key: string } {
  const rail = demanded ?? railOf(body);
  const parsed = parseKey(idempotencyKey);
  const errors: FieldError[] = [
    ...("wrong" in parsed ? [{ header: "Idempotency-Key", detail: parsed.wrong }] : []),
    ...violations(CONTRACTS[rail], body),
    ...suspectStrings(body),
    ...unknownCurrencies(body),
    ...reservedAccounts(body),
    ...(takesOrders ? unknownOrders(body) : []),
  ];
  if ("wrong" in parsed || errors.length > 0) throw new InvalidRequest("the request has errors", errors);
  return { rail, body, key: parsed.key } as unknown as PaymentRequest & { key: string };
}

/**
 * `rail` decides where it is given. Otherwise the shape decides, because the seeds have two: a user
 * pays by card, and an account pays another account.
 */
const railOf = (body: Record<string, unknown>): Rail =>
  body.rail === "stablecoin" || (body.rail === undefined && "source_account" in body && !("user_id" in body))
    ? "stablecoin"
    : "card";

/** An order that nobody knows would be refused by the provider, in the middle of the payment. */
function unknownOrders({ metadata }: Record<string, unknown>): FieldError[] {
  const plan = (metadata as { sandbox?: unknown } | null | undefined)?.sandbox;
  if (typeof plan !== "string" || isPlan(plan)) return [];
  return [{ pointer: "/metadata/sandbox", detail: `is no list of orders: ${KNOWN_ORDERS}` }];
}

const reservedAccounts = (body: Record<string, unknown>): FieldError[] =>
  ["source_account", "destination_account"]
    .filter((member) => isHouseAccount(String(body[member])))
    .map((member) => ({ pointer: `/${member}`, detail: "is a reserved name" }));
