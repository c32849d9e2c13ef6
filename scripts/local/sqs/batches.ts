// The batch operations of SQS: the single operation once per entry. Each entry succeeds or
// fails by itself.
import { AwsError, type Operations } from "../common/aws-json.ts";

type Entry = { Id: string; MessageBody?: string };
type BatchInput = { QueueUrl?: string; Entries?: Entry[] };

const MOST_ENTRIES = 10;
/** One limit for a message and for a whole batch. */
const BATCH_LIMIT_BYTES = 262_144;

export function batchOperations(single: Operations): Operations {
  const over = (name: string) => (input: BatchInput) => runBatch(input, single, name);
  return {
    SendMessageBatch: over("SendMessage"),
    DeleteMessageBatch: over("DeleteMessage"),
    ChangeMessageVisibilityBatch: over("ChangeMessageVisibility"),
  };
}

async function runBatch(input: BatchInput, single: Operations, name: string) {
  const entries = input.Entries ?? [];
  refuseMalformed(entries);
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      const result = (await single[name]?.({ ...entry, QueueUrl: input.QueueUrl })) as object | undefined;
      Successful.push({ Id: entry.Id, ...result });
    } catch (error) {
      if (!(error instanceof AwsError) || error.type.endsWith("QueueDoesNotExist")) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.type, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function refuseMalformed(entries: Entry[]): void {
  if (entries.length === 0) {
    throw new AwsError("EmptyBatchRequest", "There should be at least one entry in the batch request.");
  }
  if (entries.length > MOST_ENTRIES) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${MOST_ENTRIES}.`,
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError(
      "BatchEntryIdsNotDistinct",
      "Two or more batch entries in the request have the same Id.",
    );
  }
  const bytes = entries.reduce((sum, { MessageBody = "" }) => sum + Buffer.byteLength(MessageBody), 0);
  if (bytes > BATCH_LIMIT_BYTES) {
    throw new AwsError(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${BATCH_LIMIT_BYTES} bytes.`,
    );
  }
}
