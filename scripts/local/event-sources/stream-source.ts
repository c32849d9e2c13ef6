// DynamoDB Streams as a consumer needs it: the shards of a table's stream, and the records of a
// shard after a position. DynamoDB Local keeps one open shard per stream. It closes it after four
// hours, and the shard's child goes on. It drops records after a day.
import type { DescribeTableOutput } from "@aws-sdk/client-dynamodb";
import type {
  DescribeStreamOutput,
  _Record as DynamoRecord,
  GetRecordsOutput,
  GetShardIteratorOutput,
  Shard,
} from "@aws-sdk/client-dynamodb-streams";
import { REGION } from "../common/settings.ts";
import { call } from "../dynamodb/forward.ts";

/** A record as Lambda gives it to a function, and its place in the shard. */
export type StreamRecord = {
  eventID: string;
  eventName: string;
  dynamodb: { SequenceNumber: string; Keys?: unknown; ApproximateCreationDateTime?: number };
} & Record<string, unknown>;
/** `next` is absent when the shard is closed and read to its end. */
export type Page = { records: StreamRecord[]; last: string | undefined; next: string | undefined };

const PAGE_LIMIT = 1_000;
/** A page has a hundred shards. A day of a local stream has far fewer than ten pages. */
const MOST_SHARD_PAGES = 10;

export class StreamSource {
  private readonly endpoint: string;

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  private ask<Output>(operation: string, input: unknown): Promise<Output> {
    return call<Output>(this.endpoint, operation, input, { service: "DynamoDBStreams_20120810" });
  }

  async streamOf(table: string): Promise<string> {
    const input = { TableName: table };
    const { Table } = await call<DescribeTableOutput>(this.endpoint, "DescribeTable", input);
    if (!Table?.LatestStreamArn) throw new Error(`${table} has no stream`);
    return Table.LatestStreamArn;
  }

  async shards(stream: string): Promise<Shard[]> {
    const found: Shard[] = [];
    let after: string | undefined;
    for (let page = 0; page < MOST_SHARD_PAGES; page++) {
      const start = after === undefined ? {} : { ExclusiveStartShardId: after };
      const input = { StreamArn: stream, ...start };
      const answer = await this.ask<DescribeStreamOutput>("DescribeStream", input);
      found.push(...(answer.StreamDescription?.Shards ?? []));
      after = answer.StreamDescription?.LastEvaluatedShardId;
      if (after === undefined) break;
    }
    return found;
  }

  /**
   * An iterator after `position`, or at the oldest record without one; undefined when the
   * shard is gone.
   */
  async iterator(stream: string, shard: string, position: string | undefined): Promise<string | undefined> {
    const place =
      position === undefined
        ? { ShardIteratorType: "TRIM_HORIZON" as const }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER" as const, SequenceNumber: position };
    const input = { StreamArn: stream, ShardId: shard, ...place };
    try {
      return (await this.ask<GetShardIteratorOutput>("GetShardIterator", input)).ShardIterator;
    } catch (error) {
      if (isNamed(error, "ResourceNotFoundException")) return undefined;
      if (position === undefined || !isNamed(error, "TrimmedDataAccessException")) throw error;
      console.error(`${shard}: what came after ${position} was trimmed; going on with the oldest record`);
      return this.iterator(stream, shard, undefined);
    }
  }

  async read(stream: string, iterator: string): Promise<Page> {
    const input = { ShardIterator: iterator, Limit: PAGE_LIMIT };
    const { Records = [], NextShardIterator } = await this.ask<GetRecordsOutput>("GetRecords", input);
    const records = Records.map((record) => lambdaRecord(record, stream));
    return { records, last: records.at(-1)?.dynamodb.SequenceNumber, next: NextShardIterator };
  }
}

/** A stream's name as functions see it. DynamoDB Local wants the region `ddblocal` in it. */
const seenArn = (arn: string): string => arn.replace(":ddblocal:", `:${REGION}:`);
export const localArn = (arn: string): string => arn.replace(`:${REGION}:`, ":ddblocal:");

export const isNamed = (error: unknown, name: string): boolean =>
  error instanceof Error && error.name === name;

/** The wire has a number of seconds, and the SDK makes a date of it. */
const secondsOf = (created: Date | number): number =>
  Math.floor(typeof created === "number" ? created : created.getTime() / 1000);

/** The record as Lambda gives it. */
export function lambdaRecord(record: DynamoRecord, stream: string): StreamRecord {
  const { dynamodb = {}, eventID = "", eventName = "", eventVersion, userIdentity } = record;
  const { ApproximateCreationDateTime: created, SequenceNumber = "", ...rest } = dynamodb;
  return {
    eventID,
    eventName,
    eventVersion,
    eventSource: "aws:dynamodb",
    awsRegion: REGION,
    dynamodb: {
      ...(withBase64(rest) as object),
      SequenceNumber,
      ...(created ? { ApproximateCreationDateTime: secondsOf(created) } : {}),
    },
    eventSourceARN: seenArn(stream),
    ...(userIdentity ? { userIdentity } : {}),
  };
}

/** Binary attributes are base64 in Lambda's event, as they are on the wire. */
function withBase64(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(withBase64);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withBase64(inner)]));
}
