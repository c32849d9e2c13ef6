// The checkouts that are measured: this one, and with BEFORE=<commit> that one beside it, in a
// temporary worktree that its own make builds.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Tree = { name: "before" | "after"; root: string; commit: string };

const ROOT = join(import.meta.dirname, "../..");
const PACKAGES = ["package.json", "package-lock.json"];

const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();

export const thisTree = (): Tree => ({
  name: "after",
  root: ROOT,
  commit: git("rev-parse", "--short", "HEAD"),
});

/** The tree of the commit, built. `remove` takes it away again. */
export function treeOf(commit: string): { tree: Tree; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "contra-before-"));
  const root = join(folder, "tree");
  const remove = (): void => {
    git("worktree", "remove", "--force", root);
    rmSync(folder, { recursive: true, force: true });
  };
  git("worktree", "add", "--detach", root, commit);
  try {
    sharePackages(root, commit);
    execFileSync("make", ["build"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    return { tree: { name: "before", root, commit: git("rev-parse", "--short", commit) }, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The same packages are not installed again. Make sees by a file's time whether they are. */
function sharePackages(root: string, commit: string): void {
  const isSame = git("diff", "--name-only", commit, "--", ...PACKAGES) === "";
  if (!isSame) return;
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  for (const name of PACKAGES) utimesSync(join(root, name), 0, 0);
}

const bundlesOf = ({ root }: Tree): string => join(root, "dist/functions");

/** Kilobytes of each function's zip, by its name. */
export const zipsOf = (tree: Tree): Record<string, number> =>
  Object.fromEntries(
    readdirSync(bundlesOf(tree))
      .filter((file) => file.endsWith(".zip"))
      .sort()
      .map((file) => [file.slice(0, -".zip".length), statSync(join(bundlesOf(tree), file)).size / 1024]),
  );

export const bundleOf = (tree: Tree, name: string): string => join(bundlesOf(tree), name, "index.js");
