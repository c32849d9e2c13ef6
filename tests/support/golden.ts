// Compares a text with its golden file. A missing or differing file fails; UPDATE_TRACES=1 writes
// it instead.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "@jest/globals";

export function expectGolden(file: string, text: string): void {
  if (process.env.UPDATE_TRACES === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readGolden(file));
}

function readGolden(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`there is no golden ${file}; look at the trace, then write it with UPDATE_TRACES=1`, {
      cause: error,
    });
  }
}
