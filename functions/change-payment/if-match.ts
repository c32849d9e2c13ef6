// Reads If-Match (RFC 9110): the versions of the payment for which a change is meant. What a client
// has read is the member `version`, in quotes.
import { InvalidRequest } from "../lib/errors/registry.ts";

/** True for a version that the change is meant for. */
export type Expectation = (version: number) => boolean;

/** One tag of a list. A weak one is well-formed, and equals nothing. */
const TAG = /^(W\/)?"([\x21\x23-\x7e]*)"$/;

/** Without the header every version is meant. Throws InvalidRequest. */
export function readIfMatch(header: string | undefined): Expectation {
  if (header === undefined || header.trim() === "*") return () => true;
  const tags = header.split(",").map((tag) => TAG.exec(tag.trim()));
  if (tags.some((tag) => tag === null)) {
    const detail = 'must be the payment\'s version in quotes, for example "7"';
    throw new InvalidRequest("the request has errors", [{ header: "If-Match", detail }]);
  }
  const meant = tags.flatMap((tag) => (tag?.[1] ? [] : [tag?.[2]]));
  return (version) => meant.includes(String(version));
}
