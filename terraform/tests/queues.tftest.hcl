# Nothing that was accepted is dropped: every queue has dead letters or a reason, every rule reaches
# its queue and may write there, and every mapping reports partial failures.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan

  # One queue of its own ARN: a target that names the wrong queue cannot pass for it.
  override_resource {
    target = aws_sqs_queue.queue["integrity"]
    values = { arn = "arn:aws:sqs:us-east-1:123456789012:of-the-rule" }
  }

  override_resource {
    target = aws_sqs_queue.dead_letters["integrity"]
    values = { arn = "arn:aws:sqs:us-east-1:123456789012:of-the-rule-dlq" }
  }
}

run "what_is_sent_arrives_or_is_kept_and_nothing_else_does" {
  command = plan

  # Every queue has dead letters or a reason.

  assert {
    condition = length(local.manifest.queues) > 0 && alltrue([
      for name, queue in local.manifest.queues :
      can(queue.why_no_dead_letters)
      ? length(queue.why_no_dead_letters) > 0 && !contains(keys(aws_sqs_queue.dead_letters), name) && !can(jsondecode(aws_sqs_queue.queue[name].redrive_policy))
      : jsondecode(aws_sqs_queue.queue[name].redrive_policy).deadLetterTargetArn == aws_sqs_queue.dead_letters[name].arn
      && jsondecode(aws_sqs_queue.queue[name].redrive_policy).maxReceiveCount == queue.max_receives
    ])
    error_message = "A queue has neither dead letters nor a reason to have none."
  }

  assert {
    condition = alltrue([
      for name, queue in aws_sqs_queue.dead_letters :
      jsondecode(queue.redrive_allow_policy).sourceQueueArns == ["arn:aws:sqs:us-east-1:123456789012:${aws_sqs_queue.queue[name].name}"]
      && queue.message_retention_seconds >= aws_sqs_queue.queue[name].message_retention_seconds
    ])
    error_message = "Dead letters accept another queue's, or are forgotten before their queue would forget them."
  }

  assert {
    condition     = alltrue([for queue in concat(values(aws_sqs_queue.queue), values(aws_sqs_queue.dead_letters)) : queue.kms_master_key_id == aws_kms_key.key["messages"].arn])
    error_message = "A queue is not encrypted with the key of messages."
  }

  assert {
    condition = alltrue([
      for name, queue in local.manifest.queues : aws_sqs_queue.queue[name].delay_seconds == try(queue.delivery_delay_seconds, 0)
    ]) && anytrue([for queue in values(local.manifest.queues) : can(queue.delivery_delay_seconds)])
    error_message = "A queue holds its messages back for another time than the manifest says."
  }

  # What waits on purpose is no circle to Lambda.

  assert {
    condition = length(local.manifest.functions) > 0 && { for name, config in aws_lambda_function_recursion_config.queue : name => config.recursive_loop } == {
      for name, function in local.manifest.functions : name => "Allow"
      if can(function.queue.name) && contains(keys(try(function.access.queues, {})), try(function.queue.name, "-"))
    } && alltrue([for name in ["start-saga", "verify-integrity", "send-sandbox-webhooks"] : contains(keys(aws_lambda_function_recursion_config.queue), name)])
    error_message = "Lambda lays aside what a function puts back into its own queue, or lets a circle run that nobody meant."
  }

  # Every rule reaches its queue.

  assert {
    condition = length(local.manifest.rules) > 0 && alltrue([
      for name, rule in local.manifest.rules :
      aws_cloudwatch_event_target.queue[name].arn == aws_sqs_queue.queue[rule.queue].arn
      && aws_cloudwatch_event_target.queue[name].dead_letter_config[0].arn == aws_sqs_queue.dead_letters[rule.queue].arn
      && aws_cloudwatch_event_target.queue[name].rule == aws_cloudwatch_event_rule.rule[name].name
      && aws_cloudwatch_event_target.queue[name].event_bus_name == (rule.bus == "default" ? "default" : aws_cloudwatch_event_bus.bus[rule.bus].name)
    ])
    error_message = "A rule's events end elsewhere than in its queue, or nowhere when that fails."
  }

  assert {
    condition     = aws_cloudwatch_event_target.queue["integrity"].arn == "arn:aws:sqs:us-east-1:123456789012:of-the-rule"
    error_message = "The integrity rule does not reach the integrity queue."
  }

  assert {
    condition = alltrue(flatten([
      for name, rule in local.manifest.rules : [
        for queue in [aws_sqs_queue.queue[rule.queue], aws_sqs_queue.dead_letters[rule.queue]] : contains(
          [for statement in jsondecode(queue.policy).Statement : "${statement.Resource} from ${statement.Condition.ArnEquals["aws:SourceArn"]}" if statement.Effect == "Allow"],
          "arn:aws:sqs:us-east-1:123456789012:${queue.name} from arn:aws:events:us-east-1:123456789012:rule/${rule.bus == "default" ? "" : "${terraform.workspace}-${rule.bus}/"}${terraform.workspace}-${name}",
        )
      ]
    ]))
    error_message = "A queue's policy refuses its rule, silently."
  }

  assert {
    condition = alltrue([
      for name, rule in local.manifest.rules :
      aws_cloudwatch_event_rule.rule[name].event_pattern == replace(
        jsonencode(rule.pattern), "/\\$\\{machines\\.([a-z0-9-]+)\\}/", "arn:aws:states:us-east-1:123456789012:stateMachine:${terraform.workspace}-$1",
      )
    ])
    error_message = "A rule's pattern is not the manifest's with its machines named in full."
  }

  # A queue without a rule takes events from nobody.

  assert {
    condition = alltrue(flatten([
      for name, queue in aws_sqs_queue.queue : [for statement in jsondecode(queue.policy).Statement : statement.Effect == "Deny"]
      if !contains([for rule in local.manifest.rules : rule.queue], name)
    ]))
    error_message = "A queue lets somebody in whom the manifest does not name."
  }

  # Every mapping reports partial failures.

  assert {
    condition = alltrue([
      for mapping in concat(values(aws_lambda_event_source_mapping.queue), values(aws_lambda_event_source_mapping.stream)) :
      mapping.function_response_types == toset(["ReportBatchItemFailures"])
    ])
    error_message = "One bad record would repeat its whole batch."
  }

  assert {
    condition = (
      toset(keys(aws_lambda_event_source_mapping.queue)) == toset([for name, function in local.manifest.functions : name if can(function.queue)])
      && toset(keys(aws_lambda_event_source_mapping.stream)) == toset([for name, function in local.manifest.functions : name if can(function.stream)])
    )
    error_message = "A function that consumes a queue or a stream is fed by nothing."
  }

  assert {
    condition = alltrue([
      for name, mapping in aws_lambda_event_source_mapping.stream :
      mapping.starting_position == "TRIM_HORIZON" && mapping.bisect_batch_on_function_error
      && mapping.maximum_retry_attempts == local.manifest.functions[name].stream.max_retries
      && mapping.destination_config[0].on_failure[0].destination_arn == aws_sqs_queue.queue[local.stream_failures].arn
      && jsondecode(one(one(mapping.filter_criteria).filter).pattern) == local.manifest.functions[name].stream.filter
    ])
    error_message = "A stream's records can be missed, retried for ever, or lost with the batch of a poisonous one."
  }

  assert {
    condition = alltrue(concat(
      [for name, mapping in aws_lambda_event_source_mapping.queue : mapping.maximum_batching_window_in_seconds == try(local.manifest.functions[name].queue.window_seconds, 0)],
      [for name, mapping in aws_lambda_event_source_mapping.stream : mapping.maximum_batching_window_in_seconds == local.manifest.functions[name].stream.window_seconds],
    )) && anytrue([for function in values(local.manifest.functions) : can(function.queue.window_seconds)])
    error_message = "A mapping gathers its batches for another time than the manifest says."
  }

  # The bus keeps its events and takes none from outside.

  assert {
    condition = keys(aws_cloudwatch_event_archive.bus) == keys(local.manifest.buses) && alltrue([
      for archive in aws_cloudwatch_event_archive.bus : archive.retention_days == 30
    ])
    error_message = "A bus has no archive."
  }

  assert {
    condition = keys(aws_cloudwatch_event_bus_policy.bus) == keys(local.manifest.buses) && alltrue([
      for name, policy in aws_cloudwatch_event_bus_policy.bus : alltrue([
        for statement in jsondecode(policy.policy).Statement :
        statement.Effect == "Deny" && statement.Action == "events:PutEvents"
        && statement.Condition.StringNotEquals["aws:PrincipalAccount"] == "123456789012"
        && statement.Resource == "arn:aws:events:us-east-1:123456789012:event-bus/${terraform.workspace}-${name}"
      ])
    ])
    error_message = "Another account may put events on our bus."
  }
}
