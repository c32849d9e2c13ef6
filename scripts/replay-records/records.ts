// The records that a stream's consumer gave up on. The failure names their position, and they are
// read again from the stream. The stream keeps them for 24 hours.
import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { isNamed, lambdaRecord, type StreamRecord } from "../local/event-sources/stream-source.ts";

/** The part of Lambda's on-failure message that is needed. */
export type Failure = {
  requestContext: { functionArn: string };
  DDBStreamBatchInfo: Batch;
};
export type Batch = {
  streamArn: string;
  shardId: string;
  startSequenceNumber: string;
  endSequenceNumber: string;
};

const PAGE = 100;
/**
 * A batch has at most some dozens of records that pass its filter. The records between
 * them are skipped.
 */
const MOST_PAGES = 100;

/** The failure's records; undefined when the stream no longer has them. */
export async function recordsOf(
  streams: DynamoDBStreamsClient,
  batch: Batch,
): Promise<StreamRecord[] | undefined> {
  const found: StreamRecord[] = [];
  const last = BigInt(batch.endSequenceNumber);
  let iterator = await iteratorAt(streams, batch);
  for (let page = 0; iterator && page < MOST_PAGES; page++) {
    const answer = await streams.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: PAGE }));
    const records = (answer.Records ?? []).map((record) => lambdaRecord(record, batch.streamArn));
    found.push(...records.filter(({ dynamodb }) => BigInt(dynamodb.SequenceNumber) <= last));
    if (records.some(({ dynamodb }) => BigInt(dynamodb.SequenceNumber) >= last)) return found;
    iterator = answer.NextShardIterator;
  }
  return undefined;
}

async function iteratorAt(
  streams: DynamoDBStreamsClient,
  { streamArn, shardId, startSequenceNumber }: Batch,
): Promise<string | undefined> {
  const command = new GetShardIteratorCommand({
    StreamArn: streamArn,
    ShardId: shardId,
    ShardIteratorType: "AT_SEQUENCE_NUMBER",
    SequenceNumber: startSequenceNumber,
  });
  try {
    return (await streams.send(command)).ShardIterator;
  } catch (error) {
    if (isNamed(error, "TrimmedDataAccessException") || isNamed(error, "ResourceNotFoundException"))
      return undefined;
    throw error;
  }
}
