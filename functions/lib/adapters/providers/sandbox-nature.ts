// The sandbox's nature, as docs/sandbox.md states it. Whether it takes orders is the environment's
// matter, and so is whether its keys are believed for less time.
import type { ProviderNature } from "../../ports/provider.ts";
import { keyTtlSeconds } from "../../runtime/config.ts";

const KEY_TTL_SECONDS = 86_400;

export const sandboxNature = (): Omit<ProviderNature, "name" | "takes_orders"> => ({
  key_ttl_seconds: keyTtlSeconds() ?? KEY_TTL_SECONDS,
  replays_errors: true,
  tombstones: true,
  keeps_refusals: true,
  validates_first: true,
  in_flight_seconds: 15,
});
