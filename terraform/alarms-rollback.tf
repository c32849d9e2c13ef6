# The alarms that take a deploy back. They page nobody: whoever deploys is told by the deploy. They judge sooner than those that
# page, since going back costs nothing.

locals {
  # A step answers "declined" and "ask again" by throwing, which Lambda counts as errors too; a Resolve answers hardly ever otherwise.
  steps    = { for name, function in local.functions : name => function if length(function.routes) == 0 && function.queue == null && function.stream == null && function.schedule == null }
  verdicts = { for name, function in local.steps : name => function if startswith(name, "resolve-") }

  # `percent` of the calls within one minute, of which there must be `least`. Where a tenth of the traffic tries new code, a fault in
  # every tenth of its requests is 1 %. What moves at once and cannot run fails always; a step that cannot is tried by each
  # payment five times in its first half minute, and five payments are not declined by chance.
  rollback_rates = var.canary_minutes == 0 ? {} : merge(
    { for name, function in local.functions : name => {
      description = "New code of ${name} throws, times out or runs out of memory."
      namespace   = "AWS/Lambda"
      failed      = "Errors"
      all         = "Invocations"
      dimensions  = { FunctionName = "${local.prefix}${name}", Resource = "${local.prefix}${name}:${local.alias}" }
      percent     = contains(keys(local.answering), name) ? 1 : 50
      least       = contains(keys(local.steps), name) ? 5 : 1
    } if !contains(keys(local.verdicts), name) },
    { api = {
      description = "The API answers 5xx, whichever function is the reason."
      namespace   = "AWS/ApiGateway"
      failed      = "5xx"
      all         = "Count"
      dimensions  = { ApiId = aws_apigatewayv2_api.http.id }
      percent     = 1
      least       = 1
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "rollback_rate" {
  for_each = local.rollback_rates

  alarm_name          = "${local.prefix}rollback-${each.key}"
  alarm_description   = "${each.value.description} A deploy that runs goes back."
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.percent
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "percent"
    label       = "failed, in percent"
    expression  = "IF(all >= ${each.value.least}, 100 * failed / all, 0)"
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

# What an error's name tells and a count of errors does not: no retry mends it, and no answer of a provider causes it. Of all steps
# together, since a metric per function would be billed per function.
resource "aws_cloudwatch_metric_alarm" "rollback_defects" {
  count = var.canary_minutes == 0 ? 0 : 1

  alarm_name          = "${local.prefix}rollback-defects"
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
