# Functions that run by the clock. A missed run is made good by the next one, so nothing is retried past it and nothing
# is kept as a dead letter.

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

# The scheduler invokes asynchronously, and Lambda would retry on its own: two sweeps at once would ask Step
# Functions for more than it answers, and find nothing more.
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
