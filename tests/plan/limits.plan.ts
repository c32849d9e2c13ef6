// Every committed workspace fits into AWS's limits, those of names also in the workspace with the
// longest name. Run by `make terraform`: only Terraform can plan.
import { describe, expect, it } from "@jest/globals";
import limitsFile from "../../terraform/aws-limits.json" with { type: "json" };
import order from "../../terraform/environments/order.json" with { type: "json" };
import { REPOSITORY } from "../contracts/rules/source-tree.ts";
import { type Planned, planOfWorkspace } from "../support/terraform-plan.ts";
import { beyond, type Limits, MEASURES } from "./limits.ts";

const limits: Limits = limitsFile;
const plans = new Map(order.map((workspace) => [workspace, planOfWorkspace(REPOSITORY, workspace)]));
const everything = [...plans.values()].flat();
const planOf = (workspace: string): Planned[] => plans.get(workspace) ?? [];

/** The lists of alarms that a workspace's dashboard shows, in their order on the page. */
function alarmLists(plan: readonly Planned[]): string[][] {
  const body = plan.find(({ type }) => type === "aws_cloudwatch_dashboard")?.after.dashboard_body;
  const { widgets } = JSON.parse(String(body)) as { widgets: { properties: { alarms?: string[] } }[] };
  return widgets.flatMap(({ properties }) => (properties.alarms ? [properties.alarms] : []));
}

/** Those that speak through the one that pages. */
function pagingNames(plan: readonly Planned[]): string[] {
  const rule = plan.find(({ type }) => type === "aws_cloudwatch_composite_alarm")?.after.alarm_rule;
  return [...String(rule).matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name = ""]) => name);
}

describe.each(order)("the workspace %s", (workspace) => {
  it("is within every limit of AWS", () => {
    expect(beyond(planOf(workspace), limits)).toEqual([]);
  });

  it("shows every alarm of a running stack once, those that page first", () => {
    const names = alarmLists(planOf(workspace))
      .flat()
      .map((arn) => arn.replace(/.*:alarm:/, ""));
    const running = planOf(workspace)
      .filter(({ address }) => address.includes("aws_cloudwatch_metric_alarm.alarm["))
      .map(({ after }) => String(after.alarm_name));
    const paging = [`${workspace}-page`, ...pagingNames(planOf(workspace))];
    expect(paging.length).toBeGreaterThan(10);
    expect(names.slice(0, paging.length).sort()).toEqual([...paging].sort());
    expect([...names].sort()).toEqual([`${workspace}-page`, ...running].sort());
  });
});

describe("a limit of AWS", () => {
  it("is measured, and what is measured has a limit", () => {
    const attached = ["managed-policy"];
    expect(Object.keys(MEASURES).sort()).toEqual(
      Object.keys(limits)
        .filter((name) => !attached.includes(name))
        .sort(),
    );
  });

  it("says where AWS says so", () => {
    const said = /^https:\/\/docs\.aws\.amazon\.com\/\S+$/;
    expect(
      Object.values(limits).filter(({ source, grade }) => !said.test(source) || !/^[AU]$/.test(grade)),
    ).toEqual([]);
  });

  it.each(Object.keys(MEASURES))("is missed when it is smaller: %s", (name) => {
    const taken = MEASURES[name]?.(everything) ?? [];
    const largest = Math.max(...taken.map(({ size }) => size));
    expect(largest).toBeGreaterThanOrEqual(0);
    const smaller = { ...limits, [name]: { of: "of it", most: largest - 1, grade: "I", source: "" } };
    expect(beyond(everything, smaller as Limits).join("\n")).toContain(
      `has ${largest} of it, of ${largest - 1}`,
    );
  });
});
