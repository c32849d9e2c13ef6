// Starts the database part as the supervisor does, alone, on a home of its own; ends it and DynamoDB Local with it.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../scripts/local/dynamodb/java.ts";

const root = join(import.meta.dirname, "..", "..", "..");

export type DatabasePart = { url: string; home: string; process: ChildProcess };

export const newHome = (): string => mkdtempSync(join(tmpdir(), "contra-database-"));

/** The pid of DynamoDB Local, from the file that the part leaves for its next start. */
export const javaPid = (home: string): number =>
  (JSON.parse(readFileSync(join(home, "pids", "dynamodb-local.json"), "utf8")) as { pid: number }).pid;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function startDatabase(home: string): Promise<DatabasePart> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const others = ["STEP_FUNCTIONS", "MESSAGING", "LAMBDA", "SANDBOX", "API_GATEWAY"].map((part) => [
    `CONTRA_URL_${part}`,
    "http://127.0.0.1:1",
  ]);
  const child = spawn(
    join(root, "node_modules", ".bin", "node"),
    [join(root, "scripts", "local", "dynamodb", "main.ts")],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        NODE_NO_WARNINGS: "1",
        ...Object.fromEntries(others),
        CONTRA_HOME: home,
        CONTRA_URL_DYNAMODB: url,
      },
    },
  );
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the database part ended with ${child.exitCode}`);
    const ready = await fetch(`${url}/_local/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return { url, home, process: child };
    await sleep(50);
  }
  throw new Error("the database part did not become ready within 30 s");
}

export async function endDatabase(
  part: DatabasePart,
  signal: "SIGTERM" | "SIGKILL" = "SIGTERM",
): Promise<void> {
  if (part.process.exitCode !== null || part.process.signalCode !== null) return;
  const gone = new Promise((resolve) => part.process.once("exit", resolve));
  part.process.kill(signal);
  await gone;
}
