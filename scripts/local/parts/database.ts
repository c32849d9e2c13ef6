// The database part: DynamoDB Local with the manifest's tables, behind a proxy that counts and injects faults.
import { join } from "node:path";
import { startDynamoDbLocal } from "../database/java.ts";
import { createProxy } from "../database/proxy.ts";
import { ensureTables, type Tables } from "../database/tables.ts";
import { Counters } from "../lib/counters.ts";
import { Faults } from "../lib/faults.ts";
import { listen } from "../lib/http.ts";
import { readManifest } from "../lib/manifest.ts";
import { inHome, PREFIX, portOf, readSettings } from "../lib/settings.ts";

const settings = readSettings();
const manifestPath = join(import.meta.dirname, "..", "..", "..", "functions", "manifest.json");
const manifest = readManifest<{ tables: Tables }>(manifestPath);

process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));

const pidFile = inHome(settings, "pids", "dynamodb-local.json");
const dynamodb = await startDynamoDbLocal(inHome(settings, "dynamodb"), pidFile);
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
});
await listen(portOf(settings.url.database), proxy);
