// The bill of materials names what the lock file holds: all of it, each with its hash.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import lock from "../../../../package-lock.json" with { type: "json" };
import { type Bill, unnamed } from "../../../../scripts/sbom/packages.ts";
import { copyOf } from "../../../contracts/rules/manifest.ts";
import { REPOSITORY } from "../../../contracts/rules/source-tree.ts";

const { stdout } = spawnSync("npm", ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"], {
  cwd: REPOSITORY,
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
});
const bill = JSON.parse(stdout) as Bill;
const spoiled = (change: (bill: Bill) => void): string[] => {
  const copy = copyOf(bill);
  change(copy);
  return unnamed(copy, lock);
};
const esbuild = ({ components }: Bill) => components.filter(({ name }) => name === "esbuild");

describe("a bill of materials", () => {
  it("names every package of the lock file, with its hash", () => {
    expect(bill.bomFormat).toBe("CycloneDX");
    expect(bill.components.length).toBeGreaterThan(300);
    expect(unnamed(bill, lock)).toEqual([]);
  });

  it("is caught when a package is missing in it", () => {
    const version = esbuild(bill)[0]?.version;
    const without = spoiled((copy) => {
      copy.components = copy.components.filter(({ name }) => name !== "esbuild");
    });
    expect(without).toEqual([`esbuild@${version} is not named`]);
  });

  it("is caught when it names another version or another hash", () => {
    const older = spoiled((copy) => {
      for (const one of esbuild(copy)) one.purl = "pkg:npm/esbuild@0.0.1";
    });
    expect(older).toHaveLength(1);
    const other = spoiled((copy) => {
      for (const one of esbuild(copy)) one.hashes = [{ alg: "SHA-512", content: "00" }];
    });
    expect(other.join()).toContain("has another hash");
  });
});
