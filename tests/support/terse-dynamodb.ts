// A DynamoDB that reports one failed condition of a cancelled transaction, and keeps quiet about
// the others: it need not report all of them.
import { type DynamoDBClient, TransactionCanceledException } from "@aws-sdk/client-dynamodb";

/** Reports the first, or the last, of the conditions that failed. */
export function terse(client: DynamoDBClient, reported: "first" | "last"): DynamoDBClient {
  const send = async (command: never) => {
    try {
      return await client.send(command);
    } catch (error) {
      throw error instanceof TransactionCanceledException ? withOneReason(error, reported) : error;
    }
  };
  return { send } as unknown as DynamoDBClient;
}

function withOneReason(
  error: TransactionCanceledException,
  reported: "first" | "last",
): TransactionCanceledException {
  const reasons = error.CancellationReasons ?? [];
  const failed = reasons.flatMap(({ Code }, index) => (Code === "ConditionalCheckFailed" ? [index] : []));
  const told = reported === "first" ? failed[0] : failed.at(-1);
  const CancellationReasons = reasons.map((reason, index) => (index === told ? reason : { Code: "None" }));
  return new TransactionCanceledException({ message: error.message, $metadata: {}, CancellationReasons });
}
