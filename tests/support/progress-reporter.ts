// What `make test` prints: a line per file with how many are done, each cause of failure once, and
// what failed at the end.
import { relative } from "node:path";

type FileResult = {
  testFilePath: string;
  failureMessage?: string | null | undefined;
  testExecError?: unknown;
  numFailingTests: number;
  numPassingTests: number;
  numPendingTests: number;
  perfStats: { start: number; end: number };
  console?: { type: string; message: string; origin: string }[] | undefined;
  testResults: { status: string; fullName: string; duration?: number | null | undefined }[];
};
type Totals = {
  numTotalTestSuites: number;
  numFailedTestSuites: number;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  startTime: number;
};

/** Something is printed this often while no file ends: whoever waits sees what for. */
const SILENT_MS = 30_000;
const FIRST_CAUSES = 10;

export class ProgressReporter {
  private readonly root: string;
  private readonly isVerbose: boolean;
  private readonly print: (line: string) => void;
  private readonly running = new Map<string, number>();
  private readonly failed: string[] = [];
  private done = 0;
  private total = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    { rootDir, verbose }: { rootDir: string; verbose?: boolean },
    _options?: unknown,
    _context?: unknown,
    print: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
  ) {
    this.root = rootDir;
    this.isVerbose = verbose === true;
    this.print = print;
  }

  onRunStart({ numTotalTestSuites }: Totals): void {
    this.total = numTotalTestSuites;
    this.beSilentNoLonger();
  }

  onTestFileStart({ path }: { path: string }): void {
    this.running.set(path, Date.now());
  }

  onTestFileResult(_test: unknown, result: FileResult): void {
    const { testFilePath, numFailingTests: failing, numPassingTests: passing, perfStats } = result;
    this.running.delete(testFilePath);
    this.done += 1;
    const isBad = failing > 0 || Boolean(result.testExecError);
    const place = String(this.done).padStart(String(this.total).length);
    const seconds = ((perfStats.end - perfStats.start) / 1000).toFixed(1).padStart(6);
    const count = isBad ? `${failing} of ${failing + passing} failed` : `${passing}`;
    this.print(
      `[${place}/${this.total}] ${isBad ? "FAIL" : "pass"} ${seconds} s  ${this.name(result)}  ${count}`,
    );
    if (this.isVerbose)
      for (const { status, fullName, duration } of result.testResults)
        this.print(`    ${status} ${fullName} (${duration ?? 0} ms)`);
    for (const { type, message, origin } of result.console ?? [])
      this.print(`  console.${type} ${message}\n${origin.split("\n")[0] ?? ""}`);
    if (isBad) this.tell(result);
    this.beSilentNoLonger();
  }

  onRunComplete(_contexts: unknown, totals: Totals): void {
    clearTimeout(this.timer);
    const seconds = Math.round((Date.now() - totals.startTime) / 1000);
    if (this.failed.length > 0) this.print(`\nfailed:\n${this.failed.map((name) => `  ${name}`).join("\n")}`);
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = totals;
    this.print(
      `\n${numPassedTests} tests passed, ${numFailedTests} failed, ${numPendingTests} skipped; ` +
        `${this.done - numFailedTestSuites} of ${this.done} files passed, in ${seconds} s`,
    );
  }

  private name({ testFilePath }: FileResult): string {
    return relative(this.root, testFilePath);
  }

  private tell(result: FileResult): void {
    const causes = causesIn(result.failureMessage ?? "");
    for (const { titles, text } of causes.slice(0, FIRST_CAUSES)) {
      const [first, ...others] = titles;
      this.print(`\n  ● ${first}`);
      if (others.length > 0) this.print(`    and ${others.length} more of this file, for the same cause`);
      this.print(text);
    }
    if (causes.length > FIRST_CAUSES) this.print(`  and ${causes.length - FIRST_CAUSES} causes more\n`);
    const failing = result.testResults.filter(({ status }) => status === "failed");
    const titles = failing.length > 0 ? failing.map(({ fullName }) => fullName) : ["could not be run"];
    this.failed.push(...titles.map((title) => `${this.name(result)} › ${title}`));
  }

  private beSilentNoLonger(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const waits = [...this.running].map(
        ([path, since]) => `${relative(this.root, path)} (${Math.round((Date.now() - since) / 1000)} s)`,
      );
      this.print(`[${this.done}/${this.total}] still at ${waits.join(", ")}`);
      this.beSilentNoLonger();
    }, SILENT_MS);
    this.timer.unref();
  }
}

export type Cause = { titles: string[]; text: string };

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
const BULLET = /^ {2}● (.*)$/;

/**
 * Jest's message for a file, cut into its tests; those that failed with the very same words are one
 * cause.
 */
export function causesIn(message: string): Cause[] {
  const blocks: { title: string; lines: string[] }[] = [];
  for (const line of message.split("\n")) {
    const title = BULLET.exec(line.replaceAll(COLOURS, ""))?.[1];
    if (title !== undefined) blocks.push({ title, lines: [] });
    else blocks.at(-1)?.lines.push(line);
  }
  const causes = new Map<string, string[]>();
  for (const { title, lines } of blocks) {
    const text = lines.join("\n").replace(/\n+$/, "\n");
    causes.set(text, [...(causes.get(text) ?? []), title]);
  }
  return [...causes].map(([text, titles]) => ({ titles, text }));
}

export default ProgressReporter;
