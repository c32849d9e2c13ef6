// The HTTP routes of the manifest: the scope that each demands, and the methods of a path. The
// sandbox's routes belong to another API.
import manifest from "../../manifest.json" with { type: "json" };

type Route = { method: string; path: string; scope?: string; or_scope?: string };

/** Each GET is followed by its HEAD, which is the same route in everything else. */
export const withHeads = <Any extends { method: string }>(routes: readonly Any[]): Any[] =>
  routes.flatMap((route) => (route.method === "GET" ? [route, { ...route, method: "HEAD" }] : [route]));

/** Under which key a function has the handler of a route: that of GET answers HEAD as well. */
export const handlerKey = (routeKey: string): string => routeKey.replace(/^HEAD /, "GET ");

const ROUTES: Route[] = withHeads(
  Object.values(manifest.functions).flatMap((fn): Route[] =>
    "routes" in fn && !("sandbox" in fn) ? fn.routes : [],
  ),
);

/** The scopes of which the route `POST /payments` demands one; none for an open one. */
export function scopesOf(routeKey: string): string[] {
  const route = ROUTES.find(({ method, path }) => routeKey === `${method} ${path}`);
  return [route?.scope, route?.or_scope].filter((scope) => scope !== undefined);
}

/** The methods of a concrete path such as `/payments/1`. Empty when the path is unknown. */
export function methodsOf(path: string): string[] {
  const matches = (pattern: string): boolean => {
    const expected = pattern.split("/");
    const actual = path.split("/");
    return (
      expected.length === actual.length &&
      expected.every((part, index) => (part.startsWith("{") ? actual[index] !== "" : part === actual[index]))
    );
  };
  return ROUTES.filter((route) => matches(route.path)).map((route) => route.method);
}
