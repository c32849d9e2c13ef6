// The sandbox's nature, as docs/sandbox.md states it. Whether it takes orders is the environment's
// matter.
import type { ProviderNature } from "../../ports/provider.ts";

export const SANDBOX_NATURE: Omit<ProviderNature, "name" | "takes_orders"> = {
  key_ttl_seconds: 86_400,
  replays_errors: true,
  tombstones: true,
  keeps_refusals: true,
  validates_first: true,
  in_flight_seconds: 15,
};
