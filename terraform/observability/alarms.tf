# Every alarm of a running stack, as data over the manifest. A kind is what the runbook has a
# chapter on. It pages when money or intake is at risk, and else makes a ticket. What pages speaks
# through one composite, so that one outage is one page.

locals {
  alarm_kinds = {
    dead-letters         = { pages = true }
    given-up-records     = { pages = true }
    queue-age            = { pages = false }
    failed-executions    = { pages = false }
    throttled-executions = { pages = false }
    function-errors      = { pages = false }
    function-throttles   = { pages = false }
    dropped-recursions   = { pages = false }
    iterator-age         = { pages = true }
    schedule-missing     = { pages = true }
    table-throttles      = { pages = false }
    api-errors           = { pages = true }
    api-latency          = { pages = false }
    open-payments        = { pages = true }
    unfolded-journals    = { pages = false }
    parked-payments      = { pages = true }
    slow-sagas           = { pages = false }
    value-in-transit     = { pages = false }
    findings             = { pages = false }
    money-findings       = { pages = true }
    step-defects         = { pages = false }
    breaker-open         = { pages = false }
    kill-switch-on       = { pages = false }
  }

  # `alarms` of a file: "<kind>" or "<kind>/<subject>" => what differs from these.
  alarm_defaults = {
    expression = null
    below      = false
    threshold  = 0
    minutes    = 1
    times      = 1
    missing    = "notBreaching"
  }

  alarms = {
    for key, alarm in merge(local.service_alarms, local.payment_alarms) :
    replace(key, "/", "-") => merge(local.alarm_defaults, alarm, { kind = split("/", key)[0] })
    if !var.only_pages || local.alarm_kinds[split("/", key)[0]].pages
  }

  paging = [for key, alarm in local.alarms : key if local.alarm_kinds[alarm.kind].pages]
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = local.alarms

  alarm_name          = "${var.prefix}${each.key}"
  alarm_description   = "${each.value.description} What to do: ${var.runbook_url}#${each.value.kind}"
  comparison_operator = each.value.below ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = each.value.times
  treat_missing_data  = each.value.missing

  # Those that page do it through the composite.
  alarm_actions = local.alarm_kinds[each.value.kind].pages ? [] : [aws_sns_topic.alarms["tickets"].arn]
  ok_actions    = local.alarm_kinds[each.value.kind].pages ? [] : [aws_sns_topic.alarms["tickets"].arn]

  dynamic "metric_query" {
    for_each = each.value.expression == null ? {} : { result = each.value.expression }

    content {
      id          = metric_query.key
      label       = each.value.kind
      expression  = metric_query.value
      return_data = true
    }
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id          = metric_query.key
      return_data = each.value.expression == null

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = metric_query.value.stat
        period      = each.value.minutes * 60
      }
    }
  }

  # Some take silence for an outage. They come after the schedules that break it, and go before.
  depends_on = [var.schedules]
}

resource "aws_cloudwatch_composite_alarm" "page" {
  alarm_name        = "${var.prefix}page"
  alarm_description = "Money or intake is at risk. The red alarms below it say which; each links to its chapter of ${var.runbook_url}."
  alarm_rule        = join(" OR ", [for key in local.paging : "ALARM(\"${aws_cloudwatch_metric_alarm.alarm[key].alarm_name}\")"])
  alarm_actions     = [aws_sns_topic.alarms["pages"].arn]
  ok_actions        = [aws_sns_topic.alarms["pages"].arn]
}
