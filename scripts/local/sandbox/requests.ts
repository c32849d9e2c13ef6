// What the provider accepts: each request is read whole or refused with the reason, before anything is looked up.
import type { AuthorizeRequest, CaptureRequest, VoidRequest } from "./provider.ts";

export class BadRequest extends Error {
  override readonly name = "BadRequest";
}
export type Body = Record<string, unknown>;

const MAX_AMOUNT = 999_999_999_999;
const MAX_TEXT = 500;

export function readBody(bytes: Buffer): Body {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (value && typeof value === "object" && !Array.isArray(value)) return value as Body;
  } catch (error) {
    throw new BadRequest("the body is not JSON", { cause: error });
  }
  throw new BadRequest("the body must be a JSON object");
}

function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "" || value.length > MAX_TEXT)
    throw new BadRequest(`${name} must be a string of 1 to ${MAX_TEXT} characters`);
  return value;
}

function money(body: Body): { amount: number; currency: string } {
  const { amount, currency } = body;
  if (typeof amount !== "number" || !Number.isInteger(amount) || amount < 1 || amount > MAX_AMOUNT)
    throw new BadRequest(`amount must be an integer of minor units from 1 to ${MAX_AMOUNT}`);
  if (typeof currency !== "string" || !/^[A-Z]{3,5}$/.test(currency))
    throw new BadRequest("currency must be a code of capital letters");
  return { amount, currency };
}

/** The plan of faults in the metadata, unread; undefined where none was given. */
export function planOf(body: Body): string | undefined {
  const { metadata } = body;
  if (metadata === undefined) return undefined;
  if (!metadata || typeof metadata !== "object") throw new BadRequest("metadata must be an object");
  const { sandbox } = metadata as Body;
  if (sandbox !== undefined && typeof sandbox !== "string")
    throw new BadRequest("metadata.sandbox must be a string");
  return sandbox;
}

export const readAuthorize = (body: Body): AuthorizeRequest => ({
  reference: text(body, "reference"),
  ...money(body),
});
export const readCapture = (body: Body): CaptureRequest => ({
  ...readAuthorize(body),
  authorization_id: text(body, "authorization_id"),
});
export const readVoid = (body: Body): VoidRequest => ({
  reference: text(body, "reference"),
  operation_key: text(body, "operation_key"),
});

/** A key is 1 to 255 printable characters. */
export function readKey(header: string | string[] | undefined): string {
  if (typeof header !== "string" || !/^[\x21-\x7e]{1,255}$/.test(header))
    throw new BadRequest("Idempotency-Key is required: 1 to 255 printable characters");
  return header;
}
