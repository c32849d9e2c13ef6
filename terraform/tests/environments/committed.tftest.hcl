# What is committed for a workspace can be applied in it: run in each that has settings, with these.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "the_committed_settings_make_a_whole_workspace" {
  command = plan

  assert {
    condition     = toset(keys(aws_lambda_function.function)) == toset([for name, function in local.manifest.functions : name if var.environment != "prod" || !can(function.sandbox)])
    error_message = "A function is missing, or production has one of the sandbox's."
  }

  assert {
    condition     = { for name, function in aws_lambda_function.function : name => function.reserved_concurrent_executions if function.reserved_concurrent_executions != -1 } == { for name, one in var.concurrency : name => one.reserved if one.reserved != null }
    error_message = "A function's reserve is not what is committed."
  }

  # A new account has ten environments for everything: dev keeps none of them for one function, and
  # no queue takes more than two.
  assert {
    condition = var.environment != "dev" || (
      alltrue([for function in aws_lambda_function.function : function.reserved_concurrent_executions == -1])
      && length(aws_lambda_provisioned_concurrency_config.warm) == 0
      && alltrue([for mapping in aws_lambda_event_source_mapping.queue : try(mapping.scaling_config[0].maximum_concurrency, 0) == 2])
    )
    error_message = "A new account has no room for this workspace."
  }

  # Money that is real: nothing can be deleted by mistake, nobody's token is our own, and a bad
  # release is taken back.

  assert {
    condition = var.environment != "prod" || (
      alltrue([for table in aws_dynamodb_table.table : table.deletion_protection_enabled && table.point_in_time_recovery[0].enabled])
      && length(aws_cognito_user_pool.pool) == 0
      && length(aws_codedeploy_deployment_group.function) > 0 && length(output.deployment.alarms) > 0
    )
    error_message = "Production is not guarded."
  }
}
