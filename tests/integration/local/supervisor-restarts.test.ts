// The supervisor over stub parts: the order of the start, and when it stops trying.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { PARTS, type Part } from "../../../scripts/local/common/settings.ts";
import type { PartPlan } from "../../../scripts/local/supervisor/part-process.ts";
import { pickPorts } from "../../../scripts/local/supervisor/ports.ts";
import { Supervisor } from "../../../scripts/local/supervisor/supervisor.ts";

const HEALTHY = `
  import { appendFileSync } from "node:fs";
  import { createServer } from "node:http";
  createServer((_, answer) => answer.end()).listen(process.env.PORT, "127.0.0.1", () => {
    appendFileSync(process.env.STORY, process.env.PART + "\\n");
  });
  process.on("disconnect", () => process.exit(0));
`;
const STUBBORN = `${HEALTHY} process.on("SIGTERM", () => {});`;
const BROKEN = `process.exit(7);`;

let home: string;
let said: string[];
let hopeless: Promise<Part>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "contra-restarts-"));
  said = [];
});

afterEach(() => rmSync(home, { recursive: true }));

async function supervise(scripts: Partial<Record<Part, string>> = {}): Promise<Supervisor> {
  const ports = await pickPorts(PARTS.length);
  const plan = (part: Part, index: number): PartPlan => {
    const script = join(home, `${part}.mjs`);
    writeFileSync(script, scripts[part] ?? HEALTHY);
    const env = { ...process.env, PART: part, PORT: String(ports[index]), STORY: join(home, "story") };
    return { part, script, home, env, url: `http://127.0.0.1:${ports[index]}` };
  };
  const plans = Object.fromEntries(PARTS.map((part, index) => [part, plan(part, index)])) as Record<
    Part,
    PartPlan
  >;
  const { promise, resolve } = Promise.withResolvers<Part>();
  hopeless = promise;
  return new Supervisor({
    home,
    url: "http://x",
    plans,
    say: (line) => said.push(line),
    print: () => undefined,
    onHopeless: resolve,
  });
}

describe("the supervisor", () => {
  it("starts the database first and the gateway last", async () => {
    const supervisor = await supervise();
    expect(await supervisor.start()).toBe(true);
    await supervisor.stop();
    const story = readFileSync(join(home, "story"), "utf8").trim().split("\n");
    expect(story).toHaveLength(PARTS.length);
    expect([story[0], story.at(-1)]).toEqual(["dynamodb", "api-gateway"]);
    expect(said).toEqual([]);
  });

  it("stops a part that does not heed SIGTERM", async () => {
    const supervisor = await supervise({ "step-functions": STUBBORN });
    await supervisor.start();
    await supervisor.stop();
    const supervisorOfTheNext = await supervise();
    expect(await supervisorOfTheNext.start()).toBe(true);
    await supervisorOfTheNext.stop();
  });

  it("gives up on a part that never becomes healthy, and says how it died", async () => {
    const supervisor = await supervise({ messaging: BROKEN });
    const started = supervisor.start();
    expect(await hopeless).toBe("messaging");
    await supervisor.stop();
    expect(await started).toBe(false);
    expect(said.at(-1)).toBe("messaging died (exit 7) and does not stay up");
    expect(said).toHaveLength(5);
  });

  it("is stopped in the middle of a start without an error", async () => {
    const supervisor = await supervise({ dynamodb: "setInterval(() => {}, 1000)" });
    const started = supervisor.start();
    await supervisor.stop();
    expect(await started).toBe(false);
  });
});
