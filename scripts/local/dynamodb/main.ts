// The database part: DynamoDB Local with the manifest's tables, behind a proxy that counts and
// injects faults.
import { join } from "node:path";
import { Counters } from "../common/counters.ts";
import { Faults } from "../common/faults.ts";
import { listen } from "../common/http.ts";
import { readManifest } from "../common/manifest.ts";
import { inHome, PREFIX, portOf, readSettings } from "../common/settings.ts";
import { startDynamoDbLocal } from "./java.ts";
import { createProxy } from "./proxy.ts";
import { ensureTables, type Tables } from "./tables.ts";

const settings = readSettings();
const manifestPath = join(import.meta.dirname, "..", "..", "..", "functions", "manifest.json");
const manifest = readManifest<{ tables: Tables }>(manifestPath);

process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));

const pidFile = inHome(settings, "pids", "dynamodb-local.json");
const { keepsNothing: inMemory } = settings;
const dynamodb = await startDynamoDbLocal(inHome(settings, "dynamodb"), pidFile, { inMemory });
dynamodb.child.once("exit", (code, signal) => {
  console.error(`database: DynamoDB Local ended by itself (${signal ?? code})`);
  process.exit(1);
});

await ensureTables(dynamodb.url, manifest.tables);
const tables = Object.fromEntries(
  Object.entries(manifest.tables).map(([name, table]) => [`${PREFIX}${name}`, table]),
);
const proxy = createProxy({
  url: dynamodb.url,
  tables,
  counters: new Counters(),
  faults: new Faults(),
  isKept: !inMemory,
});
await listen(portOf(settings.url.dynamodb), proxy);
