// The plans that rights are looked up for: the committed workspaces, the first of them a second
// time with what a workspace may choose besides.
import { committedWorkspaces, type Planned, planOfWorkspace } from "../support/terraform-plan.ts";

export type Plans = ReadonlyMap<string, readonly Planned[]>;

const CHOSEN = [
  'api_domain={"name":"api.contra.example","hosted_zone_id":"Z0123456789ABCDEFGHIJ"}',
  "backup_days=35",
];

export const committedPlans = (repository: string): Plans =>
  new Map(
    committedWorkspaces(repository).map((workspace) => [workspace, planOfWorkspace(repository, workspace)]),
  );

/** The same plans, and what the first workspace could have beside. */
export function withChoices(repository: string, plans: Plans): Plans {
  const [first = ""] = plans.keys();
  const chosen = planOfWorkspace(repository, first, CHOSEN);
  return new Map([...plans].map(([name, plan]) => [name, name === first ? [...plan, ...chosen] : plan]));
}
