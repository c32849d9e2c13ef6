// The list of cells, terraform/environments/cells.json. Each read checks it against its schema.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { Cells } from "../../functions/lib/contracts/types.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const jsonOf = (path: string) => JSON.parse(readFileSync(join(REPOSITORY, path), "utf8"));

/** The list. Throws everything that is wrong with it, as one sentence. */
export function checkedCells(list: unknown): Cells {
  const ajv = new Ajv({ allErrors: true });
  if (!ajv.validate(jsonOf("schemas/internal/cells.json"), list))
    throw new Error(`the list of cells is wrong: ${ajv.errorsText(ajv.errors, { dataVar: "cells" })}`);
  const cells = list as Cells;
  for (const member of ["name", "base_url"] as const) {
    const values = cells.map((cell) => cell[member]);
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice) throw new Error(`the list of cells is wrong: two of them have the ${member} ${twice}`);
  }
  return cells;
}

export const readCells = (): Cells => checkedCells(jsonOf("terraform/environments/cells.json"));
