// Currencies of a request that look like one and are none; what does not even look like one breaks the contract.
import type { FieldError } from "../errors/registry.ts";
import { isCurrency } from "./money.ts";

export const unknownCurrencies = (body: Record<string, unknown>): FieldError[] =>
  ["currency", "destination_currency"]
    .filter((member) => /^[A-Z]{3}$/.test(String(body[member])) && !isCurrency(String(body[member])))
    .map((member) => ({
      pointer: `/${member}`,
      detail: "is not a currency of ISO 4217 that can be paid with",
    }));
