// Runs one call through the SDK while a function's code loads, when Lambda gives it a whole
// processor: V8 compiles what every call needs, and the first event does not wait for it. The
// client is one of its own, whose answers are made up. No request leaves the process.
import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";

/** The table that a rehearsal asks for. There is none. */
export const REHEARSED = "rehearsal";

const ANSWER = { statusCode: 200, headers: {}, body: Buffer.from('{"Items":[{"pk":{"S":"a"}}],"Count":1}') };

/** Resolves with how many items the call found, by whatever code a call takes: one. */
export async function rehearse(): Promise<number | undefined> {
  const requestHandler = {
    handle: async () => ({ response: { ...ANSWER } }),
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
  // Settings of its own: it looks for nothing, and nobody's credentials sign it.
  const credentials = { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" };
  const client = new DynamoDBClient({ region: "us-east-1", credentials, maxAttempts: 1, requestHandler });
  const { Count } = await client.send(
    new QueryCommand({
      TableName: REHEARSED,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: "a" } },
    }),
  );
  return Count;
}
