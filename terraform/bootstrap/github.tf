# The roles that GitHub's jobs take by OpenID Connect, so that no key of ours lies there. A role is
# bound to one GitHub environment: `<workspace>` deploys (its rules ask for approval and for main),
# `plan-<workspace>` only reads.

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  roles = merge(
    { for workspace in var.workspaces : "deploy-${workspace}" => { workspace = workspace, environment = workspace, policies = ["read-${workspace}", "write-${workspace}"] } },
    { for workspace in var.workspaces : "plan-${workspace}" => { workspace = workspace, environment = "plan-${workspace}", policies = ["read-${workspace}"] } },
  )
}

resource "aws_iam_role" "github" {
  for_each = local.roles

  name        = "contra-${each.key}"
  description = "Taken by the GitHub environment ${each.value.environment}."
  # As long as a deploy may take: an apply and two canaries.
  max_session_duration = 7200

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:${var.repository}:environment:${each.value.environment}"
        }
      }
    }]
  })
}

resource "aws_iam_policy" "access" {
  for_each = local.policies

  name        = "contra-${each.key}"
  description = "What a deploy or a plan of a workspace may do: see permissions.tf."

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = each.value
  })
}

resource "aws_iam_role_policy_attachment" "access" {
  for_each = merge([for key, role in local.roles : { for policy in role.policies : "${key} ${policy}" => { role = key, policy = policy } }]...)

  role       = aws_iam_role.github[each.value.role].name
  policy_arn = aws_iam_policy.access[each.value.policy].arn
}

output "roles" {
  description = "GitHub environment → what its variable AWS_ROLE_ARN says."
  value       = { for key, role in local.roles : role.environment => aws_iam_role.github[key].arn }
}
