// Which way imports may point: handler → wiring → adapters → runtime → contracts, and handler →
// step → saga → domain. Steps see ports. Only handlers see the wiring
// (docs/architecture.md#which-way-imports-point).
import { importsOf, type Source } from "./source-tree.ts";

type Layer = {
  /** Parts of functions/lib that it may import, itself included. */
  lib: readonly string[];
  /** Parts of which it may see the types only. */
  types?: readonly string[];
  packages: readonly RegExp[];
  packageTypes?: readonly RegExp[];
};

const PURE = ["domain", "errors", "ports", "saga"];
const AWS_SDK = /^@aws-sdk\//;

export const LAYERS: Record<string, Layer> = {
  errors: { lib: ["errors"], packages: [] },
  contracts: { lib: ["contracts", "errors"], packages: [], packageTypes: [/^ajv$/] },
  domain: {
    lib: ["domain", "errors"],
    types: ["contracts"],
    packages: [/^node:crypto$/, /^canonicalize$/, /^currency-codes$/],
  },
  ports: { lib: [], types: ["ports", "domain", "contracts"], packages: [] },
  // The provider's own: it knows nothing of Contra's inside.
  sandbox: { lib: ["sandbox"], packages: [/^node:crypto$/] },
  saga: { lib: PURE, types: ["contracts"], packages: [] },
  step: { lib: [...PURE, "contracts", "sandbox"], packages: [] },
  runtime: {
    lib: ["runtime", "contracts", "domain", "errors"],
    types: ["ports"],
    packages: [/^node:async_hooks$/, /^@middy\//, /^@aws-lambda-powertools\//, /^aws-xray-sdk-core$/],
    packageTypes: [/^aws-lambda$/, AWS_SDK],
  },
  adapters: {
    lib: ["adapters", "runtime", "contracts", "domain", "errors", "sandbox"],
    types: ["ports"],
    packages: [AWS_SDK, /^node:crypto$/, /^node:https?$/, /^node:timers\/promises$/, /^standardwebhooks$/],
  },
  // Only the bundler names it: its files stand in for packages.
  replaced: {
    lib: [],
    packages: [/^node:async_hooks$/, /^@aws-sdk\/credential-provider-env$/, /^aws-xray-sdk-core\//],
  },
  wiring: { lib: ["adapters", "runtime", "domain", "saga", "sandbox"], types: ["ports"], packages: [] },
  handler: {
    lib: ["wiring", "runtime", "contracts", "sandbox"],
    types: ["domain", "ports"],
    packages: [],
  },
};

/**
 * `functions/lib/ports/clock.ts` → ports; `functions/post-ledger/…` → handler or step. There are
 * two wirings: Contra's, and the sandbox provider's beside its adapters.
 */
function layerOf(path: string): string {
  const [, folder = "", part = ""] = path.split("/");
  if (path.endsWith("/wiring.ts")) return "wiring";
  if (folder === "lib") return part;
  return path.endsWith("/handler.ts") ? "handler" : "step";
}

const folderOf = (path: string): string => path.split("/").slice(0, 2).join("/");

/** Every import of a source below functions/ that points the wrong way, as a sentence. */
export function wrongImports(source: Source): string[] {
  const name = layerOf(source.path);
  const layer = LAYERS[name];
  if (!layer) return [`${source.path}: functions/lib/${name} is no known layer`];
  return importsOf(source)
    .filter(({ target, relative, typeOnly }) => {
      if (!relative) {
        const allowed = typeOnly ? [...layer.packages, ...(layer.packageTypes ?? [])] : layer.packages;
        return !allowed.some((pattern) => pattern.test(target));
      }
      if (/^functions\/(manifest|metrics)\.json$/.test(target)) return name !== "runtime";
      if (!target.startsWith("functions/lib/")) {
        return !["step", "handler"].includes(name) || folderOf(target) !== folderOf(source.path);
      }
      const allowed = typeOnly ? [...layer.lib, ...(layer.types ?? [])] : layer.lib;
      return !allowed.includes(layerOf(target));
    })
    .map(({ target, typeOnly }) => `${source.path} (${name}) imports ${typeOnly ? "type " : ""}${target}`);
}
