// What an adapter sends to DynamoDB, counted.
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { jest } from "@jest/globals";

/** How many reads and writes of single items the work sends by the client. */
export async function sentBy(
  client: DynamoDBClient,
  work: () => Promise<unknown>,
): Promise<{ reads: number; writes: number }> {
  const send = jest.spyOn(client, "send");
  try {
    await work();
    const commands = send.mock.calls.map(([command]) => command as object);
    return {
      reads: commands.filter((command) => command instanceof GetItemCommand).length,
      writes: commands.filter((command) => command instanceof PutItemCommand).length,
    };
  } finally {
    send.mockRestore();
  }
}
