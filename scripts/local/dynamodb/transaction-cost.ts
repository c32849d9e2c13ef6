// The write units of a transaction. DynamoDB Local doubles each item's units, as AWS does, and
// those of its index entries, as AWS does not. Then it adds equal ones up only once (three small
// puts are reported as 2, not 6). So they are computed here, exactly. The request says everything
// about an insert. When a table has one other write, its share is the reported units minus those of
// the inserts. Items are read before and after only when that leaves a doubt.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type Item, transactionalUnits, type Units } from "./item-size.ts";
import type { Index, Tables } from "./tables.ts";

type Write = {
  TableName: string;
  Item?: Item;
  Key?: Item;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
};
export type Transaction = { TransactItems?: Record<string, Write>[]; ClientRequestToken?: string };
export type Consumed = {
  TableName: string;
  CapacityUnits: number;
  Table?: { CapacityUnits: number };
  GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
};
/**
 * Reads the items under these keys of one table. An item that does not exist is not in the answer.
 */
export type ReadItems = (table: string, keys: Item[]) => Promise<Item[]>;

const INSERT = /^\s*attribute_not_exists\s*\(\s*([#\w]+)\s*\)\s*$/;
const keyText = (item: Item): string =>
  JSON.stringify([item.pk, item.sk] satisfies (AttributeValue | undefined)[]);
const keyOf = ({ Item, Key }: Write): Item => {
  const { pk, sk } = Item ?? Key ?? {};
  return { ...(pk && { pk }), ...(sk && { sk }) };
};
const total = ({ table, indexes }: Units): number => table + indexes;

/**
 * True for a put that succeeds only when no item was there. The request alone says what it costs.
 */
function isInsert({ Item, ConditionExpression, ExpressionAttributeNames }: Write): boolean {
  const name = Item && INSERT.exec(ConditionExpression ?? "")?.[1];
  const attribute = name && (ExpressionAttributeNames?.[name] ?? name);
  return attribute === "pk" || attribute === "sk";
}

function distinct(units: Units[]): Units[] {
  return [...new Map(units.map((each) => [JSON.stringify(each), each])).values()];
}

/**
 * The units that remain for the one write that is not an insert, of what is reported with indexes
 * doubled.
 */
function remainderOf(reported: Consumed | undefined, inserts: Units[]): number {
  const known = distinct(inserts);
  const ofIndexes = known.reduce((sum, { indexes }) => sum + 2 * indexes, 0);
  const ofTable = known.reduce((sum, { table }) => sum + table, 0);
  const remainder = (reported?.CapacityUnits ?? 0) - ofTable - ofIndexes;
  // Nothing remains when the write cost the same as the inserts and was dropped as their equal.
  if (remainder <= 0) return Math.max(...inserts.map(total), 2);
  const entries = Object.values(reported?.GlobalSecondaryIndexes ?? {});
  const doubled = entries.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0) - ofIndexes;
  return remainder - Math.max(0, doubled) / 2;
}

class TableShare {
  private readonly table: string;
  private readonly indexes: Index[];
  private readonly inserts: Units[];
  private readonly others: Write[];
  private before: Item[] = [];

  constructor(table: string, writes: Write[], indexes: Index[]) {
    this.table = table;
    this.indexes = indexes;
    this.inserts = writes.filter(isInsert).map((put) => transactionalUnits(undefined, put.Item, indexes));
    this.others = writes.filter((write) => !isInsert(write));
  }

  private get isDoubtful(): boolean {
    return this.others.length > 1 || (this.others.length === 1 && distinct(this.inserts).length > 1);
  }

  async prepare(read: ReadItems): Promise<void> {
    if (this.isDoubtful) this.before = await read(this.table, this.others.map(keyOf));
  }

  async units(reported: Consumed | undefined, read: ReadItems): Promise<number> {
    const inserted = this.inserts.reduce((sum, units) => sum + total(units), 0);
    if (this.others.length === 0) return inserted;
    if (!this.isDoubtful) return inserted + remainderOf(reported, this.inserts);
    const after = await read(this.table, this.others.map(keyOf));
    const find = (items: Item[], write: Write) =>
      items.find((item) => keyText(item) === keyText(keyOf(write)));
    const costs = this.others.map((write) =>
      total(transactionalUnits(find(this.before, write), find(after, write), this.indexes)),
    );
    return inserted + costs.reduce((sum, cost) => sum + cost, 0);
  }
}

/**
 * Call it before the transaction. The function that it returns takes what DynamoDB Local reported,
 * and resolves with the units.
 */
export async function priceTransaction(
  { TransactItems = [] }: Transaction,
  tables: Tables,
  read: ReadItems,
): Promise<(reported: Consumed[]) => Promise<number>> {
  const byTable = new Map<string, Write[]>();
  for (const write of TransactItems.flatMap((action) => Object.values(action))) {
    byTable.set(write.TableName, [...(byTable.get(write.TableName) ?? []), write]);
  }
  const shares = [...byTable].map(
    ([name, writes]) =>
      [name, new TableShare(name, writes, Object.values(tables[name]?.indexes ?? {}))] as const,
  );
  for (const [, share] of shares) await share.prepare(read);
  return async (reported) => {
    let units = 0;
    for (const [name, share] of shares) {
      units += await share.units(
        reported.find((consumed) => consumed.TableName === name),
        read,
      );
    }
    return units;
  };
}
