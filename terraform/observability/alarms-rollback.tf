# The alarms that take a deploy back. They page nobody: whoever deploys hears of it from the deploy.
# They judge sooner than those that page, since going back costs nothing.

locals {
  steps = { for name, function in var.functions : name => function if function.is_step }

  # `percent` is of the calls within one minute. A tenth of the traffic tries new code, so a fault
  # in every tenth of its requests is 1 %. What moves at once and cannot run fails always. A step
  # has no such rate: it throws what it has to say. Nor has what a schedule starts: it fails where
  # one payment cannot be looked at, and its silence is an alarm of its own.
  rollback_rates = !var.guards_deploys ? {} : merge(
    { for name, function in var.functions : name => {
      description = "New code of ${name} throws, times out or runs out of memory."
      namespace   = "AWS/Lambda"
      failed      = "Errors"
      all         = "Invocations"
      dimensions  = local.live[name]
      percent     = function.answers ? 1 : 50
    } if !function.is_step && !contains(keys(var.schedules), name) },
    { api = {
      description = "The API answers 5xx, whichever function is the reason."
      namespace   = "AWS/ApiGateway"
      failed      = "5xx"
      all         = "Count"
      dimensions  = { ApiId = var.api_id }
      percent     = 1
    } },
  )

  # A function's own metrics, of the version that callers reach.
  live = { for name, function in var.functions : name => {
    FunctionName = function.name
    Resource     = "${function.name}:${var.alias}"
  } }
}

resource "aws_cloudwatch_metric_alarm" "rollback_rate" {
  for_each = local.rollback_rates

  alarm_name          = "${var.prefix}rollback-${each.key}"
  alarm_description   = "${each.value.description} A deploy that runs goes back."
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.percent
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "percent"
    label       = "failed, in percent"
    expression  = "100 * failed / all"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { failed = each.value.failed, all = each.value.all }

    content {
      id = metric_query.key

      metric {
        namespace   = each.value.namespace
        metric_name = metric_query.value
        dimensions  = each.value.dimensions
        period      = 60
        stat        = "Sum"
      }
    }
  }
}

# Lambda counts two things as errors of a step: what it threw to say "declined" or "ask again", and
# what it could not say because it never ran, ran out of time or memory, or was killed. The step
# counts the first itself, and the difference is the second. Two minutes in a row, since the step's
# own count may come late.
resource "aws_cloudwatch_metric_alarm" "rollback_step" {
  for_each = var.guards_deploys ? local.steps : {}

  alarm_name          = "${var.prefix}rollback-${each.key}"
  alarm_description   = "New code of ${each.key} ends without a word. A deploy that runs goes back."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 2
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "crashed"
    label       = "ended without a word"
    expression  = "FILL(failed, 0) - FILL(threw, 0)"
    return_data = true
  }

  metric_query {
    id = "failed"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = local.live[each.key]
      period      = 60
      stat        = "Sum"
    }
  }

  metric_query {
    id = "threw"

    metric {
      namespace   = local.measured.StepsThrew.namespace
      metric_name = local.measured.StepsThrew.name
      dimensions  = { workspace = terraform.workspace, function = each.key }
      period      = 60
      stat        = "Sum"
    }
  }
}

# A refused payment ends in Succeed: an execution that fails is a defect, or an undo that gave up.
# This is no rate: an execution may have started minutes before, so that the minute of its failure
# saw no start. What was parked and is redriven failed before this deploy.
resource "aws_cloudwatch_metric_alarm" "rollback_machine" {
  for_each = var.guards_deploys ? var.machines : {}

  alarm_name          = "${var.prefix}rollback-${each.key}"
  alarm_description   = "Executions of ${each.key} fail. A deploy that runs goes back."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "first"
    label       = "failed, and not when redriven"
    expression  = "FILL(failed, 0) - FILL(redriven, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { failed = "ExecutionsFailed", redriven = "RedrivenExecutionsFailed" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/States"
        metric_name = metric_query.value
        dimensions  = { StateMachineArn = each.value.arn }
        period      = 60
        stat        = "Sum"
      }
    }
  }
}

# A mistake of our own, which an error's name shows and a count of errors does not: no retry mends
# it, and no answer of a provider causes it. Of all steps together, for one is reason enough.
resource "aws_cloudwatch_metric_alarm" "rollback_defects" {
  count = var.guards_deploys ? 1 : 0

  alarm_name          = "${var.prefix}rollback-defects"
  alarm_description   = "A step met a mistake of our own. A deploy that runs goes back."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  namespace   = local.measured.StepErrors.namespace
  metric_name = local.measured.StepErrors.name
  dimensions  = { workspace = terraform.workspace, kind = "defect" }
  period      = 60
  statistic   = "Sum"
}
