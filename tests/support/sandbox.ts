// The sandbox provider over books of a test: time stands still, and ids are new.
import { randomUUID } from "node:crypto";
import type { Books } from "../../functions/lib/sandbox/books.ts";
import type { World } from "../../functions/lib/sandbox/idempotent-operations.ts";
import type { Market } from "../../functions/lib/sandbox/prices.ts";
import { Provider } from "../../functions/lib/sandbox/provider.ts";
import { Ramps } from "../../functions/lib/sandbox/ramps.ts";

const worldOf = (onEffect: World["onEffect"], now: () => number): World => ({
  now: () => new Date(now()),
  ahead: (ms) => new Date(now() + ms),
  random: () => 0.5,
  newId: () => randomUUID().replaceAll("-", ""),
  onEffect,
});

export const providerOver = (
  books: Books,
  onEffect: World["onEffect"] = () => undefined,
  now = () => 0,
): Provider => new Provider(books, worldOf(onEffect, now));

export const rampsOver = (
  books: Books,
  market: Market,
  onEffect: World["onEffect"] = () => undefined,
  now = () => 0,
): Ramps => new Ramps(books, worldOf(onEffect, now), market);
