// The whole stack as a process: how it starts, what it survives, and that nothing of it is left
// behind.
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { PARTS } from "../../../scripts/local/common/settings.ts";
import { identityOf } from "../../../scripts/local/supervisor/pid-files.ts";
import { type Stack, spawnStack, startStack } from "../../support/stack.ts";
import { until } from "../../support/until.ts";

const home = mkdtempSync(join(tmpdir(), "contra-supervisor-"));
let stack: Stack;
/** How long this machine, as busy as it is, takes for a start. */
let startMs: number;

beforeAll(async () => {
  const began = performance.now();
  stack = await startStack({ home });
  startMs = performance.now() - began;
});

afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true, maxRetries: 20 });
});

const health = async () => (await stack.get("/health")).status;

/** What a start prints that is refused. */
async function refusal(options: { home: string; env?: Record<string, string> }) {
  const child = spawnStack(options);
  const printed: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => printed.push(chunk));
  const [code] = await once(child, "close");
  return { code, printed: Buffer.concat(printed).toString() };
}

const isGone = (pids: Record<string, number>) =>
  Object.values(pids).every((pid) => identityOf(pid) === undefined);

describe("a stack", () => {
  it("is healthy once it says that it is ready, on localhost and on 127.0.0.1", async () => {
    expect(await health()).toBe(200);
    const answer = await fetch(`${stack.url.replace("localhost", "127.0.0.1")}/health`);
    expect(answer.status).toBe(200);
  });

  it("names its parts and their processes", () => {
    expect(Object.keys(stack.pids()).sort()).toEqual([...PARTS, "supervisor"].sort());
    expect(isGone({ one: stack.pids()["step-functions"] })).toBe(false);
  });

  it("refuses a second one on its home, and lives on", async () => {
    const { code, printed } = await refusal({ home });
    expect(code).toBe(1);
    expect(printed).toContain(`a stack is already running on ${home}`);
    expect(await health()).toBe(200);
  });

  it("refuses a port that is taken", async () => {
    const other = mkdtempSync(join(tmpdir(), "contra-other-"));
    const { code, printed } = await refusal({ home: other, env: { PORT: new URL(stack.url).port } });
    expect(code).toBe(1);
    expect(printed).toContain("is taken");
    rmSync(other, { recursive: true });
  });

  it.each([
    [{ PORT: "http" }, "PORT must be a port number"],
    [
      { CONTRA_POLICY: '{"reason_require":true}' },
      "the policy is wrong: /reason_require is not a known field",
    ],
    [{ CONTRA_POLICY: "{" }, "CONTRA_POLICY: the policy is no JSON"],
    [{ CONTRA_TIME_SCALE: "0" }, "CONTRA_TIME_SCALE must be a number above 0"],
  ])("refuses the setting %j", async (env, message) => {
    const other = mkdtempSync(join(tmpdir(), "contra-other-"));
    const { code, printed } = await refusal({ home: other, env });
    expect(code).toBe(1);
    expect(printed).toContain(message);
    rmSync(other, { recursive: true });
  });
});

describe("a part that is killed", () => {
  it.each(["step-functions", "lambda", "api-gateway", "dynamodb"] as const)(
    "comes back where it was: %s",
    async (part) => {
      const before = stack.pids()[part];
      await stack.kill(part);
      await until(() => stack.pids()[part] !== before, "another process is there");
      await until(
        async () => (await stack.get("/health").catch(() => undefined))?.status === 200,
        "all is well",
      );
    },
  );
});

describe("the end", () => {
  it("by kill -9 leaves nothing that runs, and the next start keeps keys and tokens, on another port", async () => {
    const authorization = `Bearer ${await stack.token("m1")}`;
    const java = JSON.parse(readFileSync(join(home, "pids", "dynamodb-local.json"), "utf8")).pid as number;
    const pids = { ...stack.pids(), java };
    await stack.kill("supervisor", "SIGKILL");
    await until(() => isGone(pids), "everything is gone");
    stack = await startStack({ home });
    const answer = await fetch(`${stack.url}/payments/00000000-0000-8000-8000-000000000000`, {
      headers: { authorization },
    });
    expect(answer.status).toBe(404);
  });

  it("by SIGTERM stops every part, sooner than a start takes, and removes what names them", async () => {
    const pids = stack.pids();
    const began = performance.now();
    expect(await stack.stop("SIGTERM")).toBe(0);
    expect(performance.now() - began).toBeLessThan(startMs);
    expect(isGone(pids)).toBe(true);
    expect(existsSync(join(home, "stack.json"))).toBe(false);
    const left = readdirSync(join(home, "pids"));
    for (const part of PARTS) expect(left).not.toContain(`${part}.json`);
  });
});
