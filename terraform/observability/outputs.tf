# What the root asks of the module: the alarms that a deploy obeys. The rest is for `terraform
# test`, which sees nothing of a module but its outputs.

output "rollback_alarms" {
  description = "The alarms that take a deploy back, by what they judge. `rate` is by function, and `api`."
  value = {
    rate    = aws_cloudwatch_metric_alarm.rollback_rate
    step    = aws_cloudwatch_metric_alarm.rollback_step
    machine = aws_cloudwatch_metric_alarm.rollback_machine
    defects = aws_cloudwatch_metric_alarm.rollback_defects
  }
}

output "alarms" {
  description = "Every alarm of a running stack, `<kind>-<subject>`."
  value       = aws_cloudwatch_metric_alarm.alarm
}

output "page" {
  description = "The one alarm through which those speak that page."
  value       = aws_cloudwatch_composite_alarm.page
}

output "topics" {
  description = "The topics, with who may publish to each and who hears it."
  value = {
    topic        = aws_sns_topic.alarms
    policy       = aws_sns_topic_policy.alarms
    subscription = aws_sns_topic_subscription.alarms
  }
}

output "dashboard" {
  description = "The page of charts; null where there is none."
  value       = one(aws_cloudwatch_dashboard.overview)
}

output "queries" {
  description = "The saved queries over the logs."
  value       = aws_cloudwatch_query_definition.query
}
