import { stepHandler } from "../lib/runtime/step.ts";
import { payments, quotes, wired } from "../lib/wiring.ts";
import { releaseHold } from "./release-hold.ts";

export const handler = stepHandler(releaseHold(wired({ payments, quotes })));
