// Reads a request body as a payment of its rail, or reports everything that is wrong with it at
// once. Only the request itself decides: nothing is looked up here.
import { type Sound, soundMembers, violations } from "../lib/contracts/contract.ts";
import type { Contract } from "../lib/contracts/schema.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import { UNKNOWN_FIELD } from "../lib/contracts/sentences.ts";
import type { CardPaymentRequest, StablecoinPaymentRequest } from "../lib/contracts/types.ts";
import { reservedAccounts } from "../lib/domain/accounts.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { unknownCurrencies, untimelyCurrencies } from "../lib/domain/currencies.ts";
import { parseKey } from "../lib/domain/idempotency.ts";
import { oversizedMetadata } from "../lib/domain/metadata.ts";
import { exemplified } from "../lib/domain/money.ts";
import { type FieldError, InvalidRequest } from "../lib/errors/registry.ts";
import { isPlan, KNOWN_ORDERS } from "../lib/sandbox/fault-plan.ts";

export type PaymentRequest =
  | { rail: "card"; body: CardPaymentRequest }
  | { rail: "stablecoin"; body: StablecoinPaymentRequest };
type Rail = PaymentRequest["rail"];

const CONTRACTS: Record<Rail, Contract> = {
  card: schemas.CardPaymentRequest,
  stablecoin: schemas.StablecoinPaymentRequest,
};

export type Reading = {
  /** The rail of a path that takes only one rail. */
  demanded?: "card" | undefined;
  /** True where `metadata.sandbox` is obeyed. Elsewhere it is a merchant's data like any other. */
  takesOrders: boolean;
  /** The moment of the request, in milliseconds since the epoch. */
  now: number;
};

/** `untimely`: what only a request that was sent before may still say. */
export type Read = PaymentRequest & { key: string; untimely: FieldError[] };

/** Throws InvalidRequest. */
export function readRequest(
  body: Record<string, unknown>,
  idempotencyKey: string | undefined,
  { demanded, takesOrders, now }: Reading,
): Read {
  const rail = demanded ?? railOf(body);
  const parsed = parseKey(idempotencyKey);
  const broken = rail === undefined ? shapeless(body) : violationsOf(rail, body, demanded);
  const members = soundMembers(body, broken);
  const errors: FieldError[] = [
    ...("wrong" in parsed ? [{ header: "Idempotency-Key", detail: parsed.wrong }] : []),
    ...exemplified(broken, members.currency),
    ...suspectStrings(members),
    ...unknownCurrencies(members),
    ...reservedAccounts(members, ["source_account", "destination_account"]),
    ...(takesOrders ? unknownOrders(members) : []),
  ];
  const untimely = [
    ...untimelyCurrencies(members, now),
    ...oversizedMetadata(members.metadata as CardPaymentRequest["metadata"]),
  ];
  if ("wrong" in parsed || errors.length > 0)
    throw new InvalidRequest("the request has errors", [...errors, ...untimely]);
  return { rail, body, key: parsed.key, untimely } as unknown as Read;
}

const RAILS = Object.keys(CONTRACTS) as Rail[];

/**
 * `rail` decides where it is given. Otherwise the shape decides, because the seeds have two: a user
 * pays by card, and an account pays another account. Undefined for a body that has neither shape.
 */
function railOf(body: Record<string, unknown>): Rail | undefined {
  if (body.rail !== undefined) return RAILS.find((rail) => rail === body.rail);
  if ("user_id" in body) return "card";
  return "source_account" in body ? "stablecoin" : undefined;
}

/** What is wrong with a body of that rail. A member of another rail is named as one. */
function violationsOf(rail: Rail, body: Record<string, unknown>, demanded?: Rail): FieldError[] {
  const broken = violations(CONTRACTS[rail], body);
  if (!broken.some(isUnknownField)) return broken;
  const strangers = RAILS.filter((other) => other !== rail).map((other) => ({
    other,
    unknown: new Set(violations(CONTRACTS[other], body).filter(isUnknownField).map(pointerOf)),
  }));
  return broken.map((error) => {
    const owner = isUnknownField(error) && strangers.find(({ unknown }) => !unknown.has(pointerOf(error)));
    if (!owner) return error;
    return { ...error, detail: `belongs to a ${owner.other} payment; ${wayOut(rail, body, demanded)}` };
  });
}

const isUnknownField = ({ detail }: FieldError): boolean => detail === UNKNOWN_FIELD;
const pointerOf = ({ pointer }: FieldError): string | undefined => pointer;

/** What made the payment one of this rail, and how it is one of another. */
function wayOut(rail: Rail, body: Record<string, unknown>, demanded?: Rail): string {
  if (demanded !== undefined) return "use POST /payments";
  if (body.rail !== undefined) return `\`rail\` is \`${rail}\`: leave the member out`;
  const decided = rail === "card" ? "user_id" : "source_account";
  return `\`${decided}\` made this a ${rail} payment: name \`rail\`, or leave one of them out`;
}

/** What is wrong with a body of no rail: what each would need, and what is wrong for both. */
function shapeless(body: Record<string, unknown>): FieldError[] {
  const [card, stablecoin] = RAILS.map((rail) => violations(CONTRACTS[rail], body)) as [
    FieldError[],
    FieldError[],
  ];
  const decides =
    body.rail === undefined
      ? { pointer: "", detail: `is neither ${RAILS.map(needsOf).join(" nor ")}` }
      : { pointer: "/rail", detail: `must be ${RAILS.map((rail) => `\`${rail}\``).join(" or ")}` };
  const nameOf = ({ pointer, detail }: FieldError): string => `${pointer} ${detail}`;
  const others = new Set(stablecoin.map(nameOf));
  return [decides, ...card.filter((error) => others.has(nameOf(error)))];
}

/** What a rail demands, as its schema says it of a body that has nothing. */
function needsOf(rail: Rail): string {
  const names = violations(CONTRACTS[rail], {}).map(({ pointer = "" }) => `\`${pointer.slice(1)}\``);
  return `a ${rail} payment (needs ${names.join(", ")})`;
}

/** An order that nobody knows would be refused by the provider, in the middle of the payment. */
function unknownOrders({ metadata }: Sound): FieldError[] {
  const plan = (metadata as CardPaymentRequest["metadata"])?.sandbox;
  if (plan === undefined || isPlan(plan)) return [];
  return [{ pointer: "/metadata/sandbox", detail: `is no list of orders: ${KNOWN_ORDERS}` }];
}
