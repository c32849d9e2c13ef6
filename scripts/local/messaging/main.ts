// The bus part: EventBridge, SQS, event source mappings, schedules, parameters and secrets behind
// one port.
import { join } from "node:path";
import { listen } from "../common/http.ts";
import { readCatalog } from "../common/messaging-catalog.ts";
import { portOf, readSettings } from "../common/settings.ts";
import { readPublicSecrets } from "../secrets-manager/secrets.ts";
import { readSwitches } from "../ssm/switches.ts";
import { createBus } from "./messaging.ts";

const settings = readSettings();
const ownManifest = join(import.meta.dirname, "..", "..", "..", "functions", "manifest.json");
const manifest = process.env.CONTRA_MANIFEST ?? ownManifest;
const bus = createBus(settings, readCatalog(manifest), {
  switches: readSwitches(manifest),
  secrets: readPublicSecrets(manifest),
});

await listen(portOf(settings.url.messaging), bus.answer);
bus.startPolling();

process.on("SIGTERM", () => process.exit(0));
if (process.connected) process.on("disconnect", () => process.exit(0));
