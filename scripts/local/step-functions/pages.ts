// Pages of a listing. A token says to which listing it belongs, and after which id to go on.
import { AwsError } from "../common/aws-json.ts";

const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 1000;

export function writeToken(listing: string, after: number): string {
  return Buffer.from(JSON.stringify([listing, after])).toString("base64url");
}

/** Where to go on, and how many to answer. Throws InvalidToken, ValidationException. */
export function readPage(
  { maxResults, nextToken }: { maxResults?: number; nextToken?: string },
  listing: string,
  start: number,
): { from: number; limit: number } {
  const limit = maxResults || DEFAULT_PAGE;
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
    throw new AwsError(
      "ValidationException",
      `Value '${limit}' at 'maxResults' must be from 0 to ${LARGEST_PAGE}`,
    );
  }
  return { from: nextToken === undefined ? start : readToken(nextToken, listing), limit };
}

function readToken(token: string, listing: string): number {
  const refusal = new AwsError("InvalidToken", `Invalid Token: '${token}'`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    throw refusal; // Whatever is not ours is refused alike.
  }
  if (!Array.isArray(parsed) || parsed[0] !== listing || !Number.isSafeInteger(parsed[1])) throw refusal;
  return parsed[1] as number;
}
