# Names carry the workspace: two workspaces in one account share nothing.

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
        [for group in aws_cloudwatch_log_group.group : basename(group.name)],
        [aws_apigatewayv2_api.http.name],
        concat([for pool in aws_cognito_user_pool.pool : pool.name], [for domain in aws_cognito_user_pool_domain.tokens : domain.domain]),
        [for client in aws_cognito_user_pool_client.client : client.name],
        [for key in aws_kms_key.key : key.description],
        [for alias in aws_kms_alias.key : trimprefix(alias.name, "alias/")],
        [for archive in aws_cloudwatch_event_archive.bus : archive.name],
        [for secret in aws_secretsmanager_secret.provider : secret.name],
        [aws_s3_bucket.code.bucket],
        [for switch in aws_ssm_parameter.switch : trimprefix(switch.name, "/")],
        [trimprefix(aws_ssm_parameter.release.name, "/")],
        aws_codedeploy_app.functions[*].name,
        aws_iam_role.canary[*].name,
        output.deployment.alarms,
        [for alarm in module.observability.alarms : alarm.alarm_name],
        [module.observability.page.alarm_name, module.observability.dashboard.dashboard_name],
        [for topic in module.observability.topics.topic : topic.name],
        [for query in module.observability.queries : query.name],
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
