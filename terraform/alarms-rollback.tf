# The alarms that take a deploy back. They page nobody: whoever deploys is told by the deploy. They judge sooner than those that
# page, since going back costs nothing: where a tenth of the traffic tries new code, a fault in every tenth of its requests
# is 1 %.

locals {
  # Percent of the requests within one minute.
  rollback_error_percent = 1

  rollback_rates = var.canary_minutes == 0 ? {} : merge(
    { for name in keys(local.answering) : name => {
      description = "New code of ${name} throws, times out or runs out of memory."
      namespace   = "AWS/Lambda"
      failed      = "Errors"
      all         = "Invocations"
      dimensions  = { FunctionName = "${local.prefix}${name}", Resource = "${local.prefix}${name}:${local.alias}" }
    } },
    { api = {
      description = "The API answers 5xx, whichever function is the reason."
      namespace   = "AWS/ApiGateway"
      failed      = "5xx"
      all         = "Count"
      dimensions  = { ApiId = aws_apigatewayv2_api.http.id }
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "rollback_rate" {
  for_each = local.rollback_rates

  alarm_name          = "${local.prefix}rollback-${each.key}"
  alarm_description   = "${each.value.description} A deploy that runs goes back."
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.rollback_error_percent
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

# A refused payment ends in Succeed: an execution that fails is a defect, or an undo that gave up. Not a rate: it may have started
# minutes before, so that the minute of its failure saw no start.
resource "aws_cloudwatch_metric_alarm" "rollback_machine" {
  for_each = var.canary_minutes == 0 ? {} : local.machines

  alarm_name          = "${local.prefix}rollback-${each.key}"
  alarm_description   = "Executions of ${each.key} fail. A deploy that runs goes back."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  namespace   = "AWS/States"
  metric_name = "ExecutionsFailed"
  dimensions  = { StateMachineArn = local.arns.machines[each.key] }
  period      = 60
  statistic   = "Sum"
}
