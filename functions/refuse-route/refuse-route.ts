// Where no route matches: moves a path with a trailing slash to the one without it, and tells a
// path that does not exist from a method that the path does not know.
import { shownPath } from "../lib/domain/shown-path.ts";
import { MethodNotAllowed, NotFound } from "../lib/errors/registry.ts";

/** As sent; `query` is without its question mark. */
export type Asked = { path: string; query: string };

/**
 * Where the request belongs. Throws NotFound, or MethodNotAllowed naming the methods that exist.
 * Nothing is read of the request but its path, so that no token is needed to learn it.
 */
export const refuseRoute =
  (methodsOf: (path: string) => string[]) =>
  ({ path, query }: Asked): { location: string } => {
    const shorter = path.replace(/\/+$/, "");
    const place = query === "" ? shorter : `${shorter}?${query}`;
    // What would not be shown in a problem is not echoed in a header either.
    if (shorter !== path && methodsOf(shorter).length > 0 && shownPath(place) === place)
      return { location: encoded(place) };
    const methods = methodsOf(path);
    if (methods.length === 0) throw new NotFound("there is no such route");
    const allow = methods.join(", ");
    throw new MethodNotAllowed(`this path knows ${allow}`, [], { allow });
  };

/** A gateway may have decoded it: a header holds printable ASCII only. */
const encoded = (text: string): string =>
  text.toWellFormed().replace(/[^\x21-\x7e]/gu, (sign) => encodeURIComponent(sign));
