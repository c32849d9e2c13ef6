// How DynamoDB Local is launched: by LoopbackServer.java where this Java can compile it, so that
// nobody else on the network reaches the tables, else by its own main class, which listens on every
// address of the machine. The class is compiled once, into dist/.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

export const JAR = "DynamoDBLocal.jar";
const SOURCE = join(import.meta.dirname, "LoopbackServer.java");
const CLASS = "LoopbackServer";
const CACHE = resolve(import.meta.dirname, "../../../dist/dynamodb-local");
/** The module that holds javac: a JDK has it, a JRE does not, and `javac` need not be on the PATH. */
const COMPILER = "jdk.compiler/com.sun.tools.javac.Main";
const COMPILED_WITHIN_MS = 60_000;

export type Launcher = {
  /** Arguments of java between its flags and the options of DynamoDB Local. */
  main: string[];
  isLoopback: boolean;
};

/** The launcher for the jar in that directory, compiled where it has to be. */
export function launcherFor(jarDirectory: string, cache = CACHE, java = "java"): Launcher {
  const classes = join(cache, keyOf(jarDirectory));
  if (!existsSync(join(classes, `${CLASS}.class`)) && !compile(java, jarDirectory, classes))
    return { main: ["-jar", JAR], isLoopback: false };
  return { main: ["-cp", [JAR, classes].join(":"), CLASS], isLoopback: true };
}

/** Another source, or another release of the jar, is compiled anew. */
const keyOf = (jarDirectory: string): string =>
  createHash("sha256").update(jarDirectory).update(readFileSync(SOURCE)).digest("hex").slice(0, 16);

/** False where this Java cannot. Two starts at once both compile, and the later one wins. */
function compile(java: string, jarDirectory: string, classes: string): boolean {
  let made: string | undefined;
  try {
    mkdirSync(resolve(classes, ".."), { recursive: true });
    made = mkdtempSync(`${classes}-`);
    // For the oldest Java that is good enough: another one may run the class the next time.
    const options = ["--release", "17", "-cp", join(jarDirectory, JAR), "-d", made];
    execFileSync(java, ["-m", COMPILER, ...options, SOURCE], {
      stdio: "ignore",
      timeout: COMPILED_WITHIN_MS,
    });
    replace(classes, made);
    return true;
  } catch {
    return false; // A JRE, or a checkout that cannot be written: its own main class does it.
  } finally {
    if (made) rmSync(made, { recursive: true, force: true });
  }
}

function replace(classes: string, made: string): void {
  try {
    renameSync(made, classes);
  } catch (error) {
    // Somebody was faster, with the same class.
    if (!existsSync(join(classes, `${CLASS}.class`))) throw error;
  }
}
