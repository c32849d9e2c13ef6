import { payments, quotes } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { releaseHold } from "./release-hold.ts";

export const handler = stepHandler(releaseHold({ payments, quotes }));
