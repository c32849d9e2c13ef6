// What every GitHub workflow must keep to. Each rule returns complaints, as sentences. Actions are
// pinned, permissions are the least, no text from outside comes inside a shell. Targets and scripts
// that a workflow names exist.
import { parse } from "yaml";

type Step = { id?: string; uses?: string; run?: string; with?: Record<string, unknown> };
type Job = {
  if?: string;
  needs?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  environment?: string;
  env?: Record<string, unknown>;
  strategy?: { "fail-fast"?: boolean; "max-parallel"?: number };
  steps: Step[];
};
export type Workflow = {
  name: string;
  on: unknown;
  permissions?: Record<string, string>;
  concurrency?: { group?: string; "cancel-in-progress"?: boolean | string };
  jobs: Record<string, Job>;
};

/** As GitHub writes a value into the workflow. */
export const expression = (of: string): string => `\${{ ${of} }}`;

export const workflowFrom = (text: string): Workflow => parse(text) as Workflow;

/** Job → the permissions that its work needs; a job that is not named here reads the repository. */
const NEEDED: Record<string, Record<string, string>> = {
  codeql: { actions: "read", contents: "read", "security-events": "write" },
  plan: { contents: "read", "id-token": "write", "pull-requests": "write" },
  deploy: { contents: "read", "id-token": "write" },
  rollback: { contents: "read", "id-token": "write" },
};

/** The repository variable without which nothing reaches an account: a fork has none. */
export const ASKS = "vars.CONTRA_DEPLOYS == 'yes'";

const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

function jobRules(name: string, job: Job): string[] {
  const needed = NEEDED[name] ?? { contents: "read" };
  const wrong: string[] = [];
  const same =
    JSON.stringify(Object.entries(job.permissions ?? {}).sort()) ===
    JSON.stringify(Object.entries(needed).sort());
  if (!same) wrong.push(`${name} has other permissions than its work needs`);
  if (job["timeout-minutes"] === undefined) wrong.push(`${name} may run for ever`);
  if (needed["id-token"] && !job.environment) wrong.push(`${name} takes a role without an environment`);
  return wrong;
}

function stepRules(name: string, { uses, run = "", with: inputs = {} }: Step): string[] {
  const wrong: string[] = [];
  if (uses && !PINNED.test(uses)) wrong.push(`${name} uses ${uses}, which may change under it`);
  // An expression becomes part of the script before the shell reads it: a branch's name could be a
  // command.
  if (/\$\{\{/.test(run)) wrong.push(`${name} writes an expression into a shell`);
  if (uses?.startsWith("actions/checkout@") && inputs["persist-credentials"] !== false) {
    wrong.push(`${name} leaves its token in the work tree`);
  }
  return wrong;
}

/** What takes a role, or runs by the clock, does so only where a variable says it. */
function forkRules({ on, jobs }: Workflow): string[] {
  const asks = (name: string): boolean => {
    const { if: condition = "", needs } = jobs[name] ?? {};
    const asked = condition === ASKS || condition.startsWith(`${ASKS} && `);
    return asked || (needs !== undefined && asks(needs));
  };
  const clocked = JSON.stringify(on).includes('"schedule"');
  return Object.entries(jobs)
    .filter(([name, { permissions }]) => (clocked || permissions?.["id-token"]) && !asks(name))
    .map(([name]) => `${name} deploys from a repository that was never told to`);
}

/**
 * A deploy and a rollback at once would move the same aliases, and one that is cut off leaves a
 * canary behind.
 */
function moverRules({ jobs, concurrency }: Workflow): string[] {
  const movers = Object.entries(jobs).filter(([, { steps }]) =>
    steps.some(({ run = "" }) => /\bmake (deploy|rollback)\b/.test(run)),
  );
  const alone = /^deploy$|'deploy'/.test(concurrency?.group ?? "") && !concurrency?.["cancel-in-progress"];
  return alone
    ? []
    : movers.map(([name]) => `${name} moves traffic beside other workflows, or cuts them off`);
}

/**
 * What was checked is what is deployed, an old check that is run again deploys nothing, and what
 * deploys nothing takes no place in the queue.
 */
function checkedRules({ on, jobs, concurrency }: Workflow): string[] {
  if (!JSON.stringify(on).includes("workflow_run")) return [];
  const passed = /workflow_run\.conclusion == 'success'/;
  const pushed = /workflow_run\.event == 'push'/;
  const newest =
    /\(github\.event\.workflow_run\.run_attempt == 1 \|\| github\.event\.workflow_run\.head_sha == github\.sha\)/;
  return Object.entries(jobs).flatMap(([name, { if: condition = "", needs, steps }]) => {
    const guarded =
      passed.test(condition) && pushed.test(condition) && concurrency?.group?.includes(condition);
    const other = steps
      .filter(({ uses }) => uses?.startsWith("actions/checkout@"))
      .some(({ with: { ref } = {} }) => !String(ref).includes("workflow_run.head_sha"));
    return [
      ...(guarded || needs ? [] : [`${name} runs whatever became of the check`]),
      ...(guarded && !newest.test(condition)
        ? [`${name} takes an old commit when its check is run again`]
        : []),
      ...(other ? [`${name} takes other code than was checked`] : []),
    ];
  });
}

/** A run that a merge cuts off tells nobody that it passed. */
function pushedRules({ on, concurrency }: Workflow): string[] {
  const cuts = concurrency?.["cancel-in-progress"] ?? false;
  const spared = cuts === false || cuts === expression("github.event_name == 'pull_request'");
  return /"push"/.test(JSON.stringify(on)) && !spared ? ["a merge cuts off the run of the one before"] : [];
}

/**
 * Of the workflows' texts, by name: an action has its version beside its commit, is of one commit
 * everywhere, and an image is named by its content.
 */
export function pinsIn(texts: Record<string, string>): string[] {
  const seen = new Map<string, string>();
  return Object.entries(texts).flatMap(([file, text]) => {
    const wrong: string[] = [];
    for (const [, action = "", commit = "", version] of text.matchAll(
      /uses: (\S+)@(\S+)( # v\d+\.\d+\.\d+$)?/gm,
    )) {
      if (!version) wrong.push(`${file} does not say which version of ${action} it uses`);
      if ((seen.get(action) ?? commit) !== commit) wrong.push(`${file} uses another ${action} than others`);
      seen.set(action, seen.get(action) ?? commit);
    }
    for (const [image] of text.matchAll(/\b(?:ghcr\.io|docker\.io|mirror\.gcr\.io|public\.ecr\.aws)\/\S+/g)) {
      if (!/@sha256:[0-9a-f]{64}$/.test(image))
        wrong.push(`${file} runs ${image}, which may change under it`);
    }
    return wrong;
  });
}

/** `targets` are those of the Makefile, `exists` says whether a path of the repository does. */
export function wrongIn(
  workflow: Workflow,
  targets: Set<string>,
  exists: (path: string) => boolean,
): string[] {
  const wrong: string[] = [];
  if (JSON.stringify(workflow.permissions) !== "{}") wrong.push("its jobs inherit permissions");
  if (JSON.stringify(workflow.on).includes("pull_request_target"))
    wrong.push("a fork's code runs with our rights");
  if (/"push"/.test(JSON.stringify(workflow.on)) && workflow.name !== "check")
    wrong.push("it starts beside the check and not after it");
  wrong.push(...moverRules(workflow), ...checkedRules(workflow), ...pushedRules(workflow));
  wrong.push(...forkRules(workflow));
  for (const [name, job] of Object.entries(workflow.jobs)) {
    wrong.push(...jobRules(name, job), ...job.steps.flatMap((step) => stepRules(name, step)));
    const script = job.steps.map(({ run = "" }) => run).join("\n");
    for (const [, target = ""] of script.matchAll(/\bmake ([a-z-]+)/g)) {
      if (!targets.has(target)) wrong.push(`${name} makes ${target}, which is no target`);
    }
    for (const [path] of script.matchAll(/(scripts|terraform|\.ci)\/[\w./-]+/g)) {
      if (!exists(path)) wrong.push(`${name} names ${path}, which does not exist`);
    }
  }
  return wrong;
}
