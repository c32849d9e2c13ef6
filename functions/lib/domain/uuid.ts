// UUIDs as others write them. Capitals are the same id (RFC 9562), and ours are stored in small
// letters.

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => UUID.test(text);

/** A UUID in small letters; every other text as it is. */
export const canonicalUuid = (text: string): string => (isUuid(text) ? text.toLowerCase() : text);

/** Ids that their merchant chose, or its issuer: another case is another id. */
const CHOSEN_BY_OTHERS = new Set(["account_id", "merchant_id"]);

/** Parameters of a request, by name: those that are ids of ours are canonical. */
export const withCanonicalIds = <Value extends string | undefined>(
  parameters: Record<string, Value>,
): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      value !== undefined && name.endsWith("_id") && !CHOSEN_BY_OTHERS.has(name)
        ? (canonicalUuid(value) as Value)
        : value,
    ]),
  );
