// `make place` as a person runs it, against real tables: the directory, and the cell that it admits
// to.
import "../support/function-environment.ts";

import { createServer, type Server } from "node:http";
import { DeleteItemCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { toItem } from "../../functions/lib/adapters/dynamodb/item.ts";
import { readCells } from "../../scripts/place/cell-list.ts";
import { type Database, openDatabase } from "../support/dynamodb.ts";
import { runScript } from "../support/run-script.ts";
import { urlOf } from "../support/servers.ts";

const [cell] = readCells();
const DIRECTORY = "contra-directory";
const CELL = `${cell?.name}-payments`;

const INTEGRITY = `${cell?.name}-integrity`;
const ARN = "arn:aws:sts::111122223333:assumed-role/operators/mia";

let database: Database;
/** Says who places merchants, as STS does. */
let sts: Server;
beforeAll(async () => {
  database = await openDatabase();
  sts = createServer((_, response) => response.end(`<Arn>${ARN}</Arn>`));
  await new Promise<void>((resolve) => sts.listen(0, "127.0.0.1", resolve));
  for (const table of [DIRECTORY, CELL, INTEGRITY]) await database.createTable(table);
});
afterAll(() => {
  sts?.close();
  database?.close();
});

const place = (wish: Record<string, string>) =>
  runScript("place.ts", {
    REASON: "contract 12",
    AWS_ENDPOINT_URL_STS: urlOf(sts),
    AWS_ENDPOINT_URL: database.url,
    AWS_ACCESS_KEY_ID: database.accessKeyId,
    ...wish,
  });

const admission = (merchant: string) => toItem({ pk: `MERCHANT#${merchant}`, sk: "ADMISSION" });
const isAdmitted = async (merchant: string): Promise<boolean> => {
  const read = new GetItemCommand({ TableName: CELL, Key: admission(merchant), ConsistentRead: true });
  return (await database.client.send(read)).Item !== undefined;
};

describe("make place", () => {
  it("gives a merchant its cell and base URL, and admits it there", async () => {
    const said = `m1 lives in ${cell?.name}: ${cell?.base_url}`;
    expect(await place({ MERCHANT: "m1", RATE: "20" })).toEqual({ said, failed: false });
    expect(await isAdmitted("m1")).toBe(true);
  });

  it("finishes what a run left undone that died between directory and cell", async () => {
    const first = await place({ MERCHANT: "m2", RATE: "20" });
    await database.client.send(new DeleteItemCommand({ TableName: CELL, Key: admission("m2") }));
    expect(await place({ MERCHANT: "m2", RATE: "20" })).toEqual(first);
    expect(await isAdmitted("m2")).toBe(true);
  });

  it("says why a merchant has no place, and admits it nowhere", async () => {
    const { said, failed } = await place({ MERCHANT: "m3", RATE: "100000" });
    expect([said, failed]).toEqual([expect.stringContaining("split m3 into merchants of their own"), true]);
    expect(await isAdmitted("m3")).toBe(false);
  });

  it("asks for what it needs", async () => {
    for (const wish of [
      { MERCHANT: "m4", RATE: "" },
      { MERCHANT: "", RATE: "20" },
    ])
      expect((await place(wish)).said).toMatch(/^name the merchant and its peak payments per second/);
    const unexplained = await place({ MERCHANT: "m4", RATE: "20", REASON: "" });
    expect(unexplained).toEqual({ said: 'say why: REASON="…"', failed: true });
    expect(await isAdmitted("m4")).toBe(false);
  });

  it("says what it needs of AWS, where there are no credentials", async () => {
    const none = { AWS_ACCESS_KEY_ID: "", AWS_CONFIG_FILE: "none", AWS_SHARED_CREDENTIALS_FILE: "none" };
    const { said } = await place({
      ...{ MERCHANT: "m4", RATE: "20", AWS_EC2_METADATA_DISABLED: "true" },
      ...none,
    });
    expect(said).toMatch(/; it needs AWS_REGION and credentials of the directory's account/);
  });
});
