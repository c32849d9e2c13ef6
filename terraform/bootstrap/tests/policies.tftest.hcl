# The policies as they are rendered for the committed workspaces: tests/plan asks them for
# everything that a deploy and a plan do.

mock_provider "aws" {
  override_during = plan

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

  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mocked" }
  }
}

run "no_deploy_reads_a_secret_of_production" {
  command = plan

  variables {
    region     = "us-east-1"
    repository = "contra/contra"
    workspaces = [for file in fileset("../environments", "*.tfvars") : trimsuffix(file, ".tfvars")]
    # Everything that a workspace may choose is asked for too.
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition = { for name, statements in local.reads : name => anytrue([
      for statement in statements : statement.Effect == "Deny" && contains(statement.Action, "secretsmanager:GetSecretValue")
    ]) } == { for name in var.workspaces : name => startswith(name, "prod") }
    error_message = "A role could read what production's providers know us by, or Terraform cannot look at the secret that it wrote."
  }
}
