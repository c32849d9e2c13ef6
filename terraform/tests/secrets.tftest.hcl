# Secrets by reference only: their values stand in no variable, environment, output or plan, and
# only who needs one reads it.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "secrets_are_whole_and_read_by_whoever_needs_them" {
  command = plan

  # Every provider has a secret.

  assert {
    condition = length(local.manifest.providers) > 0 && (
      { for name, secret in aws_secretsmanager_secret.provider : name => secret.name }
      == { for name in keys(local.manifest.providers) : name => "${terraform.workspace}-provider/${name}" }
    )
    error_message = "A provider has no secret, or not where the functions look for it."
  }

  assert {
    condition = alltrue([
      for name, version in aws_secretsmanager_secret_version.public :
      version.secret_id == aws_secretsmanager_secret.provider[name].id && version.secret_string_wo_version == 2
      && try(length(version.secret_string), 0) == 0 && try(length(version.secret_string_wo), 0) == 0
    ])
    error_message = "A secret's value is kept in the state."
  }

  # The values that everybody knows stand for those that nobody may know: where these do not appear,
  # neither would the others.
  assert {
    condition = alltrue(flatten([
      for provider in local.manifest.providers : [
        for value in concat([provider.public_credentials.key], provider.public_credentials.webhook_secrets) : [
          for function in aws_lambda_function.function : !contains(values(function.environment[0].variables), value)
        ]
      ]
    ]))
    error_message = "A function's environment holds what belongs in a secret."
  }

  # Secrets are read by whoever needs them and by nobody else.

  assert {
    condition = alltrue([
      for name, function in local.manifest.functions :
      flatten([
        for statement in jsondecode(aws_iam_role_policy.function[name].policy).Statement : statement.Resource
        if anytrue([for action in statement.Action : startswith(action, "secretsmanager:")])
        ]) == flatten([
        for provider in keys(try(function.access.secrets, {})) : "arn:aws:secretsmanager:us-east-1:123456789012:secret:${terraform.workspace}-provider/${provider}-??????"
      ])
    ])
    error_message = "A function reads a secret that it has no business with, or cannot read its own."
  }

  # A secret of a protected stack can be restored.

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.provider : secret.recovery_window_in_days == 30])
    error_message = "A secret is gone at once."
  }
}
