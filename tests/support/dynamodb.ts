// The manifest's tables for a file of tests, on the DynamoDB Local that all files share, directly
// and through the proxy that injects faults.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateTableCommand, type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { type Item, toItem } from "../../functions/lib/adapters/dynamodb/item.ts";
import { localClient } from "../../scripts/lib/local-client.ts";
import { Counters } from "../../scripts/local/common/counters.ts";
import { Faults } from "../../scripts/local/common/faults.ts";
import { listen } from "../../scripts/local/common/http.ts";
import { PREFIX } from "../../scripts/local/common/settings.ts";
import { createProxy } from "../../scripts/local/dynamodb/proxy.ts";
import { ensureTables, type Tables } from "../../scripts/local/dynamodb/tables.ts";
import { closeServers, urlOf } from "./servers.ts";
import { sharedDatabase } from "./shared-database.ts";

export const TABLES = {
  payments: `${PREFIX}payments`,
  ledger: `${PREFIX}ledger`,
  integrity: `${PREFIX}integrity`,
  "sandbox-books": `${PREFIX}sandbox-books`,
};

export class Database {
  /** DynamoDB Local itself. */
  readonly url: string;
  /** Whoever calls with it sees this file's tables; with another one, none of them. */
  readonly accessKeyId: string;
  /** Straight to it. */
  readonly client: DynamoDBClient;
  /** By way of the proxy: `order` makes its next calls fail. */
  readonly shaky: DynamoDBClient;
  readonly close: () => void;
  private readonly faults: Faults;

  constructor(
    url: string,
    accessKeyId: string,
    client: DynamoDBClient,
    shaky: DynamoDBClient,
    faults: Faults,
    close: () => void,
  ) {
    this.url = url;
    this.accessKeyId = accessKeyId;
    this.client = client;
    this.shaky = shaky;
    this.faults = faults;
    this.close = close;
  }

  /**
   * The next `count` writes conflict and are not applied, or are applied and their answers get
   * lost.
   */
  order(fault: "conflict" | "lost_answer", count: number): void {
    this.faults.clear();
    this.faults.arm({ target: `dynamodb.${fault}`, fault, count });
  }

  /** One that the manifest does not name, with the keys of all of ours. */
  async createTable(TableName: string): Promise<void> {
    const names = ["pk", "sk"];
    await this.client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      }),
    );
  }

  async item(table: keyof typeof TABLES, pk: string, sk: string): Promise<Item | undefined> {
    const Key = toItem({ pk, sk });
    const read = new GetItemCommand({ TableName: TABLES[table], Key, ConsistentRead: true });
    return (await this.client.send(read)).Item;
  }
}

/**
 * Tables that nobody else has, unless the key is one that others use too; whoever opens them closes
 * them.
 */
export async function openDatabase(accessKeyId = randomUUID().replaceAll("-", "")): Promise<Database> {
  const url = await sharedDatabase();
  const manifest = join(import.meta.dirname, "../../functions/manifest.json");
  const { tables } = JSON.parse(readFileSync(manifest, "utf8")) as { tables: Tables };
  await ensureTables(url, tables, accessKeyId);
  const named = Object.fromEntries(Object.entries(tables).map(([name, table]) => [PREFIX + name, table]));
  const faults = new Faults();
  const proxy = await listen(0, createProxy({ url, tables: named, counters: new Counters(), faults }));
  const client = localClient(url, accessKeyId);
  const shaky = localClient(urlOf(proxy), accessKeyId);
  return new Database(url, accessKeyId, client, shaky, faults, () => {
    client.destroy();
    shaky.destroy();
    closeServers(proxy);
  });
}
