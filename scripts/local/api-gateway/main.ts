// The gateway part: API Gateway's HTTP API in front of the functions, and the routes that exist
// only on a laptop.
import { join } from "node:path";
import { inHome, portOf, readSettings } from "../common/settings.ts";
import { tellTerminal } from "../common/terminal.ts";
import { TRACE_HEADER } from "../common/trace.ts";
import { readSwitches } from "../ssm/switches.ts";
import { authorize } from "./authorizer.ts";
import { answerPreflight, withCors } from "./cors.ts";
import { eventOf } from "./event.ts";
import type { Answer, HttpRequest } from "./http-request.ts";
import { integrate } from "./integration.ts";
import { answerLocally, type LocalCloud } from "./local-routes.ts";
import { PartsClient } from "./parts-client.ts";
import { problemAnswer } from "./problems.ts";
import { requestLine } from "./request-line.ts";
import { readFunctions, routeFinder } from "./routes.ts";
import { type OnAnswered, serve } from "./server.ts";
import { openTokens } from "./tokens.ts";

const settings = readSettings();
const manifest = join(import.meta.dirname, "..", "..", "..", "functions", "manifest.json");
const functions = readFunctions(manifest);
const findRoute = routeFinder(functions);
const cloud: LocalCloud = {
  tokens: await openTokens(inHome(settings, "api-gateway", "signing-key.json")),
  parts: new PartsClient(settings.url),
  functionNames: Object.keys(functions),
  switchNames: readSwitches(manifest),
};

async function answerByFunction(request: HttpRequest): Promise<Answer> {
  const match = findRoute(request.method, request.path);
  // A function can say only that it runs itself. Locally, health means the whole stack.
  if (match.routeKey === "GET /health") await cloud.parts.assertHealthy();
  const claims = match.scope === undefined ? undefined : await authorize(request, cloud.tokens);
  if (claims) request.merchant = claims.merchant_id;
  const event = eventOf(request, match, claims, new Date());
  return integrate(settings.url.lambda, match.functionName, event, request.headers[TRACE_HEADER]);
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

const onAnswered: OnAnswered = ({ method, path, merchant }, status, milliseconds) => {
  if (settings.quiet) return;
  const line = requestLine({ at: new Date(), method, path, status, milliseconds, merchant });
  if (line) tellTerminal(line);
};

await serve(
  portOf(settings.url["api-gateway"]),
  async (request) => withCors(await answer(request), request),
  onAnswered,
);

process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));
