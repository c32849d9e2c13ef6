// Every bundle as it was built, loaded in a process of its own as a cold start does: what `make
// bundles` measures.
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import manifest from "../../functions/manifest.json" with { type: "json" };
import { initTimeOf } from "../../scripts/bundles/init-time.ts";

const BUNDLES = join(__dirname, "..", "..", "dist", "functions");

describe("the bundle of", () => {
  it.each(Object.entries(manifest.functions))(
    "%s loads in the environment of its function",
    (name, entry) => {
      expect(initTimeOf(name, entry, join(BUNDLES, name, "index.js"), 1).min).toBeGreaterThan(0);
    },
  );
});
