# The roles that GitHub's jobs take by OpenID Connect, so that no key of ours lies there. A role is
# bound to one GitHub environment: `<workspace>` deploys (its rules ask for approval and for main),
# `plan-<workspace>` only reads.

locals {
  audience = "sts.amazonaws.com"

  # Without a repository whoever deploys has credentials of their own.
  deployed_by_github = var.repository == null ? [] : tolist(var.workspaces)
}

# An account has one for each issuer, in all its Regions together: a second one is refused.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.repository != null && var.github_provider_arn == null ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = [local.audience]
}

data "aws_iam_openid_connect_provider" "github" {
  count = var.github_provider_arn == null ? 0 : 1

  arn = var.github_provider_arn

  lifecycle {
    postcondition {
      condition     = contains(self.client_id_list, local.audience)
      error_message = "The account's provider for GitHub does not know the audience ${local.audience}: add it there, or no workflow can take a role."
    }
  }
}

locals {
  github_provider_arn = one(concat(aws_iam_openid_connect_provider.github[*].arn, data.aws_iam_openid_connect_provider.github[*].arn))

  roles = merge(
    { for workspace in local.deployed_by_github : "deploy-${workspace}" => { workspace = workspace, environment = workspace, policies = ["read-${workspace}", "write-${workspace}", "roles-${workspace}"] } },
    { for workspace in local.deployed_by_github : "plan-${workspace}" => { workspace = workspace, environment = "plan-${workspace}", policies = ["read-${workspace}"] } },
  )
}

resource "aws_iam_role" "github" {
  for_each = local.roles

  name        = "contra-${each.key}"
  description = "Taken by the GitHub environment ${each.value.environment}."
  # As long as a deploy may take: an apply and two canaries.
  max_session_duration = 7200
  permissions_boundary = aws_iam_policy.boundary["github-${each.value.workspace}"].arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.github_provider_arn }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = local.audience
          "token.actions.githubusercontent.com:sub" = "repo:${var.repository}:environment:${each.value.environment}"
        }
      }
    }]
  })
}

resource "aws_iam_policy" "access" {
  for_each = { for name, statements in local.policies : name => statements if var.repository != null }

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

output "github_provider_arn" {
  description = "The account's identity provider for GitHub: `github_provider_arn` of the bootstrap of another Region."
  value       = local.github_provider_arn
}
