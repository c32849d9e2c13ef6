// JSON pointers (RFC 6901): where in a body something is wrong.

/** One name as a part of a pointer. */
export const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** The pointer to what these names and indexes lead to; "" is the whole. */
export const pointerTo = (path: readonly (string | number)[]): string =>
  path.map((part) => `/${escapePointer(String(part))}`).join("");
