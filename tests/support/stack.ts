// Runs a whole local stack for a test or a proof, and speaks to it as a client would: by HTTP and
// nothing else.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Part } from "../../scripts/local/common/settings.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const READY = /^Contra is ready on (\S+)/m;

export type Answer<T = unknown> = { status: number; headers: Headers; text: string; body: T };
type Call = { merchant?: string; headers?: Record<string, string> };

export class Stack {
  readonly url: string;
  readonly home: string;
  /** What it has printed until it was ready, and a moment after. */
  readonly printed: () => string;
  private readonly supervisor: ChildProcess;
  private readonly isTemporary: boolean;
  private readonly tokens = new Map<string, Promise<string>>();

  constructor(
    url: string,
    home: string,
    supervisor: ChildProcess,
    isTemporary: boolean,
    printed: () => string = () => "",
  ) {
    this.url = url;
    this.home = home;
    this.printed = printed;
    this.supervisor = supervisor;
    this.isTemporary = isTemporary;
  }

  /**
   * An access token of the merchant, with all scopes unless narrowed; the same one when asked
   * again.
   */
  token(merchant = "m1", scope = ""): Promise<string> {
    const key = `${merchant} ${scope}`;
    const token = this.tokens.get(key) ?? this.grant(merchant, scope);
    this.tokens.set(key, token);
    return token;
  }

  private async grant(merchant: string, scope: string): Promise<string> {
    const answer = await fetch(`${this.url}/oauth2/token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${merchant}:secret`).toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials", ...(scope ? { scope } : {}) }),
    });
    if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  get<T = Record<string, unknown>>(path: string, call: Call = {}): Promise<Answer<T>> {
    return this.request<T>("GET", path, undefined, call);
  }

  /** Sends a JSON body; `headers` may hold the Idempotency-Key. */
  post<T = Record<string, unknown>>(path: string, body: unknown, call: Call = {}): Promise<Answer<T>> {
    return this.request<T>("POST", path, body, call);
  }

  async request<T>(
    method: string,
    path: string,
    body: unknown,
    { merchant, headers }: Call = {},
  ): Promise<Answer<T>> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${await this.token(merchant)}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get("content-type") ?? "");
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: (isJson ? JSON.parse(text) : undefined) as T,
    };
  }

  /** The process ids of the supervisor and of each part, as the stack names them itself. */
  pids(): Record<Part | "supervisor", number> {
    const stack = JSON.parse(readFileSync(join(this.home, "stack.json"), "utf8"));
    const parts = Object.entries(stack.parts as Record<Part, { pid: number }>).map(([part, { pid }]) => [
      part,
      pid,
    ]);
    return { supervisor: stack.pid, ...Object.fromEntries(parts) };
  }

  /**
   * Sends a signal to one part, or to the supervisor: with SIGKILL that is the end of the whole
   * stack.
   */
  async kill(part: Part | "supervisor", signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    process.kill(this.pids()[part], signal);
    if (part === "supervisor") await this.ended();
  }

  /** Stops everything and resolves with the exit code. A home that startStack made is removed. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.supervisor.kill(signal);
    await this.ended();
    if (this.isTemporary) rmSync(this.home, { recursive: true, force: true, maxRetries: 20 });
    return this.supervisor.exitCode;
  }

  private async ended(): Promise<void> {
    if (this.supervisor.exitCode === null && this.supervisor.signalCode === null)
      await once(this.supervisor, "exit");
  }
}

export type StackOptions = { home?: string; env?: Record<string, string> };

/**
 * A process that runs scripts/run.ts on any free port, and what it prints; for tests of the start
 * itself.
 */
export function spawnStack({ home, env }: StackOptions & { home: string }): ChildProcess {
  const script = join(ROOT, "scripts", "run.ts");
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, "--with-parent"], {
    cwd: ROOT,
    env: { ...process.env, PORT: "0", QUIET: "1", ...env, CONTRA_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/**
 * Starts a stack in `home`, or in a temporary one, and resolves once it is ready. It is waited for
 * as long as it lives: a part that does not come up ends the stack by itself.
 */
export async function startStack({ home, env = {} }: StackOptions = {}): Promise<Stack> {
  const place = home ?? mkdtempSync(join(tmpdir(), "contra-"));
  // A home that goes with its stack needs no tables on disk.
  const tables = home === undefined ? { CONTRA_TABLES: "memory" } : {};
  const child = spawnStack({ home: place, env: { ...tables, ...env } });
  let printed = "";
  const url = await new Promise<string>((resolve, reject) => {
    const ended = () => reject(new Error(`the stack ended before it was ready:\n${printed}`));
    child.once("close", ended);
    const read = (chunk: Buffer) => {
      printed += chunk;
      const ready = READY.exec(printed)?.[1];
      if (!ready) return;
      child.removeListener("close", ended);
      resolve(ready);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
  });
  return new Stack(url, place, child, home === undefined, () => printed);
}
