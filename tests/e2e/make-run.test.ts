// The black box: `make run` as a stranger types it, driven by HTTP alone, killed, and started
// again.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Client } from "../proofs/lib/client.ts";
import { until } from "../support/until.ts";

const ROOT = join(import.meta.dirname, "../..");
const READY = /^Contra is ready on (\S+)/m;

describe("make run", () => {
  const home = mkdtempSync(join(tmpdir(), "contra-make-"));
  let make: ChildProcess;
  let client: Client;

  let printed: string;

  /** Starts `make run` on a free port, as a terminal does, and waits for its ready line. */
  async function start(): Promise<void> {
    make = spawn("make", ["run"], {
      cwd: ROOT,
      env: { ...process.env, PORT: "0", CONTRA_HOME: home },
      // A group of its own, which Ctrl-C reaches as a whole.
      detached: true,
    });
    printed = "";
    for (const output of [make.stdout, make.stderr])
      output?.on("data", (chunk) => {
        printed += chunk;
      });
    const url = await new Promise<string>((resolve, reject) => {
      make.stdout?.on("data", () => {
        const ready = READY.exec(printed)?.[1];
        if (ready) resolve(ready);
      });
      make.once("close", () => reject(new Error(`make run ended:\n${printed}`)));
    });
    client = new Client(url);
  }

  /** What another terminal gets from a target of make, which knows nothing but the home. */
  const askMake = (...goal: string[]): string =>
    execFileSync("make", ["-s", ...goal], {
      cwd: ROOT,
      env: { ...process.env, CONTRA_HOME: home },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();

  const body = () => ({ amount: 500, currency: "INR", user_id: randomUUID() });

  beforeAll(() => start());
  afterAll(async () => {
    if (make.exitCode === null && make.signalCode === null) {
      make.kill("SIGTERM");
      await once(make, "exit");
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 20 });
  });

  it("takes a payment to COMPLETED and shows its trail without a gap", async () => {
    const id = await client.accepted("m1", body());
    const payment = await client.ended("m1", id);
    expect(payment).toMatchObject({ status: "COMPLETED", amount: 500, currency: "INR" });
    const { events } = (await client.get("m1", `/payments/${id}/events`)) as {
      events: { sequence: number }[];
    };
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  });

  it("shows another merchant nothing of it", async () => {
    const id = await client.accepted("m1", body());
    for (const path of [`/payments/${id}`, `/payments/${id}/events`]) {
      const answer = await client.request("GET", path, { merchant: "m2" });
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain("INR");
    }
  });

  it("refuses a request without a token, and one with a forged token", async () => {
    const forged = `${(await client.token("m1")).slice(0, -8)}AAAAAAAA`;
    const headers = { "idempotency-key": randomUUID() };
    const without = await client.request("POST", "/payments", { headers, body: body() });
    const withForged = await client.request("POST", "/payments", {
      headers: { ...headers, authorization: `Bearer ${forged}` },
      body: body(),
    });
    expect([without.status, withForged.status]).toEqual([401, 401]);
    expect(without.headers.get("content-type")).toBe("application/problem+json");
  });

  it("answers unknown paths with 404 and unknown methods with 405, as problem documents", async () => {
    const nowhere = await client.request("GET", "/nowhere", { merchant: "m1" });
    const wrongMethod = await client.request("DELETE", "/payments", { merchant: "m1" });
    expect([nowhere.status, wrongMethod.status]).toEqual([404, 405]);
    expect(wrongMethod.json.code).toBe("MethodNotAllowed");
  });

  it("prints a line for each request and each ended payment, and nothing that must not be seen", async () => {
    const token = await client.token("m3");
    const id = await client.accepted("m3", { ...body(), metadata: { note: "for nobody else" } });
    await client.ended("m3", id);
    await client.request("GET", "/payments/4111111111111111", { merchant: "m3" });
    const line = (pattern: string) => new RegExp(`^\\d\\d:\\d\\d:\\d\\d  ${pattern}$`, "m");
    await until(async () => line("GET    /payments/\\[card\\] +404 +\\d+ ms  m3").test(printed));
    await until(async () =>
      line(`=> card payment ${id} 5.00 INR COMPLETED after \\d+\\.\\d s`).test(printed),
    );
    expect(printed).toMatch(line("POST   /payments +202 +\\d+ ms  m3"));
    expect(printed).toMatch(line(`GET    /payments/${id} +200 +\\d+ ms  m3`));
    for (const secret of [token, "for nobody else", "4111111111111111", "/health"])
      expect(printed).not.toContain(secret);
  });

  it("is found by its home from another terminal, whatever its port", async () => {
    expect(askMake("url")).toBe(client.url);
    const headers = { authorization: `Bearer ${askMake("token", "MERCHANT=m1")}` };
    expect((await client.request("GET", `/payments/${randomUUID()}`, { headers })).status).toBe(404);
  });

  it("loses nothing when it is killed with payments on their way, and finishes them on another port", async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => client.accepted("m1", body())));
    const { pid } = JSON.parse(readFileSync(join(home, "stack.json"), "utf8")) as { pid: number };
    process.kill(pid, "SIGKILL");
    await once(make, "close");
    await start();
    // What was built for the first start is built.
    expect(printed).not.toMatch(/functions are bundled/);
    expect(printed).toMatch(/^The home \S+ holds \d+ payments: /m);
    for (const id of ids) {
      expect(await client.ended("m1", id)).toMatchObject({ status: "COMPLETED" });
      const operations = (await client.operations(id)).map(({ operation }) => operation);
      expect(operations.sort()).toEqual(["authorize", "capture"]);
    }
  });

  it("says at Ctrl-C where the books are, and goes on with a home whose folders have their former names", async () => {
    const id = await client.accepted("m1", body());
    await client.ended("m1", id);
    const closed = once(make, "close");
    process.kill(-Number(make.pid), "SIGINT");
    await closed;
    expect(printed).toContain(`contra: stopped. The books are kept in ${home}`);
    const former = {
      "step-functions": "engine",
      messaging: "bus",
      lambda: "functions",
      "api-gateway": "gateway",
    };
    for (const [now, before] of Object.entries(former)) renameSync(join(home, now), join(home, before));
    await start();
    expect(printed).toContain("its folders have new names now: engine, bus, functions, gateway");
    expect(await client.ended("m1", id)).toMatchObject({ status: "COMPLETED" });
  });
});
