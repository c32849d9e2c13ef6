// Terraform reads the manifest and repeats none of it: every section and every field is used, and
// no name that the manifest owns is typed in the root or in its module. Reads the text only;
// `terraform test` judges what is rendered.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { RateLimited } from "../../functions/lib/errors/registry.ts";
import { problemFor } from "../../functions/lib/runtime/problem.ts";
import { EXPOSED } from "../../scripts/local/api-gateway/cors.ts";
import { OPERATOR, scopesOf } from "../proofs/lib/client.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const ROOT = join(REPOSITORY, "terraform");
const MODULE = "observability";

/**
 * The newest one whose Lambda runs what the functions are built for, and the one that everything
 * was applied with.
 */
const PROVIDER_VERSION = "5.100.0";

type Entry = Record<string, unknown>;
type Manifest = Record<string, Record<string, Entry>>;

const manifest: Manifest = JSON.parse(readFileSync(join(REPOSITORY, "functions/manifest.json"), "utf8"));

/** HCL without what only people read: comments, descriptions and error messages. */
function codeOf(hcl: string): string {
  return hcl
    .split("\n")
    .filter((line) => !/^\s*(#|description\s*=\s*"|error_message\s*=)/.test(line))
    .join("\n");
}

const words = (code: string): Set<string> => new Set(code.match(/[A-Za-z0-9_-]+/g) ?? []);

/** The names that the manifest owns and that the code types for itself. */
function typedNames(code: string, names: readonly string[]): string[] {
  const typed = words(code);
  return names.filter((name) => typed.has(name));
}

/**
 * An entry's fields, those of its triggers, routes and access included; patterns and filters belong
 * to AWS.
 */
function fieldsOf(entry: Entry): string[] {
  const parts = [entry.queue, entry.stream, entry.schedule, entry.access, entry.routes].flat();
  const nested = parts.filter((part) => typeof part === "object" && part !== null);
  return [entry, ...nested].flatMap((part) => Object.keys(part));
}

/**
 * The aliases whose version an apply would move, taking a deploy's canary and its rollback out of
 * its hands.
 */
function movedByApply(code: string): string[] {
  const aliases = code.match(/^resource "aws_(lambda|sfn)_alias" [\s\S]*?^}/gm) ?? [];
  const left = /ignore_changes = \[(function_version, routing_config|routing_configuration)\]/;
  return aliases.filter((text) => !left.test(text)).map((text) => text.split("\n")[0] ?? "");
}

/** The manifest's sections and fields, `section.field`, that the code never reads. */
function unreadFields(code: string, sections: Manifest): string[] {
  const read = words(code);
  return Object.entries(sections).flatMap(([section, entries]) => {
    if (!code.includes(`local.manifest.${section}`)) return [section];
    const fields = new Set(Object.values(entries).flatMap(fieldsOf));
    return [...fields].filter((field) => !read.has(field)).map((field) => `${section}.${field}`);
  });
}

/**
 * What an update would destroy and make anew: resources of the module that moved.tf does not lead
 * there.
 */
function unmoved(module: string, moved: string): string[] {
  const addresses = [...module.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(
    ([, type, name]) => `${type}.${name}`,
  );
  // One that may be left out is the first of its kind now.
  const places = moved.replaceAll("[0]\n", "\n");
  return addresses.filter(
    (address) => !places.includes(`  from = ${address}\n  to   = module.${MODULE}.${address}\n`),
  );
}

/** The classes of routes that a file of settings or of variables has a rate for. */
const ratedClasses = (hcl: string): string[] =>
  [...hcl.matchAll(/^ +(\w+) += \{ rate_per_second = /gm)].map(([, name = ""]) => name).sort();

/** Routes, as `METHOD path`, whose class of throttles is missing or has no rate. */
function unthrottled(functions: Record<string, Entry>, classes: readonly string[]): string[] {
  const routes = Object.values(functions).flatMap(({ routes = [] }) => routes as Entry[]);
  return routes
    .filter(({ throttle }) => !classes.includes(String(throttle)))
    .map(({ method, path }) => `${method} ${path}`);
}

/** The root and the module that it calls; paths below terraform/. */
const files = ["", MODULE].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".tf") && !name.endsWith("_override.tf"))
    .map((name) => join(folder, name)),
);
const textOf = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const root = files.map((file) => codeOf(textOf(file))).join("\n");

const owned = ["functions", "machines", "tables", "queues"].flatMap((section) =>
  Object.keys(manifest[section] ?? {}),
);

describe("the Terraform root", () => {
  it("reads every section and every field of the manifest", () => {
    expect(unreadFields(root, manifest)).toEqual([]);
  });

  it("is caught when the manifest grows a section or a field that it ignores", () => {
    const grown = {
      ...manifest,
      alarms: { lag: { threshold: 1 } },
      queues: { ...manifest.queues, late: { priority: 5 } },
      functions: { ...manifest.functions, late: { stream: { parallel: 2 } } },
    };
    expect(unreadFields(root, grown).sort()).toEqual(["alarms", "functions.parallel", "queues.priority"]);
  });

  // Addresses that were are facts of the past, and Terraform takes no expressions there.
  const present = files.filter((file) => file !== "moved.tf");

  it.each(present)("types no function, machine, table or queue by name in %s", (file) => {
    expect(typedNames(codeOf(textOf(file)), owned)).toEqual([]);
  });

  it("is caught when it types a name of the manifest", () => {
    const code = `resource "aws_sqs_queue" "q" { name = "\${local.prefix}${owned[0]}" }`;
    expect(typedNames(code, owned)).toEqual([owned[0]]);
  });

  const module = files
    .filter((file) => file.startsWith(MODULE))
    .map(textOf)
    .join("\n");

  // A workspace that 0.1.0 applied has them in the root. Goes with moved.tf.
  it("moves every resource of its module there from where it stood", () => {
    expect(module.match(/^resource "/gm)?.length).toBeGreaterThan(10);
    expect(unmoved(module, textOf("moved.tf"))).toEqual([]);
  });

  it("is caught when it moves one elsewhere, or not at all", () => {
    const one = 'resource "aws_sns_topic" "alarms" {}';
    expect(unmoved(one, "")).toEqual(["aws_sns_topic.alarms"]);
    const elsewhere = textOf("moved.tf").replace(/(to {3}= .*aws_sns_topic\.)alarms/, "$1other");
    expect(unmoved(one, elsewhere)).toEqual(["aws_sns_topic.alarms"]);
  });

  it("publishes versions and leaves every alias to the deploy", () => {
    expect(root.match(/^resource "aws_(lambda|sfn)_alias"/gm)).toHaveLength(2);
    expect(movedByApply(root)).toEqual([]);
  });

  it("is caught when an apply moves an alias", () => {
    const alias = 'resource "aws_lambda_alias" "live" {';
    expect(movedByApply(`${alias}\n  name = "live"\n}`)).toEqual([alias]);
  });

  it("gives its clients the scopes that the suites' clients carry", () => {
    const routes = Object.values(manifest.functions ?? {}).flatMap(({ routes = [] }) => routes as Entry[]);
    const scopes = [...new Set(routes.flatMap(({ scope }) => (scope === undefined ? [] : [String(scope)])))];
    const identity = textOf("identity.tf");
    expect(identity).toContain(
      '=> [for scope in local.scopes : scope if scope == "ops" || endswith(scope, ":read")]',
    );
    expect(scopes.filter((scope) => scope === "ops" || scope.endsWith(":read")).sort()).toEqual(
      scopesOf(OPERATOR).sort(),
    );
    expect(identity).toContain('=> [for scope in local.scopes : scope if scope != "ops"]');
    expect(scopes.filter((scope) => scope !== "ops").sort()).toEqual(scopesOf("m1").sort());
  });

  it("uses no provider but AWS, and no module but its own", () => {
    const sources = root.match(/\bsource\s*=\s*"[^"]+"/g) ?? [];
    expect(sources.sort()).toEqual(['source  = "hashicorp/aws"', `source = "./${MODULE}"`]);
  });

  it.each(["terraform/versions.tf", "terraform/bootstrap/versions.tf", "terraform/directory/main.tf"])(
    "takes exactly one version of the provider in %s",
    (path) => {
      const versions = [...readFileSync(join(REPOSITORY, path), "utf8").matchAll(/^ +version = "(.+)"$/gm)];
      expect(versions.map(([, version]) => version)).toEqual([PROVIDER_VERSION]);
    },
  );

  it("describes and types every variable", () => {
    const variables = files.flatMap((file) => textOf(file).match(/^variable "[\s\S]*?^}/gm) ?? []);
    const incomplete = variables.filter(
      (text) => !/^ {2}description = ".+"$/m.test(text) || !/^ {2}type\s+= /m.test(text),
    );
    expect(variables.length).toBeGreaterThan(0);
    expect(incomplete).toEqual([]);
  });

  it.each(files)("begins %s by saying what it is responsible for", (file) => {
    expect(textOf(file)).toMatch(/^# \S/);
  });
});

describe("a route", () => {
  const functions = manifest.functions ?? {};
  const classes = ratedClasses(textOf("variables-api.tf"));

  it("has a class of throttles for which there is a rate", () => {
    expect(unthrottled(functions, classes)).toEqual([]);
  });

  it("is caught without one, or with one that has no rate", () => {
    const health = functions["check-health"]?.routes as Entry[];
    const bare = health.map(({ throttle, ...route }) => route);
    expect(unthrottled({ "check-health": { routes: bare } }, classes)).toEqual(["GET /health"]);
    const unknown = health.map((route) => ({ ...route, throttle: "bulk" }));
    expect(unthrottled({ "check-health": { routes: unknown } }, classes)).toEqual(["GET /health"]);
  });

  it("can have every class that has a rate, in the schema and in the settings of each workspace", () => {
    const schema = JSON.parse(readFileSync(join(REPOSITORY, "schemas/internal/manifest.json"), "utf8"));
    const { items } = schema.properties.functions.additionalProperties.properties.routes;
    expect([...items.properties.throttle.enum].sort()).toEqual(classes);
    expect(items.required).toContain("throttle");
    const settings = readdirSync(join(ROOT, "environments")).filter((name) => name.endsWith(".tfvars"));
    const rated = settings.map((name) => ratedClasses(textOf(join("environments", name))));
    expect(rated.filter((names) => names.length > 0)).toContainEqual(classes);
    expect(rated.filter((names) => names.length > 0 && String(names) !== String(classes))).toEqual([]);
  });
});

describe("a page on another origin", () => {
  const exposed = /expose_headers = (\[.*\])/.exec(textOf("api.tf"))?.[1] ?? "[]";

  it("may read the same headers in AWS as on a laptop", () => {
    expect(JSON.parse(exposed)).toEqual(EXPOSED);
  });

  it("may read every header of an answer that is not its content's", () => {
    const refused = problemFor(RateLimited.by("writes", 60, 6, 2), "/payments", "request-1");
    const ours = Object.keys(refused.headers ?? {}).filter((name) => name !== "content-type");
    expect(ours).toContain("ratelimit");
    expect(ours.filter((name) => !EXPOSED.includes(name))).toEqual([]);
  });
});
