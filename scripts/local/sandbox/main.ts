// The sandbox part: a payment provider with its own books, for machines
// without one (docs/sandbox.md).
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { signedPost } from "../../../functions/lib/adapters/sandbox/signed-post.ts";
import { Conduct } from "../../../functions/lib/sandbox/call-execution.ts";
import { Misfortune } from "../../../functions/lib/sandbox/faults.ts";
import { Forger } from "../../../functions/lib/sandbox/forger.ts";
import { Market } from "../../../functions/lib/sandbox/prices.ts";
import { Provider } from "../../../functions/lib/sandbox/provider.ts";
import { Ramps } from "../../../functions/lib/sandbox/ramps.ts";
import { Counters } from "../common/counters.ts";
import { Faults } from "../common/faults.ts";
import { listen } from "../common/http.ts";
import { inHome, PROVIDER_KEY, PROVIDER_WEBHOOK_SECRET, portOf, readSettings } from "../common/settings.ts";
import { createSandbox } from "./api.ts";
import { SqliteBooks } from "./sqlite-books.ts";
import { Courier } from "./webhook-sender.ts";

const settings = readSettings();
mkdirSync(inHome(settings, "sandbox"), { recursive: true });
const books = new SqliteBooks(inHome(settings, "sandbox", "books.db"), () => void courier.wake());
const counters = new Counters();
const faults = new Faults();
const world = {
  now: () => new Date(),
  ahead: (ms: number) => new Date(Date.now() + ms / settings.timeScale),
  random: Math.random,
  newId: () => randomUUID().replaceAll("-", ""),
  onEffect: (operation: string) => counters.add(`provider.effects.${operation}`),
};
const provider = new Provider(books, world);
const market = new Market(Date.now, () => faults.strike("market") === "crash");
const ramps = new Ramps(books, world, market);
const misfortune = new Misfortune(books, faults);
const pace = { wait: (ms: number) => sleep(ms / settings.timeScale), random: Math.random };
const conduct = new Conduct(books, misfortune, pace);
const forger = new Forger(books, world);
const receiver = `${settings.url["api-gateway"]}/provider-webhooks/sandbox`;
const post = signedPost(receiver, async () => PROVIDER_WEBHOOK_SECRET, Date.now);
const courier = new Courier(books, post, pace, counters);
const secret = async () => PROVIDER_KEY;
const newest = () => books.newest();

await listen(
  portOf(settings.url.sandbox),
  createSandbox({ books, provider, ramps, conduct, forger, misfortune, counters, faults, secret, newest }),
);

void courier.wake();

process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));
