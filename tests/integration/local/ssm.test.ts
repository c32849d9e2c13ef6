// SSM's parameters at the bus part, through the real SDK: the manifest's switches are there, off,
// and what is put survives kill -9.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { freePort, localAws, type RunningPart, startPart } from "../../support/local-part.ts";
import { writeManifest } from "./messaging-stubs.ts";

const home = mkdtempSync(join(tmpdir(), "contra-parameters-"));
const NAMES = ["card", "sandbox", "other"].flatMap((subject) =>
  ["stop-intake", "hold-starts", "stop-pivots", "stop-all"].map((what) => `${subject}/${what}`),
);
const manifest = writeManifest(home, {
  functions: {},
  queues: {},
  rules: {},
  buses: {},
  switches: Object.fromEntries(NAMES.map((name) => [name, { description: "A switch." }])),
});

let part: RunningPart;
let url: string;
let ssm: SSMClient;
const start = () => startPart("messaging", home, { messaging: url }, { CONTRA_MANIFEST: manifest });

beforeAll(async () => {
  url = `http://127.0.0.1:${await freePort()}`;
  part = await start();
  ssm = new SSMClient(localAws(url));
});

afterAll(async () => {
  ssm?.destroy();
  await part?.stop();
  rmSync(home, { recursive: true });
});

const put = (name: string, Value: string, Overwrite = true) =>
  ssm.send(new PutParameterCommand({ Name: `/local-switches/${name}`, Value, Overwrite }));
const read = async (name: string) =>
  (await ssm.send(new GetParameterCommand({ Name: `/local-switches/${name}` }))).Parameter?.Value;

/** Everything below the path, page by page. */
async function below(Path: string, Recursive = true) {
  const pages: Record<string, string | undefined>[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(new GetParametersByPathCommand({ Path, Recursive, NextToken }));
    pages.push(Object.fromEntries((page.Parameters ?? []).map(({ Name = "", Value }) => [Name, Value])));
    NextToken = page.NextToken;
  } while (NextToken && pages.length < 10);
  return pages;
}

describe("parameters", () => {
  it("hold every switch of the manifest, off, in pages of ten", async () => {
    const pages = await below("/local-switches");
    expect(pages.map((page) => Object.keys(page).length)).toEqual([10, 2]);
    const all = Object.assign({}, ...pages) as Record<string, string>;
    expect(Object.keys(all).sort()).toEqual(NAMES.map((name) => `/local-switches/${name}`).sort());
    expect(new Set(Object.values(all))).toEqual(new Set(["off"]));
  });

  it("are found below their path only: direct children unless everything is asked for", async () => {
    expect(await below("/local-switches", false)).toEqual([{}]);
    expect(Object.keys((await below("/local-switches/card", false))[0] ?? {})).toHaveLength(4);
    expect(await below("/local-switch")).toEqual([{}]);
  });

  it("keep what was put through kill -9, and a start does not turn it back", async () => {
    await put("card/stop-intake", "on");
    await part.stop(); // SIGKILL
    part = await start();
    expect(await read("card/stop-intake")).toBe("on");
    expect(await read("card/hold-starts")).toBe("off");
  });

  it("count their versions, and are overwritten only on demand", async () => {
    const { Version } = await put("card/stop-pivots", "on");
    expect((await put("card/stop-pivots", "off")).Version).toBe(Number(Version) + 1);
    await expect(put("card/stop-pivots", "on", false)).rejects.toMatchObject({
      name: "ParameterAlreadyExists",
    });
    expect(await read("card/stop-pivots")).toBe("off");
  });

  it("say so when there is none of that name", async () => {
    await expect(read("card/stop-nothing")).rejects.toMatchObject({ name: "ParameterNotFound" });
  });

  it.each([
    [
      "a secret, which would be stored in the clear",
      { Name: "/a/b", Value: "x", Type: "SecureString" as const },
    ],
    ["a name without a path", { Name: "a b", Value: "x" }],
    ["no value", { Name: "/a/b", Value: "" }],
  ])("refuse %s", async (_, input) => {
    await expect(ssm.send(new PutParameterCommand(input))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});
