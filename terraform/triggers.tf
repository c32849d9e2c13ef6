# What starts functions beside the API and the machines: queues, streams and the clock. Queues and
# streams report partial failures, so that one bad record does not repeat its whole batch.

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = local.consumers

  event_source_arn        = aws_sqs_queue.queue[each.value.name].arn
  function_name           = aws_lambda_alias.live[each.key].arn
  batch_size              = each.value.batch_size
  function_response_types = ["ReportBatchItemFailures"]

  maximum_batching_window_in_seconds = try(each.value.window_seconds, 0)

  # Bounds the consumer without throttling it: a throttled one would burn its messages' receives.
  dynamic "scaling_config" {
    for_each = contains(keys(var.consumers), each.key) ? [var.consumers[each.key]] : []

    content {
      maximum_concurrency = scaling_config.value
    }
  }

  lifecycle {
    precondition {
      condition     = local.queues[each.value.name].visibility_timeout_seconds >= try(each.value.window_seconds, 0) + local.functions[each.key].timeout_seconds
      error_message = "The visibility timeout of ${each.value.name} must outlast the window and ${each.key}, or a message is seen twice while it is worked on."
    }
  }
}

# Lambda ends a message's way after some 16 rounds through one function. It counts in the trace's
# header, and whoever sends a message on with the trace that it came with does not show it.
resource "aws_lambda_function_recursion_config" "queue" {
  for_each = var.recursion_config ? local.putting_back : {}

  function_name  = aws_lambda_function.function[each.key].function_name
  recursive_loop = "Allow"
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

# A missed run is made good by the next one, so nothing is retried past it and nothing is kept as a
# dead letter.
resource "aws_scheduler_schedule" "function" {
  for_each = local.scheduled

  name                = "${local.prefix}${each.key}"
  description         = local.functions[each.key].description
  schedule_expression = "rate(${each.value.rate_seconds / 60} minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_alias.live[each.key].arn
    role_arn = aws_iam_role.schedule[each.key].arn

    retry_policy {
      maximum_event_age_in_seconds = each.value.rate_seconds
      maximum_retry_attempts       = 1
    }
  }

  lifecycle {
    precondition {
      condition     = each.value.rate_seconds >= 60 && each.value.rate_seconds % 60 == 0
      error_message = "EventBridge Scheduler counts in whole minutes; ${each.key} asks for ${each.value.rate_seconds} s."
    }
  }

  depends_on = [aws_iam_role_policy.schedule]
}

# The scheduler invokes asynchronously, and Lambda would retry on its own: two sweeps at once would
# ask Step Functions for more than it answers, and find nothing more.
resource "aws_lambda_function_event_invoke_config" "schedule" {
  for_each = local.scheduled

  function_name          = aws_lambda_function.function[each.key].function_name
  qualifier              = aws_lambda_alias.live[each.key].name
  maximum_retry_attempts = 0
}

resource "aws_iam_role" "schedule" {
  for_each = local.scheduled

  name        = "${local.prefix}schedule-${each.key}"
  description = "Lets the schedule invoke its function."

  permissions_boundary = local.boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "schedule" {
  for_each = local.scheduled

  name = "access"
  role = aws_iam_role.schedule[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = ["${local.arns.functions[each.key]}:${local.alias}"]
    }]
  })
}
