# Deploys: an apply moves no alias, canaries guard every function that answers routes, and an alarm
# takes each of them back.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "a_canary_guards_what_callers_reach" {
  command = plan

  # A canary guards every function that answers routes.

  assert {
    condition = toset(keys(aws_codedeploy_deployment_group.function)) == toset([
      for name, function in local.manifest.functions : name if can(function.routes) && !can(function.sandbox)
    ])
    error_message = "A function that answers routes has no canary, or one that answers none has."
  }

  assert {
    condition = alltrue([
      for name, group in aws_codedeploy_deployment_group.function :
      group.app_name == aws_codedeploy_app.functions[0].name
      && group.deployment_config_name == "CodeDeployDefault.LambdaCanary10Percent10Minutes"
      && group.deployment_style[0].deployment_type == "BLUE_GREEN"
      && group.deployment_style[0].deployment_option == "WITH_TRAFFIC_CONTROL"
    ])
    error_message = "A function's traffic is not shifted in steps."
  }

  assert {
    condition = alltrue([
      for name, group in aws_codedeploy_deployment_group.function :
      group.auto_rollback_configuration[0].enabled
      && contains(group.auto_rollback_configuration[0].events, "DEPLOYMENT_STOP_ON_ALARM")
      && group.alarm_configuration[0].enabled && !group.alarm_configuration[0].ignore_poll_alarm_failure
      && group.alarm_configuration[0].alarms == toset(["${terraform.workspace}-rollback-api", "${terraform.workspace}-rollback-${name}"])
    ])
    error_message = "A canary is not taken back by its function's alarm and by the API's."
  }

  assert {
    condition = alltrue(flatten([
      for group in aws_codedeploy_deployment_group.function : [
        for alarm in group.alarm_configuration[0].alarms : contains(output.deployment.alarms, alarm)
      ]
    ]))
    error_message = "A canary waits for an alarm that does not exist."
  }

  # Rollback alarms watch whatever a deploy moves: steps and consumers too, which have no canary.

  assert {
    condition = toset(concat(keys(module.observability.rollback_alarms.rate), keys(module.observability.rollback_alarms.step))) == toset(concat(
      ["api"], [for name, function in local.manifest.functions : name if !can(function.schedule)],
    ))
    error_message = "A function's errors take no deploy back, or one does that fails whenever one payment cannot be looked at."
  }

  assert {
    condition = alltrue([
      for name, alarm in merge(module.observability.rollback_alarms.rate, module.observability.rollback_alarms.step) : alltrue([
        for query in alarm.metric_query :
        query.metric[0].dimensions == tomap({ FunctionName = "${terraform.workspace}-${name}", Resource = "${terraform.workspace}-${name}:live" })
        if try(query.metric[0].namespace == "AWS/Lambda", false)
      ]) if name != "api"
    ])
    error_message = "An alarm watches something else than a function's live alias."
  }

  assert {
    condition = alltrue([
      for name, alarm in module.observability.rollback_alarms.rate :
      alarm.threshold == (name == "api" || try(can(local.manifest.functions[name].routes) && !can(local.manifest.functions[name].sandbox), false) ? 1 : 50)
    ])
    error_message = "An alarm is green for what the API must not do, or red for one record of a consumer."
  }

  # A declined card is an error of a step to Lambda, and no reason to go back: what the step threw
  # itself does not count.

  assert {
    condition = alltrue([
      for name, alarm in module.observability.rollback_alarms.step :
      !anytrue([for field in ["routes", "queue", "stream", "schedule"] : can(local.manifest.functions[name][field])])
      && one([for query in alarm.metric_query : query.expression if query.return_data == true]) == "FILL(failed, 0) - FILL(threw, 0)"
      && one([for query in alarm.metric_query : query.metric[0].metric_name if query.id == "failed"]) == "Errors"
      && one([for query in alarm.metric_query : query.metric[0].dimensions if query.id == "threw"]) == tomap({ workspace = terraform.workspace, function = name })
      && alarm.evaluation_periods == 2 && alarm.treat_missing_data == "notBreaching"
    ])
    error_message = "A step that says no takes a deploy back."
  }

  assert {
    condition = alltrue([
      for alarm in module.observability.rollback_alarms.defects :
      alarm.namespace == "Contra" && alarm.metric_name == "StepErrors" && alarm.threshold == 0 && alarm.statistic == "Sum"
      && alarm.dimensions == tomap({ workspace = terraform.workspace, kind = "defect" })
    ])
    error_message = "A step's mistake takes no deploy back."
  }

  assert {
    condition = alltrue([
      for alarm in module.observability.rollback_alarms.rate :
      length(alarm.metric_query) == 3 && alarm.treat_missing_data == "notBreaching"
      && length([for query in alarm.metric_query : query if query.return_data == true]) == 1
    ])
    error_message = "A rollback alarm is no rate of two metrics."
  }

  assert {
    condition = keys(module.observability.rollback_alarms.machine) == keys(local.manifest.machines) && alltrue([
      for name, alarm in module.observability.rollback_alarms.machine :
      one([for query in alarm.metric_query : query.expression if query.return_data == true]) == "FILL(failed, 0) - FILL(redriven, 0)"
      && { for query in alarm.metric_query : query.id => query.metric[0].metric_name if length(query.metric) > 0 } == { failed = "ExecutionsFailed", redriven = "RedrivenExecutionsFailed" }
      && alltrue([
        for query in alarm.metric_query :
        query.metric[0].dimensions == tomap({ StateMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:${terraform.workspace}-${name}" })
        if length(query.metric) > 0
      ])
    ])
    error_message = "A machine's failures take no deploy back, or those of a payment that was parked before."
  }

  assert {
    condition     = length(distinct(output.deployment.alarms)) == length(module.observability.rollback_alarms.rate) + length(module.observability.rollback_alarms.step) + length(module.observability.rollback_alarms.machine) + 1
    error_message = "Two alarms have one name, or the deploy is not told of one."
  }

  # The deploy is told what to move.

  assert {
    condition = (
      keys(output.deployment.functions) == keys(local.manifest.functions)
      && keys(output.deployment.machines) == keys(local.manifest.machines)
      && alltrue([for name, function in output.deployment.functions : function.function_name == "${terraform.workspace}-${name}"])
      && alltrue([for name, function in output.deployment.functions : function.routed == (can(local.manifest.functions[name].routes) && !can(local.manifest.functions[name].sandbox))])
      && alltrue([for function in output.deployment.functions : (function.canary != null) == function.routed])
    )
    error_message = "The deploy would leave something where it is."
  }

  assert {
    condition     = output.deployment.release == "/${terraform.workspace}-release" && nonsensitive(aws_ssm_parameter.release.value) == "{}"
    error_message = "The record of releases is not where the deploy looks for it, or not empty at first."
  }

  # CodeDeploy may move exactly the aliases that it shifts.

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.canary[0].policy).Statement : statement.Resource if contains(statement.Action, "lambda:UpdateAlias")
      ])) == toset(flatten([
      for name, function in local.manifest.functions : [
        "arn:aws:lambda:us-east-1:123456789012:function:${terraform.workspace}-${name}",
        "arn:aws:lambda:us-east-1:123456789012:function:${terraform.workspace}-${name}:live",
      ] if can(function.routes) && !can(function.sandbox)
    ]))
    error_message = "CodeDeploy may move the alias of a function that is none of its business, or not the one of its own."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.canary[0].policy).Statement :
      !contains(statement.Resource, "*") && alltrue([for action in statement.Action : !strcontains(action, "*")])
    ])
    error_message = "CodeDeploy's role has a wildcard."
  }

  assert {
    condition = (
      jsondecode(aws_iam_role.canary[0].assume_role_policy).Statement[0].Condition.ArnLike["aws:SourceArn"]
      == "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:${aws_codedeploy_app.functions[0].name}/*"
    )
    error_message = "Deployment groups of somebody else may use the role."
  }
}
