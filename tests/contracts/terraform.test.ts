// Terraform reads the manifest and repeats none of it: every section and every field is used, and
// no name that the manifest owns is typed in the root. Reads the text only; `terraform test` judges
// what is rendered.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { OPERATOR, scopesOf } from "../proofs/lib/client.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const ROOT = join(REPOSITORY, "terraform");

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

const files = readdirSync(ROOT).filter((name) => name.endsWith(".tf") && !name.endsWith("_override.tf"));
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
      queues: { ...manifest.queues, late: { delay_seconds: 5 } },
      functions: { ...manifest.functions, late: { stream: { parallel: 2 } } },
    };
    expect(unreadFields(root, grown).sort()).toEqual([
      "alarms",
      "functions.parallel",
      "queues.delay_seconds",
    ]);
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
      'operator = [for scope in local.scopes : scope if scope == "ops" || endswith(scope, ":read")]',
    );
    expect(scopes.filter((scope) => scope === "ops" || scope.endsWith(":read")).sort()).toEqual(
      scopesOf(OPERATOR).sort(),
    );
    expect(identity).toContain('=> [for scope in local.scopes : scope if scope != "ops"]');
    expect(scopes.filter((scope) => scope !== "ops").sort()).toEqual(scopesOf("m1").sort());
  });

  it("uses no provider but AWS", () => {
    expect(root.match(/\bsource\s*=\s*"[^"]+"/g)).toEqual(['source  = "hashicorp/aws"']);
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
