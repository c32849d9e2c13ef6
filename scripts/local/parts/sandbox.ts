// The sandbox part: a payment provider with books of its own, for machines without one (docs/sandbox.md).
import { mkdirSync } from "node:fs";
import { Counters } from "../lib/counters.ts";
import { Faults } from "../lib/faults.ts";
import { listen } from "../lib/http.ts";
import { inHome, PROVIDER_KEY, PROVIDER_WEBHOOK_SECRET, portOf, readSettings } from "../lib/settings.ts";
import { createSandbox } from "../sandbox/api.ts";
import { Conduct, paceOf } from "../sandbox/conduct.ts";
import { Courier, signedPost } from "../sandbox/courier.ts";
import { Misfortune } from "../sandbox/misfortune.ts";
import { Provider } from "../sandbox/provider.ts";
import { SqliteBooks } from "../sandbox/sqlite-books.ts";

const settings = readSettings();
mkdirSync(inHome(settings, "sandbox"), { recursive: true });
const books = new SqliteBooks(inHome(settings, "sandbox", "books.db"), () => void courier.wake());
const counters = new Counters();
const faults = new Faults();
const provider = new Provider(
  books,
  () => new Date(),
  (operation) => counters.add(`provider.effects.${operation}`),
);
const misfortune = new Misfortune(books, faults);
const pace = paceOf(settings.timeScale);
const conduct = new Conduct(books, misfortune, pace);
const receiver = `${settings.url.gateway}/provider-webhooks/sandbox`;
const courier = new Courier(books, signedPost(receiver, PROVIDER_WEBHOOK_SECRET), pace, counters);

await listen(
  portOf(settings.url.sandbox),
  createSandbox({ books, provider, conduct, misfortune, counters, faults, secret: PROVIDER_KEY }),
);

void courier.wake();

process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));
