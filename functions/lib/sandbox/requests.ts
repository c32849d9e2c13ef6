// What the provider accepts. A request is read as a whole, or refused with the reason, before
// anything is looked up.
import { timingSafeEqual } from "node:crypto";
import type { Asked } from "./idempotent-operations.ts";
import type { CaptureRequest, TombstoneRequest, VoidRequest } from "./provider.ts";
import { type RampRequest, type ReversalRequest, STABLECOIN } from "./ramps.ts";

export class BadRequest extends Error {
  override readonly name = "BadRequest";
}
export type Body = Record<string, unknown>;

const MAX_AMOUNT = 999_999_999_999;
const MAX_TEXT = 500;

/** Deeper than any request reaches: a body is hashed by a function that calls itself. */
const MOST_NESTED = 16;

export function readBody(text: string): Body {
  const value = parsed(text);
  if (!value || typeof value !== "object" || Array.isArray(value))
    throw new BadRequest("the body must be a JSON object");
  if (isDeeper(value, MOST_NESTED))
    throw new BadRequest(`the body must be nested at most ${MOST_NESTED} deep`);
  return value as Body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadRequest("the body is not JSON", { cause: error });
  }
}

const isDeeper = (value: unknown, most: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (most === 0 || Object.values(value).some((inner) => isDeeper(inner, most - 1)));

function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "" || value.length > MAX_TEXT)
    throw new BadRequest(`${name} must be a string of 1 to ${MAX_TEXT} characters`);
  return value;
}

/** USDC has six digits, so its amounts may be as large as a JSON number holds exactly. */
function amountIn(body: Body, name: string, currency: string): number {
  const amount = body[name];
  const most = currency === STABLECOIN ? Number.MAX_SAFE_INTEGER : MAX_AMOUNT;
  if (typeof amount !== "number" || !Number.isInteger(amount) || amount < 1 || amount > most)
    throw new BadRequest(`${name} must be an integer of minor units from 1 to ${most}`);
  return amount;
}

function currencyIn(body: Body, name: string): string {
  const currency = body[name];
  if (typeof currency !== "string" || !/^[A-Z]{3,5}$/.test(currency))
    throw new BadRequest(`${name} must be a code of capital letters`);
  return currency;
}

function money(body: Body): { amount: number; currency: string } {
  const currency = currencyIn(body, "currency");
  return { amount: amountIn(body, "amount", currency), currency };
}

/** The text of the fault plan in the metadata; undefined where there is none. */
export function planOf(body: Body): string | undefined {
  const { metadata } = body;
  if (metadata === undefined) return undefined;
  if (!metadata || typeof metadata !== "object") throw new BadRequest("metadata must be an object");
  const { sandbox } = metadata as Body;
  if (sandbox !== undefined && typeof sandbox !== "string")
    throw new BadRequest("metadata.sandbox must be a string");
  return sandbox;
}

export const readAuthorize = (body: Body): Asked => ({
  reference: text(body, "reference"),
  ...money(body),
});
export const readCapture = (body: Body): CaptureRequest => ({
  ...readAuthorize(body),
  authorization_id: text(body, "authorization_id"),
});
export const readTombstone = (body: Body): TombstoneRequest => ({
  reference: text(body, "reference"),
  operation_key: text(body, "operation_key"),
});
export const readVoid = (body: Body): VoidRequest => ({
  ...readTombstone(body),
  ...(body.authorization_id === undefined ? {} : { authorization_id: text(body, "authorization_id") }),
});

export function readRamp(body: Body): RampRequest {
  const receive_currency = currencyIn(body, "receive_currency");
  const receive_amount = amountIn(body, "receive_amount", receive_currency);
  return { ...readAuthorize(body), receive_amount, receive_currency };
}
export const readReversal = (body: Body): ReversalRequest => ({
  ...readAuthorize(body),
  on_ramp_id: text(body, "on_ramp_id"),
  receive_currency: currencyIn(body, "receive_currency"),
});

/** A key is 1 to 255 printable characters. */
export function readKey(header: string | undefined): string {
  if (typeof header !== "string" || !/^[\x21-\x7e]{1,255}$/.test(header))
    throw new BadRequest("Idempotency-Key is required: 1 to 255 printable characters");
  return header;
}

export function isAllowed(header: string | undefined, secret: string): boolean {
  const given = Buffer.from(header ?? "");
  const wanted = Buffer.from(`Bearer ${secret}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
