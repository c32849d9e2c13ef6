# Names carry the workspace: two workspaces in one account share nothing. And what belongs to one kind of environment is
# refused in another.

mock_provider "aws" {
  source = "./tests/aws"
}

run "names_carry_the_workspace" {
  command = plan

  assert {
    condition = alltrue([
      for name in concat(
        [for function in aws_lambda_function.function : function.function_name],
        [for table in aws_dynamodb_table.table : table.name],
        [for queue in aws_sqs_queue.queue : queue.name],
        [for queue in aws_sqs_queue.dead_letters : queue.name],
        [for bus in aws_cloudwatch_event_bus.bus : bus.name],
        [for rule in aws_cloudwatch_event_rule.rule : rule.name],
        [for machine in aws_sfn_state_machine.machine : machine.name],
        [for schedule in aws_scheduler_schedule.function : schedule.name],
        [for role in concat(values(aws_iam_role.function), values(aws_iam_role.machine), values(aws_iam_role.schedule)) : role.name],
        [for group in concat(values(aws_cloudwatch_log_group.function), values(aws_cloudwatch_log_group.machine), [aws_cloudwatch_log_group.api]) : basename(group.name)],
        [aws_apigatewayv2_api.http.name],
        [for switch in aws_ssm_parameter.switch : trimprefix(switch.name, "/")],
      ) : startswith(name, "${terraform.workspace}-")
    ])
    error_message = "A name would be the same in every workspace."
  }

  assert {
    condition = length(distinct([
      for role in concat(values(aws_iam_role.function), values(aws_iam_role.machine), values(aws_iam_role.schedule)) : role.name
    ])) == length(aws_iam_role.function) + length(aws_iam_role.machine) + length(aws_iam_role.schedule)
    error_message = "Two roles have one name."
  }
}

run "refuses_production_settings_in_another_workspace" {
  command = plan

  variables {
    environment = "prod"
  }

  expect_failures = [var.environment]
}

run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "local"
  }

  expect_failures = [var.environment]
}

run "refuses_a_provider_without_tls" {
  command = plan

  variables {
    provider_url = "http://provider.example"
  }

  expect_failures = [var.provider_url]
}
