// The gateway part: API Gateway's HTTP API in front of the functions, plus the routes that exist only on a laptop.
import { join } from "node:path";
import { authorize } from "../gateway/authorizer.ts";
import { answerPreflight, withCors } from "../gateway/cors.ts";
import { eventOf } from "../gateway/event.ts";
import type { Answer, HttpRequest } from "../gateway/http-request.ts";
import { integrate } from "../gateway/integration.ts";
import { answerLocally, type LocalCloud } from "../gateway/local-routes.ts";
import { PartsClient } from "../gateway/parts-client.ts";
import { problemAnswer } from "../gateway/problems.ts";
import { readFunctions, routeFinder } from "../gateway/routes.ts";
import { serve } from "../gateway/server.ts";
import { openTokens } from "../gateway/tokens.ts";
import { inHome, portOf, readSettings } from "../lib/settings.ts";
import { TRACE_HEADER } from "../lib/trace.ts";
import { readSwitches } from "../parameters/switches.ts";

const settings = readSettings();
const manifest = join(import.meta.dirname, "..", "..", "..", "functions", "manifest.json");
const functions = readFunctions(manifest);
const findRoute = routeFinder(functions);
const cloud: LocalCloud = {
  tokens: await openTokens(inHome(settings, "gateway", "signing-key.json")),
  parts: new PartsClient(settings.url),
  functionNames: Object.keys(functions),
  switchNames: readSwitches(manifest),
};

async function answerByFunction(request: HttpRequest): Promise<Answer> {
  const match = findRoute(request.method, request.path);
  // A function can only say that it runs itself; locally health means the whole stack.
  if (match.routeKey === "GET /health") await cloud.parts.assertHealthy();
  const claims = match.scope === undefined ? undefined : await authorize(request, cloud.tokens);
  const event = eventOf(request, match, claims, new Date());
  return integrate(settings.url.functions, match.functionName, event, request.headers[TRACE_HEADER]);
}

async function answer(request: HttpRequest): Promise<Answer> {
  const preflight = answerPreflight(request);
  if (preflight) return preflight;
  try {
    return (await answerLocally(request, cloud)) ?? (await answerByFunction(request));
  } catch (error) {
    return problemAnswer(error, request.path, request.id);
  }
}

await serve(portOf(settings.url.gateway), async (request) => withCors(await answer(request), request));

process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));
