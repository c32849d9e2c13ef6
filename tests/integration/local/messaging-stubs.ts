// What the tests of the bus part share: a stub of Lambda's Invoke API whose functions the test
// writes, and DynamoDB Local.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { listen } from "../../../scripts/local/common/http.ts";
import { type DynamoDbLocal as Child, startDynamoDbLocal } from "../../../scripts/local/dynamodb/java.ts";
import { freePort, localAws } from "../../support/local-part.ts";

/** What the bus hands to functions, as far as tests look at it. */
export type StubEvent = {
  source?: string;
  time?: string;
  Records: {
    messageId: string;
    body: string;
    attributes: Record<string, string>;
    eventSourceARN: string;
    eventName?: string;
    dynamodb: {
      SequenceNumber: string;
      ApproximateCreationDateTime: number;
      Keys: { pk: { S: string } };
      NewImage: Record<string, Record<string, string>>;
    };
  }[];
};
type Stub = (event: StubEvent) => unknown;

const FUNCTION = /\/functions\/(?:.*function%3A)?local-(.*?)(?:%3Alive)?\/invocations$/;

/**
 * A function that throws is answered as Lambda answers; `down` drops every connection as a dead
 * part would.
 */
export async function stubFunctions(port: number, stubs: Record<string, Stub>) {
  const state = { down: false, refused: 0, types: [] as string[] };
  const server = await listen(port, async (request) => {
    if (state.down) {
      state.refused += 1;
      return { status: 500, destroy: true };
    }
    const stub = stubs[FUNCTION.exec(request.path)?.[1] ?? ""];
    if (!stub) return { status: 404 };
    const type = String(request.headers["x-amz-invocation-type"]);
    state.types.push(type);
    try {
      const result = await stub(JSON.parse(request.body.toString()));
      return type === "Event" ? { status: 202 } : { status: 200, body: JSON.stringify(result ?? null) };
    } catch (error) {
      const body = JSON.stringify({ errorType: "Error", errorMessage: String(error) });
      return { status: 200, headers: { "x-amz-function-error": "Unhandled" }, body };
    }
  });
  return { state, close: () => server.closeAllConnections() ?? server.close() };
}

export function writeManifest(home: string, manifest: object): string {
  const path = join(home, "manifest.json");
  writeFileSync(path, JSON.stringify({ functions: {}, queues: {}, rules: {}, buses: {}, ...manifest }));
  return path;
}

export const queueEntry = (more: object = {}) => ({
  visibility_timeout_seconds: 60,
  retention_seconds: 3600,
  receive_wait_seconds: 0,
  ...more,
});

/** One that can be killed and started again where it was. */
export class DynamoDbLocal {
  readonly url: string;
  readonly client: DynamoDBClient;
  private readonly home: string;
  private readonly port: number;
  private child: Child | undefined;

  private constructor(home: string, port: number) {
    this.home = home;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.client = new DynamoDBClient(localAws(this.url));
  }

  static async start(home: string): Promise<DynamoDbLocal> {
    const local = new DynamoDbLocal(home, await freePort());
    await local.start();
    return local;
  }

  async start(): Promise<void> {
    const [data, pidFile] = [join(this.home, "dynamodb"), join(this.home, "dynamodb.json")];
    this.child = await startDynamoDbLocal(data, pidFile, { port: this.port });
  }

  async kill(): Promise<void> {
    await this.child?.stop();
  }

  async createTable(table: string): Promise<void> {
    await this.client.send(
      new CreateTableCommand({
        TableName: table,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
      }),
    );
  }

  async put(table: string, pk: string, more: Record<string, { S: string } | { B: Uint8Array }> = {}) {
    await this.client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk }, ...more } }));
  }
}
