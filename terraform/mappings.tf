# Event source mappings: queues and streams into functions. All report partial failures, so that one bad record does not
# repeat its whole batch.

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = local.consumers

  event_source_arn        = aws_sqs_queue.queue[each.value.name].arn
  function_name           = aws_lambda_alias.live[each.key].arn
  batch_size              = each.value.batch_size
  function_response_types = ["ReportBatchItemFailures"]

  # Bounds the consumer without throttling it: a throttled one would burn its messages' receives.
  dynamic "scaling_config" {
    for_each = contains(keys(var.consumers), each.key) ? [var.consumers[each.key]] : []

    content {
      maximum_concurrency = scaling_config.value
    }
  }

  lifecycle {
    precondition {
      condition     = local.queues[each.value.name].visibility_timeout_seconds >= local.functions[each.key].timeout_seconds
      error_message = "The visibility timeout of ${each.value.name} must outlast ${each.key}, or a message is seen twice while it is worked on."
    }
  }
}

resource "aws_lambda_event_source_mapping" "stream" {
  for_each = local.stream_consumers

  event_source_arn = aws_dynamodb_table.table[each.value.table].stream_arn
  function_name    = aws_lambda_alias.live[each.key].arn
  batch_size       = each.value.batch_size

  # From the stream's beginning: what was written before the mapping stood is an event too.
  starting_position                  = "TRIM_HORIZON"
  maximum_batching_window_in_seconds = each.value.window_seconds
  maximum_retry_attempts             = each.value.max_retries
  bisect_batch_on_function_error     = true
  function_response_types            = ["ReportBatchItemFailures"]

  filter_criteria {
    filter {
      pattern = jsonencode(each.value.filter)
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.queue[local.stream_failures].arn
    }
  }
}
