// What is committed can be applied in a real account: it fits into AWS's limits, and the roles of
// the bootstrap may do what it takes. Run by `make terraform`: only Terraform can plan.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import idleFile from "../../scripts/capacity/idle.json" with { type: "json" };
import { idleTotal } from "../../scripts/capacity/idle.ts";
import limitsFile from "../../terraform/aws-limits.json" with { type: "json" };
import budgets from "../../terraform/environments/idle-budgets.json" with { type: "json" };
import { copyOf } from "../contracts/rules/manifest.ts";
import { REPOSITORY } from "../contracts/rules/source-tree.ts";
import { policiesIn, type Statement } from "../iam-analysis/index.ts";
import {
  committedWorkspaces,
  type Planned,
  planOfBootstrap,
  planOfWorkspace,
} from "../support/terraform-plan.ts";
import { BASELINE, complaints } from "./baseline.ts";
import { COUNTED, heldIn, IDLE_PLANS } from "./idle.ts";
import { beyond, type Limits, MEASURES } from "./limits.ts";
import { committedPlans, withChoices } from "./plans.ts";
import { isAllowed, type Request, unneeded } from "./policy-verdict.ts";
import {
  accountRights,
  boundaryOf,
  examples,
  KEY_RIGHTS,
  RIGHTS,
  type Right,
  rightsOf,
  stateRights,
} from "./rights.ts";
import { rightsPage } from "./rights-page.ts";
import { askedByRoles, beyondTheWall, beyondWorkspace, climbsOut, unreasoned } from "./walls.ts";

const limits: Limits = limitsFile;
const committed = committedWorkspaces(REPOSITORY);
const plans = committedPlans(REPOSITORY);
const asking = withChoices(REPOSITORY, plans);
const everything = [...plans.values()].flat();
const planOf = (workspace: string): readonly Planned[] => plans.get(workspace) ?? [];
const askingOf = (workspace: string): readonly Planned[] => asking.get(workspace) ?? [];

/** The lists of alarms that a workspace's dashboard shows, in their order on the page. */
function alarmLists(plan: readonly Planned[]): string[][] {
  const body = plan.find(({ type }) => type === "aws_cloudwatch_dashboard")?.after.dashboard_body;
  const { widgets } = JSON.parse(String(body)) as { widgets: { properties: { alarms?: string[] } }[] };
  return widgets.flatMap(({ properties }) => (properties.alarms ? [properties.alarms] : []));
}

const isSmall = (plan: readonly Planned[]): boolean =>
  !plan.some(({ type }) => type === "aws_cloudwatch_dashboard");

/** The alarms of a running stack. */
const alarmsOf = (plan: readonly Planned[]): string[] =>
  plan
    .filter(({ address }) => address.includes("aws_cloudwatch_metric_alarm.alarm["))
    .map(({ after }) => String(after.alarm_name));

/** Those that speak through the one that pages. */
function pagingNames(plan: readonly Planned[]): string[] {
  const rule = plan.find(({ type }) => type === "aws_cloudwatch_composite_alarm")?.after.alarm_rule;
  return [...String(rule).matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name = ""]) => name);
}

describe.each(committed)("the workspace %s", (workspace) => {
  it("keeps to the rules that every plan keeps to", () => {
    expect(complaints(planOf(workspace))).toEqual([]);
  });

  it("costs no more while idle than was agreed", () => {
    const most = (budgets as Record<string, number>)[workspace];
    expect(idleTotal(heldIn(planOf(workspace)))).toBeLessThan(most ?? 0);
  });

  it("is within every limit of AWS", () => {
    expect(beyond(planOf(workspace), limits)).toEqual([]);
  });

  it("shows every alarm of a running stack once, those that page first", () => {
    // A small footprint has alarms and nothing that shows them.
    if (isSmall(planOf(workspace)))
      return expect(alarmsOf(planOf(workspace)).sort()).toEqual(pagingNames(planOf(workspace)).sort());
    const names = alarmLists(planOf(workspace))
      .flat()
      .map((arn) => arn.replace(/.*:alarm:/, ""));
    const running = alarmsOf(planOf(workspace));
    const paging = [`${workspace}-page`, ...pagingNames(planOf(workspace))];
    expect(paging.length).toBeGreaterThan(10);
    expect(names.slice(0, paging.length).sort()).toEqual([...paging].sort());
    expect([...names].sort()).toEqual([`${workspace}-page`, ...running].sort());
  });
});

describe("a rule of every plan", () => {
  it.each(Object.keys(BASELINE))("is missed when it is broken: %s", (name) => {
    const { types = [], spoil } = BASELINE[name] ?? {};
    for (const type of types) {
      const found = planOf("dev").find((one) => one.type === type);
      const broken = copyOf(found);
      if (!broken) throw new Error(`dev has no ${type}`);
      spoil?.(broken.after);
      expect(complaints([broken]).join()).toContain(broken.address);
    }
  });

  it("is missed when there is another way in", () => {
    const made = { address: "aws_iam_user.one", type: "aws_iam_user", after: {}, unknown: [] };
    expect(complaints([made])).toEqual(["aws_iam_user.one is a way in"]);
  });
});

describe("what a workspace costs while idle", () => {
  it("is counted in scripts/capacity/idle.json: `make idle` writes it", () => {
    const held = IDLE_PLANS.map(({ name, workspace, given }) => [
      name,
      heldIn(given.length === 0 ? planOf(workspace) : planOfWorkspace(REPOSITORY, workspace, given)),
    ]);
    expect(idleFile).toEqual(Object.fromEntries(held));
  });

  it("has a budget in every workspace, and there are no others", () => {
    expect(Object.keys(budgets).sort()).toEqual(committed);
  });

  it.each(Object.keys(COUNTED))("grows with another %s", (type) => {
    const plan = committed.map(planOf).find((one) => one.some((made) => made.type === type)) ?? [];
    const another = plan.filter((made) => made.type === type).slice(0, 1);
    expect(heldIn([...plan, ...another])).not.toEqual(heldIn(plan));
  });

  it("is refused above its budget: dev with two keys more", () => {
    const keys = planOf("dev").filter(({ type }) => type === "aws_kms_key");
    expect(idleTotal(heldIn([...planOf("dev"), ...keys, ...keys]))).toBeGreaterThan(budgets.dev);
  });

  it("is known of every type, and asked of a new one", () => {
    const made = { address: "aws_new.one", type: "aws_new", after: {}, unknown: [] };
    expect(() => heldIn([made])).toThrow("nobody said what a aws_new costs while idle");
  });
});

describe("production's committed settings", () => {
  const settings = readFileSync(join(REPOSITORY, "terraform/environments/prod-cell-1.tfvars"), "utf8");
  const placeholders = [...settings.matchAll(/^(\w+) *= "(https:.+\.example)"$/gm)];

  it("are planned by nobody who has not replaced the placeholders, and say so", () => {
    expect(placeholders.map(([, name]) => name)).toEqual(["provider_url", "jwt_issuer"]);
    const given = placeholders.map(([, name, value]) => `${name}=${value}`);
    const asCommitted = () => planOfWorkspace(REPOSITORY, "prod-cell-1", given);
    expect(asCommitted).toThrow("`jwt_issuer` is still the placeholder of the committed settings");
    expect(asCommitted).toThrow("`provider_url` is still the placeholder of the committed settings");
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

const policies = policiesIn(planOfBootstrap(REPOSITORY));
const statementsOf = (name: string): Statement[] =>
  policies.find(({ address }) => address === `aws_iam_policy.access["${name}"]`)?.statements ?? [];
const readsOf = (workspace: string): Statement[] => statementsOf(`read-${workspace}`);
const deploysOf = (workspace: string): Statement[] => [
  ...readsOf(workspace),
  ...statementsOf(`write-${workspace}`),
  ...statementsOf(`roles-${workspace}`),
];

const said = ({ action, on, context }: Request): string => `${action} on ${on} ${JSON.stringify(context)}`;
const refused = (rights: readonly Request[], statements: readonly Statement[]): string[] => [
  ...new Set(rights.filter((right) => !isAllowed(statements, right)).map(said)),
];
function rightsIn(workspace: string): Right[] {
  const beside = [...stateRights(workspace), ...accountRights(workspace)];
  const all = [...rightsOf(askingOf(workspace), workspace), ...beside];
  return [...new Map(all.map((right) => [`${right.phase} ${said(right)}`, right])).values()];
}

describe.each(committed)("whoever deploys %s", (workspace) => {
  it("may do everything that its resources take", () => {
    expect(rightsIn(workspace).length).toBeGreaterThan(500);
    expect(refused(rightsIn(workspace), deploysOf(workspace))).toEqual([]);
  });

  it("may plan with the role that only reads", () => {
    const reading = rightsIn(workspace).filter(({ phase }) => phase === "plan");
    expect(refused(reading, readsOf(workspace))).toEqual([]);
  });

  it("is known by its name to the keys that it makes, before their tag counts", () => {
    const keys = policiesIn(planOf(workspace)).filter(({ address }) => address.startsWith("aws_kms_key."));
    const own = { "aws:PrincipalArn": `arn:aws:iam::123456789012:role/contra-deploy-${workspace}` };
    const other = { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/contra-deploy-other" };
    const asked = (who: Record<string, string>) =>
      KEY_RIGHTS.map((right) => ({ ...right, context: { "kms:CallerAccount": "123456789012", ...who } }));
    expect(keys.length).toBe(isSmall(planOf(workspace)) ? 1 : 4);
    for (const { statements } of keys) {
      const direct = statements.filter(({ Principal }) => JSON.stringify(Principal) === '{"AWS":"*"}');
      expect(refused(asked(own), direct)).toEqual([]);
      expect(refused(asked(other), direct)).toHaveLength(KEY_RIGHTS.length);
    }
  });
});

const beyondIn = (workspace: string): string[] => beyondWorkspace(deploysOf(workspace), workspace);
const boundaryNamed = (name: string): Statement[] =>
  policies.find(({ address }) => address === `aws_iam_policy.boundary["${name}"]`)?.statements ?? [];

describe.each(committed)("the walls around %s", (workspace) => {
  const roles = () => askingOf(workspace).filter(({ type }) => type === "aws_iam_role");

  it("stand around every role that is made there", () => {
    expect(roles().length).toBeGreaterThan(30);
    const outside = roles().filter(({ after }) => after.permissions_boundary !== boundaryOf(workspace));
    expect(outside.map(({ address }) => address)).toEqual([]);
  });

  it("leave those roles what they need, and a deploy and a plan theirs", () => {
    expect(refused(askedByRoles(askingOf(workspace)), boundaryNamed(workspace))).toEqual([]);
    expect(refused(rightsIn(workspace), boundaryNamed(`github-${workspace}`))).toEqual([]);
  });

  it("cannot be left by whoever deploys there", () => {
    const tried = climbsOut(workspace);
    expect(refused(tried, deploysOf(workspace))).toHaveLength(tried.length);
  });

  it("hold a role that was given everything, and a deploy in IAM", () => {
    const tried = beyondTheWall(workspace);
    expect(refused(tried, boundaryNamed(workspace))).toHaveLength(tried.length);
    const ofIam = climbsOut(workspace).filter(({ action }) => /^(iam|sts):/.test(action));
    expect(refused(ofIam, boundaryNamed(`github-${workspace}`))).toHaveLength(ofIam.length);
  });

  it("are passed for a reason only", () => {
    expect(unreasoned(beyondIn(workspace))).toEqual([]);
  });
});

describe("a wall", () => {
  it("lets nothing through that nobody needs", () => {
    const spare = committed.map((name) => {
      const wall = boundaryNamed(name);
      return unneeded(wall, askedByRoles(askingOf(name)), wall).map(general);
    });
    const [first = [], ...others] = spare;
    expect(first.filter((one) => others.every((other) => other.includes(one)))).toEqual([]);
    console.info(
      `${countOf(boundaryNamed(committed[0] ?? ""))} rights of a wall, each missed when it is gone`,
    );
  });

  it("is missed: the same rights without it lead out", () => {
    const everywhere: Statement[] = [{ Effect: "Allow", Action: ["*"], Resource: ["*"] }];
    expect(refused(beyondTheWall("dev"), everywhere)).toEqual([]);
    const open = deploysOf("dev").map(({ Condition: _, ...rest }) => rest);
    expect(refused(climbsOut("dev"), open).length).toBeLessThan(climbsOut("dev").length);
    expect(unreasoned(["sqs:DeleteQueue on *"])).toContain("sqs:DeleteQueue on *");
  });
});

describe("a right of a deploy", () => {
  const types = new Set([...asking.values()].flat().map(({ type }) => type));

  it("has been looked up for every type that a workspace makes", () => {
    expect([...types].filter((type) => !RIGHTS[type])).toEqual([]);
    const made = { address: "aws_new.one", type: "aws_new", after: {}, unknown: [] };
    expect(() => rightsOf([made], "dev")).toThrow("nobody said which rights a aws_new takes");
  });

  it("is what docs/deploy-rights.md says: `make iam` writes it", () => {
    const page = readFileSync(join(REPOSITORY, "docs/deploy-rights.md"), "utf8");
    expect(page).toBe(rightsPage(examples(asking), committed, beyondIn(committed[0] ?? "")));
  });

  it("is needed by a workspace, each of them", () => {
    const spare = committed.map((name) => {
      const rights = rightsIn(name);
      const reading = rights.filter(({ phase }) => phase === "plan");
      const writes = deploysOf(name).slice(readsOf(name).length);
      return [
        ...unneeded(readsOf(name), reading, readsOf(name)),
        ...unneeded([...readsOf(name), ...writes], rights, writes),
      ].map(general);
    });
    const [first = [], ...others] = spare;
    expect(first.filter((one) => others.every((other) => other.includes(one)))).toEqual([]);
    const [some = ""] = committed;
    console.info(`${countOf(deploysOf(some))} rights of a deploy, each missed when it is gone`);
    console.info(`${countOf(readsOf(some))} of them a plan's`);
  });
});

const countOf = (statements: readonly Statement[]): number =>
  statements.filter(({ Effect }) => Effect === "Allow").reduce((sum, { Action }) => sum + Action.length, 0);

/** A right of one workspace, without the workspace. */
function general(right: string): string {
  return committed.reduce((text, workspace) => text.replaceAll(workspace, "<workspace>"), right);
}
