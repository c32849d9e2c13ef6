# The state is kept safe. A role reaches its own workspace and no other, from its own GitHub
# environment and no other.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::states" }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  mock_data "aws_iam_openid_connect_provider" {
    defaults = {
      arn            = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
      client_id_list = ["sts.amazonaws.com"]
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mocked" }
  }
}

# Known by its name: a wall that is taken for another must show.
override_resource {
  target = aws_iam_policy.boundary["github-prod-cell-1"]
  values = { arn = "arn:aws:iam::123456789012:policy/of-prod-cell-1" }
}

variables {
  region     = "us-east-1"
  repository = "contra/contra"
  workspaces = ["prod-cell-1", "prod-cell-2"]
}

run "the_state_is_versioned_encrypted_and_closed" {
  assert {
    condition = (
      aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
      && one(one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
      && aws_s3_bucket_public_access_block.state.block_public_acls && aws_s3_bucket_public_access_block.state.block_public_policy
      && aws_s3_bucket_public_access_block.state.ignore_public_acls && aws_s3_bucket_public_access_block.state.restrict_public_buckets
      && jsondecode(aws_s3_bucket_policy.state.policy).Statement[0].Effect == "Deny"
      && jsondecode(aws_s3_bucket_policy.state.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    )
    error_message = "The state can be lost, read by strangers, or carried in the clear."
  }

  assert {
    condition = keys(output.backends) == ["prod-cell-1", "prod-cell-2"] && alltrue([
      for text in output.backends : strcontains(text, "use_lockfile = true") && strcontains(text, aws_s3_bucket.state.bucket)
    ])
    error_message = "A workspace is not told where its state is, or does not lock it."
  }
}

run "without_a_repository_there_is_a_place_for_states_and_no_role" {
  variables {
    repository = null
  }

  assert {
    condition     = length(aws_iam_role.github) == 0 && length(aws_iam_policy.access) == 0 && length(aws_iam_openid_connect_provider.github) == 0
    error_message = "A role stands that nobody takes."
  }

  assert {
    condition     = length(output.backends) == 2 && output.backend.key == "bootstrap.tfstate" && output.backend.use_lockfile
    error_message = "A state has no place."
  }
}

run "a_role_is_taken_from_its_own_github_environment_only" {
  assert {
    condition = { for key, role in aws_iam_role.github : role.name => jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals } == {
      for environment, name in {
        "prod-cell-1"      = "contra-deploy-prod-cell-1"
        "prod-cell-2"      = "contra-deploy-prod-cell-2"
        "plan-prod-cell-1" = "contra-plan-prod-cell-1"
        "plan-prod-cell-2" = "contra-plan-prod-cell-2"
        } : name => {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:contra/contra:environment:${environment}"
      }
    }
    error_message = "A role can be taken by another repository, branch or environment."
  }

  assert {
    condition = toset([for key, role in aws_iam_role.github : key if role.permissions_boundary == "arn:aws:iam::123456789012:policy/of-prod-cell-1"]) == toset(["deploy-prod-cell-1", "plan-prod-cell-1"]) && alltrue([
      for role in aws_iam_role.github : role.permissions_boundary != null
    ])
    error_message = "A role of GitHub's stands outside of its wall, or behind another workspace's."
  }
}

# GitHub puts ids behind both names for every repository that was made since July 2026.
run "a_repository_with_ids_is_trusted_by_them_alone" {
  variables {
    repository = "contra@123456/contra@456789"
  }

  assert {
    condition     = jsondecode(aws_iam_role.github["plan-prod-cell-1"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == "repo:contra@123456/contra@456789:environment:plan-prod-cell-1"
    error_message = "Whoever takes the names of a repository that is gone could deploy."
  }
}

# What is named once for the whole account, and stands already.
run "a_second_region_takes_the_provider_that_is_there" {
  variables {
    region              = "eu-west-1"
    workspaces          = ["dev-eu"]
    github_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }

  assert {
    condition = length(aws_iam_openid_connect_provider.github) == 0 && alltrue([
      for role in aws_iam_role.github : jsondecode(role.assume_role_policy).Statement[0].Principal.Federated == output.github_provider_arn
    ])
    error_message = "The account has GitHub's provider already: a second one is refused."
  }

  assert {
    condition     = output.github_provider_arn == run.a_role_is_taken_from_its_own_github_environment_only.github_provider_arn
    error_message = "The first bootstrap does not say what the second one needs."
  }

  assert {
    condition     = length(setintersection(values(output.backends), values(run.a_role_is_taken_from_its_own_github_environment_only.backends))) == 0 && strcontains(aws_s3_bucket.state.bucket, "eu-west-1")
    error_message = "Two Regions would keep their states in one bucket."
  }
}

run "refuses_a_provider_that_does_not_know_the_audience" {
  command = plan

  variables {
    github_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }

  override_data {
    target = data.aws_iam_openid_connect_provider.github[0]
    values = { client_id_list = ["https://github.com/contra"] }
  }

  expect_failures = [data.aws_iam_openid_connect_provider.github[0]]
}

run "refuses_half_of_the_ids_and_another_issuer" {
  command = plan

  variables {
    repository          = "contra@123456/contra"
    github_provider_arn = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
  }

  expect_failures = [var.repository, var.github_provider_arn]
}

run "a_deploy_reaches_its_own_workspace" {
  assert {
    condition = alltrue([
      for statement in concat(jsondecode(aws_iam_policy.access["read-prod-cell-1"].policy).Statement, jsondecode(aws_iam_policy.access["write-prod-cell-1"].policy).Statement, jsondecode(aws_iam_policy.access["roles-prod-cell-1"].policy).Statement) : alltrue([
        for resource in statement.Resource : !strcontains(resource, "prod-cell-2")
      ])
    ])
    error_message = "A cell's role names another cell."
  }

  # Everything else that is open has a reason: AWS knows no narrower resource, or a tag or a
  # function's ARN closes it.
  assert {
    condition = alltrue([
      for statement in concat(jsondecode(aws_iam_policy.access["read-prod-cell-1"].policy).Statement, jsondecode(aws_iam_policy.access["write-prod-cell-1"].policy).Statement, jsondecode(aws_iam_policy.access["roles-prod-cell-1"].policy).Statement) :
      can(statement.Condition) || statement.Effect == "Deny" || toset(statement.Action) == toset(local.unnamed) || toset(statement.Action) == toset(local.unnamed_writes)
      if contains(statement.Resource, "*")
    ])
    error_message = "A deploy may touch whatever the account holds."
  }

  assert {
    condition = alltrue([
      for key, policy in aws_iam_policy.access : contains([
        for statement in jsondecode(policy.policy).Statement : contains(statement.Action, "dynamodb:GetItem") && contains(statement.Action, "states:StartExecution") && contains(statement.Resource, "*")
        if statement.Effect == "Deny"
      ], true) if startswith(key, "read-")
    ])
    error_message = "A deploy may read or move payments."
  }

  assert {
    condition     = length([for action in local.never : action if startswith(action, "s3:") || action == "kms:Decrypt"]) == 0
    error_message = "A refusal beats every permission: the state could not be read."
  }

  assert {
    condition     = alltrue([for policy in concat(values(aws_iam_policy.access), values(aws_iam_policy.boundary)) : length(replace(policy.policy, "/\\s/", "")) <= jsondecode(file("../aws-limits.json"))["managed-policy"].most])
    error_message = "IAM refuses so long a policy."
  }
}

run "a_plan_writes_nothing_but_its_lock" {
  assert {
    condition = toset(keys(aws_iam_role_policy_attachment.access)) == toset(flatten([for cell in ["prod-cell-1", "prod-cell-2"] : [
      "deploy-${cell} read-${cell}", "deploy-${cell} roles-${cell}", "deploy-${cell} write-${cell}", "plan-${cell} read-${cell}",
    ]]))
    error_message = "A plan may do more than read, or a deploy lacks what a plan may."
  }

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_policy.access["read-prod-cell-1"].policy).Statement : [
        for action in statement.Action : can(regex("^[a-z0-9-]+:(Describe|Get|List|View|GET|Validate)", action)) || alltrue([for resource in statement.Resource : endswith(resource, ".tflock")])
      ] if statement.Effect == "Allow"
    ]))
    error_message = "A plan may change something."
  }
}

run "refuses_a_repository_that_may_be_any" {
  command = plan

  variables {
    repository = "contra/*"
  }

  expect_failures = [var.repository]
}

run "refuses_a_workspace_whose_names_are_anothers_too" {
  command = plan

  variables {
    workspaces = ["prod", "prod-cell-1"]
  }

  expect_failures = [var.workspaces]
}

run "refuses_a_workspace_whose_roles_are_githubs_own" {
  command = plan

  variables {
    workspaces = ["contra-deploy"]
  }

  expect_failures = [var.workspaces]
}
