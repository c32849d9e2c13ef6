// A home of an older Contra is taken over as it is.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  FORMER_PARTS,
  HomeDivided,
  takeOverHome,
} from "../../../../../scripts/local/supervisor/take-over-home.ts";

const BEFORE = {
  "dynamodb/shared-local-instance.db": "tables",
  "engine/engine.sqlite": "executions",
  "bus/bus.db": "messages",
  "functions/async-events.db": "events",
  "gateway/signing-key.json": "key",
  "sandbox/books.db": "books",
};
const AFTER = {
  "dynamodb/shared-local-instance.db": "tables",
  "step-functions/engine.sqlite": "executions",
  "messaging/bus.db": "messages",
  "lambda/async-events.db": "events",
  "api-gateway/signing-key.json": "key",
  "sandbox/books.db": "books",
};

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "contra-former-"));
  for (const [path, text] of Object.entries(BEFORE)) write(path, text);
});

afterEach(() => rmSync(home, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(join(home, path, ".."), { recursive: true });
  writeFileSync(join(home, path), text);
}

const files = () => {
  const names = readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.\w+$/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(home, name), "utf8")]));
};

describe("a home with the folders of before", () => {
  it("has those of today and every file, and is left alone the next time", () => {
    expect(takeOverHome(home)).toEqual(["engine", "bus", "functions", "gateway"]);
    expect(files()).toEqual(AFTER);
    expect(takeOverHome(home)).toEqual([]);
    expect(files()).toEqual(AFTER);
  });

  it("is finished by the next start when one was killed in between", () => {
    takeOverHome(home);
    write("bus/bus.db", "messages");
    rmSync(join(home, "messaging"), { recursive: true });
    expect(takeOverHome(home)).toEqual(["bus"]);
    expect(files()).toEqual(AFTER);
  });

  it("takes the place of an empty folder", () => {
    mkdirSync(join(home, "messaging"));
    takeOverHome(home);
    expect(files()).toEqual(AFTER);
  });

  it("is refused where both names hold something, and nothing of it is touched", () => {
    write("messaging/bus.db", "other messages");
    expect(() => takeOverHome(home)).toThrow(HomeDivided);
    expect(files()).toEqual({ ...BEFORE, "messaging/bus.db": "other messages" });
  });

  it("may have left a process of each old part, of the tables' too", () => {
    expect(FORMER_PARTS).toEqual(["database", "engine", "bus", "functions", "gateway"]);
  });

  it("had no folder for the tables' part, so one of that name is somebody else's", () => {
    write("database/notes.txt", "mine");
    expect(takeOverHome(home)).not.toContain("database");
    expect(files()).toEqual({ ...AFTER, "database/notes.txt": "mine" });
  });

  it("is not seen in a home of today, or a new one", () => {
    const fresh = join(home, "fresh");
    mkdirSync(join(fresh, "dynamodb"), { recursive: true });
    expect(takeOverHome(fresh)).toEqual([]);
    expect(existsSync(join(fresh, "dynamodb"))).toBe(true);
  });
});
