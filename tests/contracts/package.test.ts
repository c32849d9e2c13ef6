// What is installed is pinned, and the lock file says nothing about where it was installed from.
import { describe, expect, it } from "@jest/globals";
import { jsonOf, textOf } from "./rules/source-tree.ts";

type Locked = { version?: string; resolved?: string; integrity?: string; link?: boolean };
type Lock = { packages: Record<string, Locked> };
type Package = {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

const lock = jsonOf<Lock>("package-lock.json");
const { dependencies, devDependencies } = jsonOf<Package>("package.json");
const wanted = { ...dependencies, ...devDependencies };

/**
 * Packages whose entry says where they came from: a registry's host would bind every clone to it.
 */
const hosted = ({ packages }: Lock): string[] =>
  Object.keys(packages).filter((name) => packages[name]?.resolved !== undefined);

describe("the lock file", () => {
  it("holds no registry's host", () => {
    expect(hosted(lock)).toEqual([]);
    const resolved = "https://registry.example/a/-/a-1.0.0.tgz";
    expect(hosted({ packages: { "node_modules/a": { version: "1.0.0", resolved } } })).toEqual([
      "node_modules/a",
    ]);
  });

  it("locks what package.json names, at its version and with its hash", () => {
    for (const [name, version] of Object.entries(wanted)) {
      expect({ name, ...lock.packages[`node_modules/${name}`] }).toMatchObject({
        name,
        version,
        integrity: expect.stringMatching(/^sha512-/),
      });
    }
  });
});

describe("package.json", () => {
  it("pins every package to one version", () => {
    const loose = Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(loose).toEqual([]);
  });

  it("runs the tests on Lambda's Node", () => {
    expect(devDependencies.node).toMatch(/^22\./);
    expect(process.versions.node).toBe(devDependencies.node);
  });
});

describe(".npmrc", () => {
  const lines = textOf(".npmrc").trim().split("\n");

  it("keeps hosts out of the lock file and versions exact", () => {
    expect(lines).toEqual(
      expect.arrayContaining(["omit-lockfile-registry-resolved=true", "save-exact=true"]),
    );
  });

  it("names no registry and no secret", () => {
    expect(lines.filter((line) => /registry\s*=|_auth|token|:\/\//i.test(line))).toEqual([]);
  });
});
