// How long the sandbox's keys are believed: in every provider, and where its webhooks are judged.
import { expect, it } from "@jest/globals";
import type * as Wiring from "../../../../../functions/lib/wiring.ts";
import { coldStart } from "../../../../support/cold-start.ts";

it.each([
  [undefined, 86_400],
  ["0", 0],
  ["60", 60],
])("a key is believed, with %p, for %i s", (CONTRA_KEY_TTL_SECONDS, seconds) => {
  const { cardProvider, onRampProvider, offRampProvider, natureOf } = coldStart<typeof Wiring>(
    "lib/wiring.ts",
    { CONTRA_KEY_TTL_SECONDS },
  );
  const natures = [cardProvider(), onRampProvider(), offRampProvider()].map(({ nature }) => nature);
  for (const { key_ttl_seconds } of [...natures, natureOf()("off_ramp")])
    expect(key_ttl_seconds).toBe(seconds);
});
