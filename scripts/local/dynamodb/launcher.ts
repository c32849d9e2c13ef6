// How DynamoDB Local is launched. Where this Java can compile LoopbackServer.java, that class
// launches it, and nobody else on the network reaches the tables. Elsewhere its own main class
// does, which listens on every address of the machine. The class is compiled once, into dist/.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

export const JAR = "DynamoDBLocal.jar";
const SOURCE = join(import.meta.dirname, "LoopbackServer.java");
const CLASS = "LoopbackServer";
const CACHE = resolve(import.meta.dirname, "../../../dist/dynamodb-local");
/**
 * The module that holds javac. A JDK has it and a JRE does not. `javac` need not be on the PATH.
 */
const COMPILER = "jdk.compiler/com.sun.tools.javac.Main";
const COMPILED_WITHIN_MS = 60_000;

export type Launcher = {
  /** Arguments of java between its flags and the options of DynamoDB Local. */
  main: string[];
  isLoopback: boolean;
};

/** The launcher for the jar in that directory. Compiles the class when that is needed. */
export function launcherFor(jarDirectory: string, cache = CACHE, java = "java"): Launcher {
  const classes = join(cache, keyOf(jarDirectory));
  if (!existsSync(join(classes, `${CLASS}.class`)) && !compile(java, jarDirectory, classes))
    return { main: ["-jar", JAR], isLoopback: false };
  return { main: ["-cp", [JAR, classes].join(":"), CLASS], isLoopback: true };
}

/** A new source or a new release of the jar is compiled again. */
const keyOf = (jarDirectory: string): string =>
  createHash("sha256").update(jarDirectory).update(readFileSync(SOURCE)).digest("hex").slice(0, 16);

/** False when this Java cannot compile. Two starts at once both compile, and the later one wins. */
function compile(java: string, jarDirectory: string, classes: string): boolean {
  let made: string | undefined;
  try {
    mkdirSync(resolve(classes, ".."), { recursive: true });
    made = mkdtempSync(`${classes}-`);
    // For the oldest Java that is good enough: another Java may run the class the next time.
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
    // Another start was faster, with the same class.
    if (!existsSync(join(classes, `${CLASS}.class`))) throw error;
  }
}
