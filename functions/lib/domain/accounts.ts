// Account keys. A merchant's accounts live in the merchant's own namespace, the house's in another,
// so that no choice of ids lets one tenant name what belongs to another.
import type { Sound } from "../contracts/contract.ts";
import type { FieldError } from "../errors/registry.ts";
import { holdsCardNumber } from "./card-data.ts";

/**
 * The house's accounts; their ids are reserved. Assets and expenses run negative, the others
 * positive.
 */
export const HOUSE_ACCOUNTS = [
  "psp_receivable",
  "fees",
  "external_funding",
  "clearing",
  "in_transit",
  "payout",
  "ramp_settlement",
  "fx_result",
  "rounding",
] as const;
export type HouseAccount = (typeof HOUSE_ACCOUNTS)[number];

/** Where card payments go that name no destination account. */
export const DEFAULT_ACCOUNT = "settlement";

const MERCHANT_ID = /^(?!(?:null|nil|none|undefined|nan|true|false|-?\d+)$)[a-z0-9_-]{1,64}$/i;

/**
 * Merchant ids end up in keys, so their alphabet is closed. API Gateway hands on every claim as
 * text. What reads like null, in whatever language the platform is written, like a truth value or
 * a whole number was no name in the token.
 */
export const isMerchantId = (id: string): boolean => MERCHANT_ID.test(id) && !holdsCardNumber(id);

/** A body's merchant, where no merchant may be called so. A card number there is told as one. */
export const unknownMerchant = ({ merchant_id }: Sound): FieldError[] =>
  typeof merchant_id !== "string" || isMerchantId(merchant_id) || holdsCardNumber(merchant_id)
    ? []
    : [{ pointer: "/merchant_id", detail: "is no merchant id" }];

const ACCOUNT_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** True for what can be an account's id; anything else names nothing, and must not become a key. */
export const isAccountId = (id: string): boolean => ACCOUNT_ID.test(id);

export const isHouseAccount = (id: string): id is HouseAccount =>
  HOUSE_ACCOUNTS.some((house) => house === id);

/** Those of these members that name an account of the house. */
export const reservedAccounts = (members: Sound, names: readonly string[]): FieldError[] =>
  names
    .filter((name) => HOUSE_ACCOUNTS.some((house) => house === members[name]))
    .map((name) => ({ pointer: `/${name}`, detail: "is a reserved name" }));

export const houseKey = (id: HouseAccount): string => `house/${id}`;
export const merchantKey = (merchantId: string, accountId: string): string =>
  `merchant/${merchantId}/${accountId}`;
