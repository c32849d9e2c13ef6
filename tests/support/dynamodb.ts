// DynamoDB Local with the manifest's tables for tests of the adapters, directly and through the proxy that injects faults.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { type Item, toItem } from "../../functions/lib/adapters/dynamodb/item.ts";
import { Counters } from "../../scripts/local/common/counters.ts";
import { Faults } from "../../scripts/local/common/faults.ts";
import { listen } from "../../scripts/local/common/http.ts";
import { PREFIX } from "../../scripts/local/common/settings.ts";
import { startDynamoDbLocal } from "../../scripts/local/dynamodb/java.ts";
import { createProxy } from "../../scripts/local/dynamodb/proxy.ts";
import { ensureTables, localClient, type Tables } from "../../scripts/local/dynamodb/tables.ts";

export const TABLES = {
  payments: `${PREFIX}payments`,
  ledger: `${PREFIX}ledger`,
  integrity: `${PREFIX}integrity`,
  "sandbox-books": `${PREFIX}sandbox-books`,
};

export class Database {
  /** DynamoDB Local itself. */
  readonly url: string;
  /** Straight to it. */
  readonly client: DynamoDBClient;
  /** By way of the proxy: `order` makes its next calls fail. */
  readonly shaky: DynamoDBClient;
  readonly stop: () => Promise<void>;
  private readonly faults: Faults;

  constructor(
    url: string,
    client: DynamoDBClient,
    shaky: DynamoDBClient,
    faults: Faults,
    stop: () => Promise<void>,
  ) {
    this.url = url;
    this.client = client;
    this.shaky = shaky;
    this.faults = faults;
    this.stop = stop;
  }

  /** The next `count` writes conflict and are not applied, or are applied and their answers get lost. */
  order(fault: "conflict" | "lost_answer", count: number): void {
    this.faults.clear();
    this.faults.arm({ target: `dynamodb.${fault}`, fault, count });
  }

  async item(table: keyof typeof TABLES, pk: string, sk: string): Promise<Item | undefined> {
    const Key = toItem({ pk, sk });
    const read = new GetItemCommand({ TableName: TABLES[table], Key, ConsistentRead: true });
    return (await this.client.send(read)).Item;
  }
}

/** Takes about five seconds; whoever starts it stops it. */
export async function startDatabase(): Promise<Database> {
  const home = mkdtempSync(join(tmpdir(), "contra-stores-"));
  const manifest = join(import.meta.dirname, "../../functions/manifest.json");
  const { tables } = JSON.parse(readFileSync(manifest, "utf8")) as { tables: Tables };
  const java = await startDynamoDbLocal(join(home, "dynamodb"), join(home, "dynamodb.json"));
  await ensureTables(java.url, tables);
  const named = Object.fromEntries(Object.entries(tables).map(([name, table]) => [PREFIX + name, table]));
  const faults = new Faults();
  const proxy = await listen(
    0,
    createProxy({ url: java.url, tables: named, counters: new Counters(), faults }),
  );
  const client = localClient(java.url);
  const shaky = localClient(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  return new Database(java.url, client, shaky, faults, async () => {
    client.destroy();
    shaky.destroy();
    proxy.close();
    proxy.closeAllConnections();
    await java.stop();
    rmSync(home, { recursive: true, force: true });
  });
}
