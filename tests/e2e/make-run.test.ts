// The black box: `make run` as a stranger types it, driven by HTTP alone, killed, and started
// again.

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Client } from "../proofs/lib/client.ts";

const ROOT = join(import.meta.dirname, "../..");
const READY = /^Contra is ready on (\S+)/m;

describe("make run", () => {
  const home = mkdtempSync(join(tmpdir(), "contra-make-"));
  let make: ChildProcess;
  let client: Client;

  /** Starts `make run` on a free port and waits for its ready line. */
  async function start(...options: string[]): Promise<void> {
    make = spawn("make", [...options, "run"], {
      cwd: ROOT,
      env: { ...process.env, PORT: "0", CONTRA_HOME: home },
    });
    const url = await new Promise<string>((resolve, reject) => {
      let printed = "";
      make.stdout?.on("data", (chunk) => {
        printed += chunk;
        const ready = READY.exec(printed)?.[1];
        if (ready) resolve(ready);
      });
      make.once("close", () => reject(new Error(`make run ended:\n${printed}`)));
    });
    client = new Client(url);
  }

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

  it("loses nothing when it is killed with payments on their way, and finishes them on another port", async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => client.accepted("m1", body())));
    const { pid } = JSON.parse(readFileSync(join(home, "stack.json"), "utf8")) as { pid: number };
    process.kill(pid, "SIGKILL");
    await once(make, "close");
    // What was built for the first start is built.
    await start("-o", "build");
    for (const id of ids) {
      expect(await client.ended("m1", id)).toMatchObject({ status: "COMPLETED" });
      const operations = (await client.operations(id)).map(({ operation }) => operation);
      expect(operations.sort()).toEqual(["authorize", "capture"]);
    }
  });
});
