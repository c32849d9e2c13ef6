import { books, clock, newId, secret } from "../lib/adapters/sandbox/wiring.ts";
import { log } from "../lib/runtime/log.ts";
import { plainHttpHandler } from "../lib/runtime/plain-http.ts";
import { Conduct } from "../lib/sandbox/call-execution.ts";
import { Misfortune } from "../lib/sandbox/faults.ts";
import { Forger } from "../lib/sandbox/forger.ts";
import { Market } from "../lib/sandbox/prices.ts";
import { Provider } from "../lib/sandbox/provider.ts";
import { Ramps } from "../lib/sandbox/ramps.ts";
import { simulateProvider } from "./simulate-provider.ts";

const world = {
  now: () => new Date(clock.now()),
  ahead: (ms: number) => new Date(clock.ahead(ms)),
  random: () => clock.random(),
  newId,
  onEffect: (operation: string) => log.info("took effect", { operation }),
};
const provider = new Provider(books, world);
const ramps = new Ramps(books, world, new Market(() => clock.now()));
// No outage can be ordered while a function runs. A payment's own plan can make all its calls fail.
const misfortune = new Misfortune(books, { strike: () => undefined });
const pace = { wait: (ms: number) => clock.sleep(ms), random: () => clock.random() };
const conduct = new Conduct(books, misfortune, pace);
const forger = new Forger(books, world);
const count = (operation: string): void => log.info("called", { operation });
const answer = simulateProvider({ books, provider, ramps, conduct, forger, misfortune, secret, count });

/** API Gateway always answers. This is its own answer when the function gives none. */
const SILENCE = { status: 504, body: { message: "Endpoint request timed out" } };

export const handler = plainHttpHandler(async (routeKey, request) => {
  const outcome = await answer(routeKey, request);
  return outcome === "lost" ? SILENCE : outcome;
});
