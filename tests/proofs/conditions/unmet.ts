// What the tests of the stores never met: code that writes conditions and never ran.
import { readdirSync, readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = join(import.meta.dirname, "../../..");
/** A source with such text writes conditions, whole ones or parts. */
const OF_CONDITIONS = /attribute_(not_)?exists|if_not_exists|\bConditionExpression/;
/** Such text in it is, or goes into, a condition. */
const PART_OF_ONE =
  /attribute_(not_)?exists|if_not_exists|\bConditionExpression|[<>=] :|expression\.(name|value)\(/;

export type Source = { path: string; text: string };

/** Every source of the functions that writes a condition, wherever it lies. */
export const sourcesOfConditions = (): Source[] => sourcesWith(OF_CONDITIONS);

/** Every source that has a store, also one that leaves its conditions to another source. */
export const sourcesOfStores = (): Source[] =>
  sourcesWith(/export class .*\bprivate readonly client: DynamoDBClient/s);

function sourcesWith(pattern: RegExp): Source[] {
  const folder = join(ROOT, "functions");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }))
    .filter(({ text }) => pattern.test(text));
}

type Range = { startOffset: number; endOffset: number; count: number };

/** Notes what runs in this process, from its making on: before the sources are loaded. */
export class Coverage {
  private readonly session: Session;

  private constructor(session: Session) {
    this.session = session;
  }

  static async begin(): Promise<Coverage> {
    const session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    return new Coverage(session);
  }

  /** What writes a condition in these sources and never ran, each with its place. */
  async end(sources: readonly Source[]): Promise<string[]> {
    const { result } = await this.session.post("Profiler.takePreciseCoverage");
    this.session.disconnect();
    const rangesOf = new Map(
      result.map(({ url, functions }) => [url, functions.flatMap(({ ranges }): Range[] => ranges)]),
    );
    return sources.flatMap((source) => unrun(source, rangesOf.get(pathToFileURL(source.path).href) ?? []));
  }
}

/** Ranges lie in each other: the innermost says whether a character ran. */
export function unrun({ path, text }: Source, ranges: readonly Range[]): string[] {
  const ran = new Uint8Array(text.length);
  const fromOutside = [...ranges].sort(
    (one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset,
  );
  for (const { startOffset, endOffset, count } of fromOutside)
    ran.fill(Math.min(count, 1), startOffset, endOffset);
  let offset = 0;
  return text.split("\n").flatMap((line, index) => {
    const left = [...line].filter((_, column) => ran[offset + column] === 0).join("");
    offset += line.length + 1;
    return PART_OF_ONE.test(left) ? [`${relative(ROOT, path)}:${index + 1}: ${left.trim()}`] : [];
  });
}
