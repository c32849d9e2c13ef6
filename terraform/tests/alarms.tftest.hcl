# Alarms: whatever can fail or pile up has one, a missing sweep is seen although it is silent, and
# each alarm reaches a person once.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan

  override_resource {
    target = module.observability.aws_sns_topic.alarms["pages"]
    values = { arn = "arn:aws:sns:us-east-1:123456789012:pages" }
  }

  override_resource {
    target = module.observability.aws_sns_topic.alarms["tickets"]
    values = { arn = "arn:aws:sns:us-east-1:123456789012:tickets" }
  }
}

run "every_alarm_watches_what_it_says_and_is_heard" {
  command = plan

  variables {
    alarm_subscriptions = { pages = [{ protocol = "email", endpoint = "ops@example.com" }] }
  }

  # Whatever can pile up has an alarm.

  assert {
    condition = toset(flatten([
      for alarm in module.observability.alarms : [
        for query in alarm.metric_query : [for metric in query.metric : metric.dimensions.QueueName if metric.metric_name == "ApproximateNumberOfMessagesVisible"]
      ]
      ])) == toset(concat(
      [for queue in values(aws_sqs_queue.dead_letters) : queue.name],
      [for name, queue in local.manifest.queues : "${terraform.workspace}-${name}" if can(queue.why_no_dead_letters)],
    ))
    error_message = "Dead letters, or records that were given up on, can lie unseen."
  }

  assert {
    condition = alltrue([
      for key, alarm in module.observability.alarms : alarm.threshold == 0 && alarm.evaluation_periods == 1
      if startswith(key, "dead-letters-") || key == "given-up-records"
    ])
    error_message = "One dead letter is not enough for its alarm."
  }

  assert {
    condition = alltrue([
      for name, function in local.manifest.functions :
      alltrue([for kind in ["function-errors", "function-throttles"] : contains(keys(module.observability.alarms), "${kind}-${name}")])
      && contains(keys(module.observability.alarms), "iterator-age-${name}") == can(function.stream)
      && contains(keys(module.observability.alarms), "schedule-missing-${name}") == can(function.schedule)
      && (!can(function.queue) || contains(keys(module.observability.alarms), try("queue-age-${function.queue.name}", "")))
    ])
    error_message = "A function's errors, throttles, lag or silence has no alarm, or one that cannot ring."
  }

  assert {
    condition = alltrue(flatten([
      for name in keys(local.manifest.machines) : [for kind in ["failed-executions", "throttled-executions"] : contains(keys(module.observability.alarms), "${kind}-${name}")]
      ])) && alltrue(flatten([
      for name, table in local.manifest.tables : [
        for throttled in concat([name], [for index in keys(table.indexes) : "${name}-${index}"]) : contains(keys(module.observability.alarms), "table-throttles-${throttled}")
      ]
    ]))
    error_message = "A machine, a table or an index has no alarm."
  }

  assert {
    condition = toset(flatten([
      for query in module.observability.alarms["dropped-recursions"].metric_query : [for metric in query.metric : "${metric.metric_name} ${metric.dimensions.FunctionName}"]
    ])) == toset([for name, function in local.manifest.functions : "RecursiveInvocationsDropped ${terraform.workspace}-${name}" if can(function.queue)])
    error_message = "Lambda can lay a message aside unseen because its way is long."
  }

  # An alarm watches what it says.

  assert {
    condition = alltrue([
      for name in keys(local.manifest.functions) : alltrue([
        for query in module.observability.alarms["function-errors-${name}"].metric_query :
        query.metric[0].dimensions == tomap({ FunctionName = "${terraform.workspace}-${name}" }) if length(query.metric) > 0
      ])
    ])
    error_message = "A function's alarm watches another one."
  }

  assert {
    condition = alltrue([
      for alarm in module.observability.alarms : length([for query in alarm.metric_query : query if query.return_data == true]) == 1
    ])
    error_message = "An alarm judges nothing, or two things."
  }

  assert {
    condition = alltrue(flatten([
      for alarm in module.observability.alarms : [for query in alarm.metric_query : [
        for metric in query.metric : contains(keys(jsondecode(file("../functions/metrics.json")).metrics), metric.metric_name) && metric.dimensions.workspace == terraform.workspace
        if metric.namespace == jsondecode(file("../functions/metrics.json")).namespace
      ]]
    ]))
    error_message = "An alarm waits for a metric that no function writes, or for another workspace's."
  }

  assert {
    condition = alltrue([
      for key, alarm in module.observability.alarms : (alarm.treat_missing_data == "breaching")
      == anytrue([for kind in ["schedule-missing-", "open-payments", "parked-payments"] : startswith(key, kind)])
    ])
    error_message = "Silence is read as an alarm where it is none, or not where it is one."
  }

  assert {
    condition     = alltrue([for key, alarm in module.observability.alarms : alarm.threshold == 5 if startswith(key, "function-errors-")])
    error_message = "More than 5 % of a function's invocations may fail unseen."
  }

  assert {
    condition     = alltrue([for alarm in module.observability.alarms : can(regex("docs/runbook\\.md#[a-z-]+$", alarm.alarm_description))])
    error_message = "An alarm does not say what to do."
  }

  # An alarm is heard once.

  assert {
    condition = alltrue([
      for key, alarm in module.observability.alarms :
      strcontains(module.observability.page.alarm_rule, "ALARM(\"${alarm.alarm_name}\")")
      != (alarm.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:tickets"]))
    ])
    error_message = "An alarm both pages and makes a ticket, or does neither."
  }

  assert {
    condition = alltrue([
      for key, alarm in module.observability.alarms : strcontains(module.observability.page.alarm_rule, "\"${alarm.alarm_name}\"")
      if anytrue([for kind in ["dead-letters-", "given-up-records", "api-errors", "open-payments", "parked-payments", "schedule-missing-", "iterator-age-"] : startswith(key, kind)])
    ])
    error_message = "Money or intake can be at risk without a page."
  }

  assert {
    condition = (
      module.observability.page.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:pages"])
      && length(module.observability.page.alarm_rule) <= 10240 && length(regexall("ALARM\\(", module.observability.page.alarm_rule)) <= 100
    )
    error_message = "The page reaches nobody, or CloudWatch does not take its rule."
  }

  # Topics are encrypted and take alarms only.

  assert {
    condition = alltrue([for topic in module.observability.topics.topic : topic.kms_master_key_id == aws_kms_key.key["alarms"].arn]) && alltrue(flatten([
      for policy in module.observability.topics.policy : [
        for statement in jsondecode(policy.policy).Statement :
        statement.Principal == { Service = "cloudwatch.amazonaws.com" } && statement.Action == "sns:Publish"
        && statement.Condition.ArnLike["aws:SourceArn"] == "arn:aws:cloudwatch:us-east-1:123456789012:alarm:${terraform.workspace}-*"
      ]
    ]))
    error_message = "A topic is not encrypted, or takes messages of somebody else."
  }

  assert {
    condition = [for subscription in values(module.observability.topics.subscription) : [subscription.topic_arn, subscription.endpoint]] == [
      [module.observability.topics.topic["pages"].arn, "ops@example.com"]
    ]
    error_message = "Who asked for pages does not get them."
  }
}
