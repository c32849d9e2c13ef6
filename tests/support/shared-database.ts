// One DynamoDB Local for all files of a run of jest: a JVM for each cost more than their tests. It
// starts when the first file asks for it, and ends with jest's own process, however that ends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json, listen } from "../../scripts/local/common/http.ts";
import { startDynamoDbLocal } from "../../scripts/local/dynamodb/java.ts";
import { urlOf } from "./servers.ts";

/** Where the files of this run ask for it. */
const ADDRESS = "CONTRA_SHARED_DATABASE";

/**
 * Jest calls this before the first file. Its own process has the database, for no worker lives as
 * long.
 */
export default async function announce(): Promise<void> {
  let starting: Promise<string> | undefined;
  const server = await listen(0, async () => {
    starting ??= start();
    return json(200, { url: await starting });
  });
  // Neither the server nor who asked it keeps jest from ending.
  server.unref();
  server.on("connection", (socket) => socket.unref());
  process.env[ADDRESS] = urlOf(server);
}

async function start(): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "contra-shared-"));
  process.once("exit", () => rmSync(home, { recursive: true, force: true }));
  const pidFile = join(home, "dynamodb.json");
  const options = { tablesByKey: true, inMemory: true };
  const { url, child } = await startDynamoDbLocal(join(home, "dynamodb"), pidFile, options);
  child.unref();
  return url;
}

/** Its URL. Each access key has tables of its own there. */
export async function sharedDatabase(): Promise<string> {
  const answer = await fetch(process.env[ADDRESS] ?? "");
  if (!answer.ok) throw new Error(`no DynamoDB Local: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { url: string }).url;
}
