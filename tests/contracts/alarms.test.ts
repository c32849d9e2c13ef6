// Alarms, runbook, metrics and queries speak of the same things: every alarm has its chapter, every
// metric is written and shown.
import { describe, expect, it } from "@jest/globals";
import metrics from "../../functions/metrics.json" with { type: "json" };
import { filesBelow, sourcesBelow, textOf } from "./rules/source-tree.ts";

const terraform = filesBelow("terraform/observability", /\.tf$/).map(textOf).join("\n");
const alarmFiles = filesBelow("terraform/observability", /\/alarms-(services|payments)\.tf$/)
  .map(textOf)
  .join("\n");
const runbook = textOf("docs/runbook.md");
const functions = sourcesBelow("functions")
  .map(({ text }) => text)
  .join("\n");

const all = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name)),
];

/** What an alarm can be called after its prefix, its subject left out. */
function kindsOf(hcl: string): string[] {
  const [, block = ""] = /alarm_kinds = \{\n([\s\S]*?)\n {2}\}/.exec(hcl) ?? [];
  const fixed = all(hcl, /alarm_name\s+= "\$\{var\.prefix\}([a-z]+)/g);
  return [...all(block, /^ +([a-z-]+) += \{ pages/gm), ...fixed].sort();
}

/** The chapters of the runbook's part on alarms. */
function chaptersOf(page: string): string[] {
  const [, part = ""] = /^## Alarms\n([\s\S]*?)^## /m.exec(page) ?? [];
  return all(part, /^### ([a-z-]+)$/gm).sort();
}

describe("an alarm", () => {
  it("has its chapter in the runbook, and every chapter has its alarm", () => {
    expect(kindsOf(terraform).length).toBeGreaterThan(15);
    expect(chaptersOf(runbook)).toEqual(kindsOf(terraform));
  });

  it("is missed when its chapter goes, and a chapter when its alarm goes", () => {
    expect(chaptersOf(runbook.replace("### breaker-open", ""))).not.toEqual(kindsOf(terraform));
    expect(kindsOf(terraform.replace(/^ +breaker-open .*$/m, ""))).not.toEqual(chaptersOf(runbook));
  });

  it("exists of every kind", () => {
    const kinds = kindsOf(terraform).filter((kind) => !["page", "rollback"].includes(kind));
    const unused = kinds.filter((kind) => !new RegExp(`"${kind}(/\\$\\{\\w+\\})?" =`).test(alarmFiles));
    expect(unused).toEqual([]);
  });
});

const call = textOf("terraform/observability.tf");

/**
 * Whether alarms that ring at silence may stand without the schedules that break it, which the root
 * gives to the module.
 */
function ringsBeforeItsTime(hcl: string, root: string): boolean {
  const [alarm = ""] = /^resource "aws_cloudwatch_metric_alarm" "alarm" [\s\S]*?^}/m.exec(hcl) ?? [];
  const waits =
    /depends_on = \[var\.schedules\]/.test(alarm) &&
    /^ {2}schedules += \{ for name, schedule in aws_scheduler_schedule\.function :/m.test(root);
  return /missing += "breaching"/.test(hcl) && !waits;
}

describe("an alarm that rings at silence", () => {
  it("comes after the schedules that break it, and goes before them", () => {
    expect(terraform).toMatch(/missing += "breaching"/);
    expect(ringsBeforeItsTime(terraform, call)).toBe(false);
  });

  it("is caught when it may come first", () => {
    expect(ringsBeforeItsTime(terraform.replace("[var.schedules]", "[]"), call)).toBe(true);
    const unmade = call.replace("aws_scheduler_schedule.function", "local.scheduled");
    expect(ringsBeforeItsTime(terraform, unmade)).toBe(true);
  });
});

describe("a metric", () => {
  const names = Object.keys(metrics.metrics);
  const written = names.filter((name) => new RegExp(`\\b${name}\\b`).test(functions));
  const charts = all(terraform, /search = \[([^\]]+)\]/g).flatMap((list) => all(list, /"(\w+)"/g));

  it("is written by a function", () => {
    expect(written).toEqual(names);
  });

  it("is shown on the dashboard, which shows no others", () => {
    expect(charts.sort()).toEqual([...names].sort());
  });

  it("that an alarm watches is on the list", () => {
    const watched = all(terraform, /local\.measured\.(\w+)/g);
    expect(watched.length).toBeGreaterThan(5);
    expect(watched.filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe("a saved query", () => {
  it("looks for messages that functions write", () => {
    const asked = all(textOf("terraform/observability/log-queries.tf"), /message (?:=|in \[) ?"([^"]+)"/g);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.filter((message) => !functions.includes(`"${message}"`))).toEqual([]);
  });

  it("is named in the runbook", () => {
    const queries = all(textOf("terraform/observability/log-queries.tf"), /^ {4}([a-z-]+) += <<-EOT$/gm);
    expect(queries.length).toBeGreaterThan(4);
    expect(queries.filter((name) => !runbook.includes(`\`${name}\``))).toEqual([]);
  });
});
