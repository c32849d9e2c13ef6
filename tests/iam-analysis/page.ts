// The review as a table: for the terminal, and as docs/iam.md.
import { point, table } from "../../scripts/lib/markdown.ts";
import type { Review, Role } from "./review.ts";
import { WILDCARDS } from "./wildcards.ts";

/** The same actions of a role on all the resources where it has them. */
type Row = { role: string; actions: string; resources: string[] };

/** What every function may do beside the rows of its own. */
const OWN = /^(logs:(CreateLogStream|PutLogEvents) log-group|xray:)/;

/** The first by key, each with everything that goes with it. */
function grouped(pairs: [key: string, value: string][]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}

function rowsOf({ name, grants }: Role, isFunction: boolean): Row[] {
  const own = grants.filter((grant) => !isFunction || !OWN.test(grant));
  const byResource = grouped(
    own.map((grant) => {
      const [, service = "", action = "", resource = ""] = /^([^:]+):(\S+) (.+)$/.exec(grant) ?? [];
      return [`${service} ${resource}`, action];
    }),
  );
  const byActions = grouped(
    [...byResource].map(([key, actions]) => {
      const [service = "", resource = ""] = key.split(" ");
      return [`${service}: ${actions.join(", ")}`, resource];
    }),
  );
  return [...byActions].map(([actions, resources]) => ({ role: name, actions, resources }));
}

export function totalOf({ differences, broken }: Review): string {
  const count = (pick: "missing" | "unused"): number =>
    Object.values(differences).reduce((sum, one) => sum + one[pick].length, 0);
  return `${Object.keys(differences).length} functions: unused ${count("unused")}, missing ${count("missing")}; broken rules ${broken.length}`;
}

export function terminalTable(review: Review): string {
  const isFunction = (name: string): boolean => name in review.differences;
  const rows = review.roles
    .flatMap((role) => rowsOf(role, isFunction(role.name)))
    .flatMap((row) => row.resources.map((resource) => ({ ...row, resource })));
  const width = (pick: (row: (typeof rows)[number]) => string): number =>
    Math.max(...rows.map((row) => pick(row).length));
  const [roles, resources] = [width((row) => row.role), width((row) => row.resource)];
  const lines = rows.map(
    ({ role, actions, resource }, index) =>
      `${(rows[index - 1]?.role === role ? "" : role).padEnd(roles)}  ${resource.padEnd(resources)}  ${actions}`,
  );
  const differences = Object.entries(review.differences).flatMap(([name, { missing, unused }]) => [
    ...missing.map((one) => `${name} lacks ${one}`),
    ...unused.map((one) => `${name} does not need ${one}`),
  ]);
  return [...lines, "", ...differences, ...review.broken, totalOf(review)].join("\n");
}

/** What a role may do, as a list below its name. */
function rightsOf(name: string, rows: readonly Row[]): string {
  const rights = rows.map(({ actions, resources }) => {
    const [service = "", names = ""] = actions.split(": ");
    return point(`${service} ${names}: ${resources.map((resource) => `\`${resource}\``).join(", ")}`);
  });
  return [`**${name}**`, "", ...rights].join("\n");
}

/** The page; the same facts give the same bytes. */
export function pageOf(review: Review): string {
  const roles = review.roles.map((role) => ({ role, isFunction: role.name in review.differences }));
  const rights = (functions: boolean): string =>
    roles
      .filter(({ isFunction }) => isFunction === functions)
      .map(({ role, isFunction }) => ({ name: role.name, rows: rowsOf(role, isFunction) }))
      .filter(({ rows }) => rows.length > 0)
      .map(({ name, rows }) => rightsOf(name, rows))
      .join("\n\n");
  const idle = roles.filter(({ role, isFunction }) => isFunction && rowsOf(role, true).length === 0);
  return `# Who may do what

Written by \`make iam\` from the code and from Terraform's plan; \`make terraform\` fails when it is out of date. Resources are named
without account, region and workspace.

${totalOf(review)}.

- An action is _missing_ when a command can run in the function's code that its role does not allow.
- An action is _unused_ when its role allows what no code can ask for.
- Which commands can run is read from the code, from the handler on, method by method (\`tests/iam-analysis/\`). A transaction counts
  as its writes.

_Example:_ \`notify-payment\` writes a payment and its event. A right to delete items would be unused, and \`make iam\` would fail.

## Functions

Each also writes its own log and its traces. ${idle.map(({ role }) => `\`${role.name}\``).join(" and ")} may do nothing else.

${rights(true)}

## Other roles

${rights(false)}

## Who invokes a function

Through its alias, and nobody else.

${table(
  ["function", "by"],
  review.invokers
    .map((one) => one.split(" "))
    .map(([by = "", name = ""]) => [name, by.replace(":", " ")])
    .sort(([a = ""], [b = ""]) => a.localeCompare(b)),
)}

## Wildcards

No policy allows a wildcard action. These resources are wildcards because AWS leaves no other way:

${WILDCARDS.map(({ actions, reason }) => `${point(actions.join(", "))}\n${point(reason, 1)}`).join("\n")}
`;
}
