// What a lock file of npm holds, beside what a bill of materials (CycloneDX) names.

/** An entry has a name of its own where the folder's is an alias. */
type Entry = { name?: string; version?: string; integrity?: string; link?: boolean };
type Lock = { packages: Record<string, Entry> };
/** `purl` has the package's own name, where `name` may be an alias. */
type Component = { name: string; version: string; purl: string; hashes?: { alg: string; content: string }[] };
export type Bill = { bomFormat: string; specVersion: string; components: Component[] };

/** _Example:_ `node_modules/a/node_modules/@b/c` is the package `@b/c`. */
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/** _Example:_ `sha512-…` in base64, as the hexadecimal digits that a bill has. */
const digitsOf = (integrity: string): string =>
  Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");

/** Packages of the lock file that the bill does not name, or names with another hash. */
export function unnamed(bill: Bill, lock: Lock): string[] {
  const named = new Map(
    bill.components.map(({ purl, hashes = [] }) => [
      decodeURIComponent(purl).replace("pkg:npm/", ""),
      hashes.find(({ alg }) => alg === "SHA-512")?.content,
    ]),
  );
  return Object.entries(lock.packages).flatMap(
    ([path, { name = nameOf(path), version, integrity, link }]) => {
      // The first entry is this package itself.
      if (path === "" || link) return [];
      const one = `${name}@${version}`;
      if (!named.has(one)) return [`${one} is not named`];
      return integrity && named.get(one) !== digitsOf(integrity) ? [`${one} has another hash`] : [];
    },
  );
}
