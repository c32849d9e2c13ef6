// docs/deploy-rights.md: what a plan and a deploy ask of AWS, by the type of what they make, and
// why where it is not plain.
import type { Right } from "./rights.ts";
import { WHY_BEYOND } from "./walls.ts";

const WIDTH = 150;

const HEAD = `# What a deploy may do

Written by \`make iam\` from the plans of the committed workspaces and from \`tests/plan/rights.ts\`, which says what Terraform's provider asks of AWS for
each type of resource. \`make terraform\` fails when this page is out of date, when a type has no entry, when the roles of
\`terraform/bootstrap\` lack one of these rights, and when they hold one that no workspace needs. Resources are named without account and
Region, each by its first one.

_Example:_ a plan reads an alarm's tags; a deploy makes the alarm too. A composite alarm is made with a right on everything, for AWS knows no other.
`;

const BEYOND = `Everything else is the workspace's own, by its name or its tag \`Workspace\`, and so is every role that a deploy makes: each stands
behind the permissions boundary \`contra-boundary-<workspace>\`, which lets nothing through of another workspace and nothing of IAM. A test fails for a
right without a reason, and for a reason without a right.`;

const placeOf = (on: string, workspaces: readonly string[]): string =>
  workspaces.reduce(
    (place, workspace) => place.replace(new RegExp(`(^|[:/])${workspace}-`, "g"), "$1<workspace>-"),
    on.replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, ""),
  );

/** A line of a list, in as many as the page's width needs. */
function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last.length + word.length >= WIDTH) lines.push(`  ${word}`);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n");
}

/** What reaches past a workspace, each time with its reason. */
function beyondPart(rights: readonly string[]): string {
  const bare = (right: string): string =>
    right.replace(/arn:aws:[^:]*:[^:]*:[^:]*:/, "").replace(/ on (.*)$/, " on `$1`");
  const lines = WHY_BEYOND.map(({ rights: known, why }) => {
    const meant = [...new Set(rights.filter((right) => known.test(right)).map(bare))];
    return wrapped(`- ${meant.join(", ")}: ${why}`);
  });
  return `\n## What reaches past its workspace\n\n${BEYOND}\n\n${lines.join("\n")}\n`;
}

/** By type, the rights of its first resource. `beyond` are those that no workspace bounds. */
export function rightsPage(
  rights: readonly Right[],
  workspaces: readonly string[],
  beyond: readonly string[],
): string {
  const lines = new Map<string, Map<string, string[]>>();
  for (const { type, phase, action, on, why = "" } of rights) {
    const of = lines.get(type) ?? new Map<string, string[]>();
    const [, name = ""] = action.split(":");
    const where = `${phase}|${action.split(":")[0]}|${placeOf(on, workspaces)}|${why}`;
    of.set(where, [...new Set([...(of.get(where) ?? []), name])]);
    lines.set(type, of);
  }
  const sections = [...lines].sort().map(([type, of]) => {
    const said = [...of].map(([where, names]) => {
      const [phase, service, place, why] = where.split("|");
      return wrapped(`- ${phase}: ${service} ${names.join(", ")}: \`${place}\`${why ? `. ${why}` : ""}`);
    });
    return `\n**${type}**\n\n${said.join("\n")}\n`;
  });
  return `${HEAD}${beyondPart(beyond)}\n## By type\n${sections.join("")}`;
}
