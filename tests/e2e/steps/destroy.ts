// `terraform destroy`, and then every service is asked whether it still holds anything of ours.
import { claim } from "../../proofs/lib/claims.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import { inventory, isListed } from "../lib/inventory.ts";
import type { Workspace, World } from "../lib/world.ts";

/** Kinds that cannot outlive the thing that they belong to, which is listed. */
const PARTS_OF_OTHERS = new Set([
  "aws_apigatewayv2_authorizer",
  "aws_apigatewayv2_integration",
  "aws_apigatewayv2_route",
  "aws_apigatewayv2_stage",
  "aws_cloudwatch_event_bus_policy",
  "aws_cloudwatch_event_target",
  "aws_cloudwatch_log_metric_filter",
  "aws_codedeploy_deployment_group",
  "aws_cognito_resource_server",
  "aws_cognito_user_pool_client",
  "aws_cognito_user_pool_domain",
  "aws_iam_role_policy",
  "aws_lambda_alias",
  "aws_lambda_function_event_invoke_config",
  "aws_lambda_permission",
  "aws_lambda_provisioned_concurrency_config",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_versioning",
  "aws_s3_object",
  "aws_secretsmanager_secret_version",
  "aws_sfn_alias",
  "aws_sns_topic_policy",
  "aws_sns_topic_subscription",
]);

const typeOf = (address: string): string => address.split(".").at(-2) ?? "";

export const destroy = ({ root, workspaces, aws }: World): Proof => ({
  claim: "destroy leaves nothing behind",
  stack: "none",
  async run({ figure }) {
    // The last one first: those that were there before have to live on.
    for (const { name, prefix } of workspaces.toReversed()) {
      const types = new Set([...(await root.resources(name)).keys()].map(typeOf));
      const held = await inventory(aws, prefix);
      // Both ways, or an empty list at the end would prove nothing.
      const unlooked = [...types].filter((type) => !isListed(type) && !PARTS_OF_OTHERS.has(type));
      claim.nothing("every kind of what stands is looked for", unlooked);
      const unfound = [...types].filter((type) => isListed(type) && !(type in held));
      claim.nothing("every kind of what stands is found", unfound);
      const started = performance.now();
      await root.change(name, "destroy");
      figure(`${name}: destroyed in, s`, Math.round((performance.now() - started) / 1000));
      const left = await inventory(aws, prefix);
      figure(`${name}: held before`, Object.values(held).flat().length);
      figure(`${name}: left`, Object.values(left).flat().length);
      claim.equal("nothing is left", left, {}, name);
      await claimTheOthersLive(workspaces, name);
    }
  },
});

async function claimTheOthersLive(workspaces: Workspace[], gone: string): Promise<void> {
  const before = workspaces.slice(
    0,
    workspaces.findIndex(({ name }) => name === gone),
  );
  for (const { name, client } of before) {
    const { status } = await client.request("GET", "/health");
    claim.equal("the other workspaces live on", status, 200, `${name} after ${gone}`);
  }
}
