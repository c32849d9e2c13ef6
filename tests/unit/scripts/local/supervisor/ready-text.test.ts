// What a person reads once the stack is up.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openPortIn } from "../../../../../scripts/local/dynamodb/java.ts";
import { contentsOf, contentsText } from "../../../../../scripts/local/supervisor/home-contents.ts";
import { type Ready, readyText } from "../../../../../scripts/local/supervisor/ready-text.ts";

const READY: Ready = {
  url: "http://localhost:3000",
  home: join(process.cwd(), ".contra"),
  milliseconds: 4_210,
  timeScale: "1",
  contents: undefined,
  openPort: undefined,
  isQuiet: false,
};
const text = (ready: Partial<Ready> = {}) => readyText({ ...READY, ...ready });

describe("the ready text", () => {
  it("begins with the line that tools wait for", () => {
    expect(text()).toMatch(/^Contra is ready on http:\/\/localhost:3000 \(4\.2 s, /);
  });

  it("names the home where it is another than the usual one, and the token finds it there", () => {
    expect(text()).toContain("TOKEN=$(make -s token)\n");
    expect(text({ home: "/elsewhere/home" })).toContain("make -s token CONTRA_HOME=/elsewhere/home)");
  });

  it("quotes a home with a blank or a quote for the shell, and no other", () => {
    expect(text({ home: "/my homes/it's" })).toContain("CONTRA_HOME='/my homes/it'\\''s')\n");
    expect(text({ home: "/elsewhere/home_2.x" })).toContain("CONTRA_HOME=/elsewhere/home_2.x)");
  });

  it("warns of an open port, and only then", () => {
    expect(text({ openPort: 4711 })).toContain("listens on port 4711 of every address");
    expect(text({ openPort: "unknown" })).toContain("could not be read");
    expect(text()).not.toContain("DynamoDB Local");
  });

  it("announces the lines that follow, unless none do", () => {
    expect(text()).toContain("QUIET=1");
    expect(text({ isQuiet: true })).not.toContain("QUIET");
  });
});

describe("what a home holds", () => {
  it.each([
    [undefined, "is new: no payments yet."],
    ["uncounted" as const, "could not be counted."],
    [{ byStatus: {}, isAll: true }, "holds no payments yet."],
    [{ byStatus: { COMPLETED: 1 }, isAll: true }, "holds 1 payment: 1 COMPLETED."],
    [
      { byStatus: { IN_REVIEW: 2, COMPLETED: 10, FAILED: 1 }, isAll: true },
      "holds 13 payments: 10 COMPLETED, 1 FAILED, 2 IN_REVIEW. 2 are parked: a person must look (docs/runbook.md).",
    ],
    [{ byStatus: { COMPLETED: 9_000 }, isAll: false }, "holds at least 9000 payments: 9000 COMPLETED."],
  ])("is told of %j", (contents, told) => {
    expect(contentsText(contents)).toBe(told);
  });

  it("is not counted, and ends nothing, when the tables answer with an error or not at all", async () => {
    const failing = createServer((_, answer) => answer.writeHead(500).end("broken"));
    const counting = createServer((_, answer) => answer.end('{"Items":[{"status":{"S":"COMPLETED"}}]}'));
    const ask = async (server: Server) => contentsOf(await listening(server));
    expect(await ask(failing)).toBe("uncounted");
    expect(await ask(counting)).toEqual({ byStatus: { COMPLETED: 1 }, isAll: true });
    const url = await listening(failing);
    for (const server of [failing, counting]) await new Promise((closed) => server.close(closed));
    expect(await contentsOf(url)).toBe("uncounted");
  });
});

async function listening(server: Server): Promise<string> {
  if (!server.listening) await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the port of DynamoDB Local", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "contra-port-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ["is open where others reach it", '{"port":4711,"isLoopback":false}', 4711],
    ["is not open on loopback alone", '{"port":4711,"isLoopback":true}', undefined],
    ["is unknown from a file that was cut off", '{"port":', "unknown"],
    ["is unknown without a file", undefined, "unknown"],
  ])("%s", (_, written, port) => {
    const file = join(folder, "dynamodb-local.json");
    if (written) writeFileSync(file, written);
    expect(openPortIn(file)).toBe(port);
  });
});
