// Which route of the manifest a request takes. The most specific path wins. A request that matches
// no path takes `$default`.
import Router, { type HTTPMethod } from "find-my-way";
import { withHeads } from "../../../functions/lib/runtime/routes.ts";
import { readManifest } from "../common/manifest.ts";

export type Route = { method: string; path: string; scope?: string };
export type Match = {
  routeKey: string;
  functionName: string;
  scope?: string;
  pathParameters: Record<string, string>;
};
type Target = Omit<Match, "pathParameters">;
type ManifestFunctions = Record<string, { routes?: Route[] }>;

const METHODS: HTTPMethod[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** The route of everything that no other route takes. */
const DEFAULT = "$default";
/**
 * API Gateway bounds the whole request line. This constant only lifts the router's bound
 * of 100 characters.
 */
const MAX_PARAMETER_LENGTH = 8192;

export function readFunctions(manifestPath: string): ManifestFunctions {
  return readManifest<{ functions: ManifestFunctions }>(manifestPath).functions;
}

/** Finds routes. Throws when the manifest has no `$default`. */
export function routeFinder(functions: ManifestFunctions): (method: string, path: string) => Match {
  const router = Router<Router.HTTPVersion.V1>({ maxParamLength: MAX_PARAMETER_LENGTH });
  const routes = Object.entries(functions).flatMap(([functionName, { routes = [] }]) =>
    withHeads(routes).map((route) => ({ ...route, target: targetOf(functionName, route) })),
  );
  const fallback = routes.find(({ path }) => path === DEFAULT)?.target;
  if (!fallback) throw new Error(`the manifest has no ${DEFAULT} route`);
  for (const { method, path, target } of routes.filter(({ path }) => path !== DEFAULT)) {
    router.on(method === "ANY" ? METHODS : (method as HTTPMethod), routerPath(path), () => undefined, target);
  }
  return (method, path) => {
    const found = router.find(method as HTTPMethod, path);
    // The router lets a parameter be empty. API Gateway does not: /payments/ is not /payments/{id}.
    if (!found || Object.values(found.params).includes("")) return { ...fallback, pathParameters: {} };
    return { ...(found.store as Target), pathParameters: found.params as Record<string, string> };
  };
}

function targetOf(functionName: string, { method, path, scope }: Route): Target {
  const routeKey = path === DEFAULT ? path : `${method} ${path}`;
  return { routeKey, functionName, ...(scope === undefined ? {} : { scope }) };
}

/**
 * `/payments/{id}` → `/payments/:id`. A colon in the path is escaped: it is the
 * router's own syntax.
 */
const routerPath = (path: string): string => path.replaceAll(":", "::").replace(/\{(\w+)\}/g, ":$1");
