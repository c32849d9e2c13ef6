// Real time and real randomness, with waits divided by the time scale.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../ports/clock.ts";
import { timeScale } from "../runtime/config.ts";

export function systemClock(): Clock {
  const scale = timeScale();
  return {
    now: () => Date.now(),
    ago: (milliseconds) => Date.now() - milliseconds / scale,
    ahead: (milliseconds) => Date.now() + milliseconds / scale,
    sleep: (milliseconds) => wait(milliseconds / scale),
    random: () => Math.random(),
  };
}

/** 32 hexadecimal digits. */
export const newId = (): string => randomUUID().replaceAll("-", "");
