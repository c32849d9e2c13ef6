// The bus part: EventBridge, SQS, event source mappings, schedules, parameters and secrets behind one port.
import { join } from "node:path";
import { createBus } from "../bus/bus.ts";
import { readCatalog } from "../bus/catalog.ts";
import { listen } from "../lib/http.ts";
import { portOf, readSettings } from "../lib/settings.ts";
import { readPublicSecrets } from "../parameters/secrets.ts";
import { readSwitches } from "../parameters/switches.ts";

const settings = readSettings();
const ownManifest = join(import.meta.dirname, "..", "..", "..", "functions", "manifest.json");
const manifest = process.env.CONTRA_MANIFEST ?? ownManifest;
const bus = createBus(settings, readCatalog(manifest), {
  switches: readSwitches(manifest),
  secrets: readPublicSecrets(manifest),
});

await listen(portOf(settings.url.bus), bus.answer);
bus.startPolling();

process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));
