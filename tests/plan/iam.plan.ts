// Every policy of Terraform's plan, beside what the code needs: run by `make terraform`, because
// only Terraform can plan.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { copyOf } from "../contracts/rules/manifest.ts";
import { REPOSITORY } from "../contracts/rules/source-tree.ts";
import { type Facts, factsOf, pageOf, type Review, reviewOf } from "../iam-analysis/index.ts";
import { type Planned, planOf } from "../support/terraform-plan.ts";

const facts = factsOf(REPOSITORY, planOf(REPOSITORY));
const review = reviewOf(facts);

type Document = { Statement: Record<string, unknown>[] };

/** The review of the same facts with one mistake in them. */
function mutated(change: (mutant: Facts) => void): Review {
  const mutant = copyOf(facts);
  change(mutant);
  return reviewOf(mutant);
}

/**
 * A mistake in one resource; fails where there is no such resource, so that a negative twin cannot
 * pass for nothing.
 */
const inResource = (address: string, change: (after: Planned["after"]) => void) => (mutant: Facts) => {
  const found = mutant.plan.find((one) => one.address === address);
  if (!found) throw new Error(`the plan has no ${address}`);
  change(found.after);
};

/** A mistake in one policy document. */
const inPolicy = (address: string, attribute: string, change: (document: Document) => void) =>
  inResource(address, (after) => {
    const document = JSON.parse(String(after[attribute])) as Document;
    change(document);
    after[attribute] = JSON.stringify(document);
  });

/** Every action of every statement of a function's policy, with the plan that lacks it. */
function rightsOfFunctions(): { name: string; action: string; without: Planned[] }[] {
  return facts.plan.flatMap((one) => {
    if (!one.address.startsWith("aws_iam_role_policy.function[")) return [];
    const { Statement, ...rest } = JSON.parse(String(one.after.policy)) as {
      Statement: { Action: string[] }[];
    };
    return Statement.flatMap((statement, index) =>
      statement.Action.map((action) => {
        const less = { ...statement, Action: statement.Action.filter((other) => other !== action) };
        const policy = JSON.stringify({ ...rest, Statement: Statement.with(index, less) });
        const lacking = { ...one, after: { ...one.after, policy } };
        const without = facts.plan.map((other) => (other === one ? lacking : other));
        return { name: String(one.index), action, without };
      }),
    );
  });
}

const FUNCTION = 'aws_iam_role_policy.function["fail-payment"]';
const allow = (Action: string, Resource: string) => (document: Document) =>
  document.Statement.push({ Effect: "Allow", Action: [Action], Resource: [Resource] });
/** The document without one action, or without one resource. */
const without = (gone: string) => (document: Document) => {
  const before = JSON.stringify(document);
  for (const statement of document.Statement) {
    for (const field of ["Action", "Resource"]) {
      const listed = statement[field];
      if (Array.isArray(listed)) statement[field] = listed.filter((one) => one !== gone);
    }
  }
  if (JSON.stringify(document) === before) throw new Error(`the document does not say ${gone}`);
};

describe("the plan", () => {
  it("grants each function what its code needs: missing 0, unused 0", () => {
    const nothing = Object.fromEntries(
      Object.keys(facts.manifest.functions).map((name) => [name, { missing: [], unused: [] }]),
    );
    expect(review.differences).toEqual(nothing);
  });

  it("misses each right of each function that is taken away, one after the other", () => {
    const kept = rightsOfFunctions().filter(({ name, without }) => {
      const { differences, broken } = reviewOf({ ...facts, plan: without });
      return (differences[name]?.missing.length ?? 0) + broken.length === 0;
    });
    expect(kept.map(({ name, action }) => `${name} ${action}`)).toEqual([]);
    expect(rightsOfFunctions().length).toBeGreaterThan(400);
    console.info(`${rightsOfFunctions().length} rights of functions, each missed when it is gone`);
  });

  it("breaks no rule of roles and policies", () => {
    expect(review.broken).toEqual([]);
    expect(review.roles.length).toBeGreaterThan(Object.keys(facts.manifest.functions).length);
  });

  it("is what docs/iam.md says: `make iam` writes it", () => {
    expect(readFileSync(join(REPOSITORY, "docs/iam.md"), "utf8")).toBe(pageOf(review));
  });

  it.each<[string, (document: Document) => void, { missing: string[]; unused: string[] }]>([
    [
      "loses an action",
      without("dynamodb:DeleteItem"),
      { missing: ["dynamodb:DeleteItem table/payments"], unused: [] },
    ],
    [
      "grants an action that no code asks for",
      allow("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:123456789012:table/default-payments"),
      { missing: [], unused: ["dynamodb:GetItem table/payments"] },
    ],
    [
      "grants an index with its table",
      allow("dynamodb:Query", "arn:aws:dynamodb:us-east-1:123456789012:table/default-payments/index/open"),
      { missing: [], unused: ["dynamodb:Query table/payments/index/open"] },
    ],
    [
      "grants another workspace's table",
      allow("dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:123456789012:table/prod-payments"),
      { missing: [], unused: ["dynamodb:PutItem table/prod-payments"] },
    ],
    [
      "forgets the log",
      without("logs:PutLogEvents"),
      { missing: ["logs:PutLogEvents log-group:/aws/lambda/fail-payment:*"], unused: [] },
    ],
  ])("is caught when it %s", (_, change, difference) => {
    expect(mutated(inPolicy(FUNCTION, "policy", change)).differences["fail-payment"]).toEqual(difference);
  });

  const TRUST = 'aws_iam_role.function["fail-payment"]';
  const MACHINE = 'aws_iam_role_policy.machine["card-payment"]';
  const live = (name: string): string => `arn:aws:lambda:us-east-1:123456789012:function:default-${name}`;
  it.each<[string, (mutant: Facts) => void, string]>([
    [
      "allows a wildcard action",
      inPolicy(FUNCTION, "policy", allow("dynamodb:*", "arn:aws:dynamodb:us-east-1:123456789012:table/x")),
      `${FUNCTION} allows dynamodb:*`,
    ],
    [
      "allows an action on everything",
      inPolicy(FUNCTION, "policy", allow("dynamodb:Scan", "*")),
      `${FUNCTION} allows dynamodb:Scan on *`,
    ],
    [
      "allows all but something",
      inPolicy(FUNCTION, "policy", (document) =>
        document.Statement.push({ Effect: "Allow", NotAction: ["iam:PassRole"], Resource: ["x"] }),
      ),
      `${FUNCTION} allows by exception`,
    ],
    [
      "lets anybody's service assume a role",
      inPolicy(TRUST, "assume_role_policy", (document) => delete document.Statement[0]?.Condition),
      `${TRUST}.assume_role_policy lets in without a condition`,
    ],
    [
      "lets anybody send to a queue",
      inPolicy('aws_sqs_queue.queue["start"]', "policy", (document) =>
        document.Statement.push({
          Effect: "Allow",
          Principal: "*",
          Action: "sqs:SendMessage",
          Resource: "x",
        }),
      ),
      'aws_sqs_queue.queue["start"].policy lets in without a condition',
    ],
    [
      "hides a policy until it is applied",
      (mutant) => mutant.plan.find(({ address }) => address === FUNCTION)?.unknown.push("policy"),
      `${FUNCTION}.policy is not known in the plan`,
    ],
    [
      "attaches a managed policy",
      (mutant) =>
        mutant.plan.push({
          address: "aws_iam_role_policy_attachment.more",
          type: "aws_iam_role_policy_attachment",
          after: {},
          unknown: [],
        }),
      "aws_iam_role_policy_attachment.more is a right from outside of the role's own policy",
    ],
    [
      "gives a role no policy",
      (mutant) =>
        mutant.plan.splice(
          mutant.plan.findIndex(({ address }) => address === FUNCTION),
          1,
        ),
      'the role function["fail-payment"] has not exactly one policy',
    ],
    [
      "lets a machine invoke what its file does not name",
      inPolicy(MACHINE, "policy", allow("lambda:InvokeFunction", `${live("accept-payment")}:live`)),
      "permitted to invoke for nothing: machine:card-payment accept-payment",
    ],
    [
      "lets a machine invoke past the alias",
      inPolicy(MACHINE, "policy", allow("lambda:InvokeFunction", live("fail-payment"))),
      `permitted to invoke for nothing: machine:card-payment ${live("fail-payment")}`,
    ],
    [
      "lets a machine not invoke what its file names",
      inPolicy(MACHINE, "policy", without(`${live("fail-payment")}:live`)),
      "not permitted to invoke: machine:card-payment fail-payment",
    ],
    [
      "lets a bucket invoke a function",
      inResource('aws_lambda_permission.api["read-payment"]', (after) =>
        Object.assign(after, { principal: "s3.amazonaws.com" }),
      ),
      "permitted to invoke for nothing: s3.amazonaws.com read-payment",
    ],
    [
      "lets any API invoke a function",
      (mutant) => {
        const permission = mutant.plan.find(({ type }) => type === "aws_lambda_permission");
        if (permission) permission.unknown = permission.unknown.filter((name) => name !== "source_arn");
      },
      "names no source",
    ],
    [
      "needs an excuse no longer",
      (mutant) => {
        for (const one of mutant.plan) {
          if (one.type === "aws_iam_role_policy") {
            one.after.policy = String(one.after.policy).replaceAll("xray:GetSamplingRules", "xray:X");
          }
        }
      },
      "the list of wildcards excuses xray:GetSamplingRules, which nobody needs",
    ],
  ])("is caught when it %s", (_, change, sentence) => {
    expect(mutated(change).broken).toContainEqual(expect.stringContaining(sentence));
  });
});
