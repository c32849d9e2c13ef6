// When a trial balance may call itself settled: only if no journal was folded between its first
// and its last look. What the sums come to, the conformance suite tests.
import { BatchGetItemCommand, type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { toItem } from "../../../../../functions/lib/adapters/dynamodb/item.ts";
import { readTrialBalance } from "../../../../../functions/lib/adapters/dynamodb/trial-balance.ts";
import { StoreContention } from "../../../../../functions/lib/errors/registry.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";

/** So many readings are tried before one is reported as unsettled. */
const READS = 6;

type Ledger = {
  /** Journals folded while the balances are read, reading by reading. */
  foldedWhileReading?: number[];
  /** What the first readings come to beyond zero. */
  off?: bigint[];
  /** True: DynamoDB leaves out what it was asked for. */
  throttles?: boolean;
};

/** A ledger of one account in EUR, and how often its balances were read. */
function ledgerOf({ foldedWhileReading = [], off = [], throttles = false }: Ledger) {
  let journals = 10;
  let reads = 0;
  const send = async (command: unknown) => {
    if (command instanceof GetItemCommand) return { Item: toItem({ journals: BigInt(journals) }) };
    if (!(command instanceof BatchGetItemCommand)) {
      const isFirstShard = JSON.stringify(command).includes("ACCOUNTS#0");
      return { Items: isFirstShard ? [toItem({ pk: "ACCOUNT#a", sk: "BALANCE#EUR" })] : [] };
    }
    if (throttles) return { UnprocessedKeys: command.input.RequestItems };
    journals += foldedWhileReading[reads] ?? 0;
    const balance = { sk: "BALANCE#EUR", pending: off[reads] ?? 0n, available: 0n };
    reads += 1;
    return { Responses: { ledger: [toItem(balance)] } };
  };
  return { client: { send } as unknown as DynamoDBClient, reads: () => reads };
}

const read = async (given: Ledger) => {
  const { client, reads } = ledgerOf(given);
  const trial = await readTrialBalance(client, new ManualClock(), "ledger");
  return { ...trial, reads: reads() };
};

describe("a trial balance", () => {
  it("is settled at once where no journal was folded while it was read", async () => {
    expect(await read({})).toEqual({
      journals: 10,
      settled: true,
      totals: [{ currency: "EUR", total: 0n }],
      reads: 1,
    });
  });

  it("is read again when a fold overtook it, and covers what is in by then", async () => {
    expect(await read({ foldedWhileReading: [2, 3] })).toMatchObject({
      journals: 15,
      settled: true,
      reads: 3,
    });
  });

  it("is not settled when every reading was overtaken", async () => {
    expect(await read({ foldedWhileReading: Array(READS).fill(1) })).toMatchObject({
      settled: false,
      reads: READS,
    });
  });

  it("is read again while a sum is not zero, and says so when it stays", async () => {
    expect(await read({ off: [5n] })).toMatchObject({ totals: [{ total: 0n }], reads: 2 });
    expect(await read({ off: Array(READS).fill(5n) })).toMatchObject({
      settled: true,
      totals: [{ total: 5n }],
      reads: READS,
    });
  });

  it("counts no balance as zero that DynamoDB left out", async () => {
    await expect(read({ throttles: true })).rejects.toBeInstanceOf(StoreContention);
  });
});
