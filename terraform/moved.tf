# Where resources stood in a workspace that an earlier version applied. Without these an update
# would make what exists, and lose what it takes away. Addresses here are Terraform's past and take
# no expressions. The file goes with 0.3.0: by then every workspace has been applied by 0.2.0.

# What watches the stack is a module since 2026-11-30. Each block moves all instances.

moved {
  from = aws_cloudwatch_metric_alarm.alarm
  to   = module.observability.aws_cloudwatch_metric_alarm.alarm
}
moved {
  from = aws_cloudwatch_metric_alarm.rollback_rate
  to   = module.observability.aws_cloudwatch_metric_alarm.rollback_rate
}
moved {
  from = aws_cloudwatch_metric_alarm.rollback_step
  to   = module.observability.aws_cloudwatch_metric_alarm.rollback_step
}
moved {
  from = aws_cloudwatch_metric_alarm.rollback_machine
  to   = module.observability.aws_cloudwatch_metric_alarm.rollback_machine
}
moved {
  from = aws_cloudwatch_metric_alarm.rollback_defects
  to   = module.observability.aws_cloudwatch_metric_alarm.rollback_defects
}
moved {
  from = aws_cloudwatch_composite_alarm.page
  to   = module.observability.aws_cloudwatch_composite_alarm.page
}
moved {
  from = aws_cloudwatch_dashboard.overview
  to   = module.observability.aws_cloudwatch_dashboard.overview[0]
}
moved {
  from = aws_cloudwatch_query_definition.query
  to   = module.observability.aws_cloudwatch_query_definition.query
}
moved {
  from = aws_sns_topic.alarms
  to   = module.observability.aws_sns_topic.alarms
}
moved {
  from = aws_sns_topic_policy.alarms
  to   = module.observability.aws_sns_topic_policy.alarms
}
moved {
  from = aws_sns_topic_subscription.alarms
  to   = module.observability.aws_sns_topic_subscription.alarms
}

# The log groups are one resource since 2026-11-27: 0.1.0, and main before that day, had four.

moved {
  from = aws_cloudwatch_log_group.function["accept-payment"]
  to   = aws_cloudwatch_log_group.group["function/accept-payment"]
}
moved {
  from = aws_cloudwatch_log_group.function["authorize-conversion"]
  to   = aws_cloudwatch_log_group.group["function/authorize-conversion"]
}
moved {
  from = aws_cloudwatch_log_group.function["authorize-payment"]
  to   = aws_cloudwatch_log_group.group["function/authorize-payment"]
}
moved {
  from = aws_cloudwatch_log_group.function["capture-payment"]
  to   = aws_cloudwatch_log_group.group["function/capture-payment"]
}
moved {
  from = aws_cloudwatch_log_group.function["check-health"]
  to   = aws_cloudwatch_log_group.group["function/check-health"]
}
moved {
  from = aws_cloudwatch_log_group.function["create-quote"]
  to   = aws_cloudwatch_log_group.group["function/create-quote"]
}
moved {
  from = aws_cloudwatch_log_group.function["fail-payment"]
  to   = aws_cloudwatch_log_group.group["function/fail-payment"]
}
moved {
  from = aws_cloudwatch_log_group.function["fold-balances"]
  to   = aws_cloudwatch_log_group.group["function/fold-balances"]
}
moved {
  from = aws_cloudwatch_log_group.function["inspect-saga"]
  to   = aws_cloudwatch_log_group.group["function/inspect-saga"]
}
moved {
  from = aws_cloudwatch_log_group.function["list-holdings"]
  to   = aws_cloudwatch_log_group.group["function/list-holdings"]
}
moved {
  from = aws_cloudwatch_log_group.function["manage-accounts"]
  to   = aws_cloudwatch_log_group.group["function/manage-accounts"]
}
moved {
  from = aws_cloudwatch_log_group.function["notify-payment"]
  to   = aws_cloudwatch_log_group.group["function/notify-payment"]
}
moved {
  from = aws_cloudwatch_log_group.function["off-ramp"]
  to   = aws_cloudwatch_log_group.group["function/off-ramp"]
}
moved {
  from = aws_cloudwatch_log_group.function["on-ramp"]
  to   = aws_cloudwatch_log_group.group["function/on-ramp"]
}
moved {
  from = aws_cloudwatch_log_group.function["post-ledger"]
  to   = aws_cloudwatch_log_group.group["function/post-ledger"]
}
moved {
  from = aws_cloudwatch_log_group.function["read-payment"]
  to   = aws_cloudwatch_log_group.group["function/read-payment"]
}
moved {
  from = aws_cloudwatch_log_group.function["receive-provider-webhook"]
  to   = aws_cloudwatch_log_group.group["function/receive-provider-webhook"]
}
moved {
  from = aws_cloudwatch_log_group.function["redrive-saga"]
  to   = aws_cloudwatch_log_group.group["function/redrive-saga"]
}
moved {
  from = aws_cloudwatch_log_group.function["refuse-route"]
  to   = aws_cloudwatch_log_group.group["function/refuse-route"]
}
moved {
  from = aws_cloudwatch_log_group.function["relay-events"]
  to   = aws_cloudwatch_log_group.group["function/relay-events"]
}
moved {
  from = aws_cloudwatch_log_group.function["release-hold"]
  to   = aws_cloudwatch_log_group.group["function/release-hold"]
}
moved {
  from = aws_cloudwatch_log_group.function["report-integrity"]
  to   = aws_cloudwatch_log_group.group["function/report-integrity"]
}
moved {
  from = aws_cloudwatch_log_group.function["resolve-capture"]
  to   = aws_cloudwatch_log_group.group["function/resolve-capture"]
}
moved {
  from = aws_cloudwatch_log_group.function["resolve-off-ramp"]
  to   = aws_cloudwatch_log_group.group["function/resolve-off-ramp"]
}
moved {
  from = aws_cloudwatch_log_group.function["resolve-on-ramp"]
  to   = aws_cloudwatch_log_group.group["function/resolve-on-ramp"]
}
moved {
  from = aws_cloudwatch_log_group.function["reverse-ledger"]
  to   = aws_cloudwatch_log_group.group["function/reverse-ledger"]
}
moved {
  from = aws_cloudwatch_log_group.function["reverse-on-ramp"]
  to   = aws_cloudwatch_log_group.group["function/reverse-on-ramp"]
}
moved {
  from = aws_cloudwatch_log_group.function["send-sandbox-webhooks"]
  to   = aws_cloudwatch_log_group.group["function/send-sandbox-webhooks"]
}
moved {
  from = aws_cloudwatch_log_group.function["simulate-provider"]
  to   = aws_cloudwatch_log_group.group["function/simulate-provider"]
}
moved {
  from = aws_cloudwatch_log_group.function["start-saga"]
  to   = aws_cloudwatch_log_group.group["function/start-saga"]
}
moved {
  from = aws_cloudwatch_log_group.function["sweep-payments"]
  to   = aws_cloudwatch_log_group.group["function/sweep-payments"]
}
moved {
  from = aws_cloudwatch_log_group.function["validate-payment"]
  to   = aws_cloudwatch_log_group.group["function/validate-payment"]
}
moved {
  from = aws_cloudwatch_log_group.function["verify-integrity"]
  to   = aws_cloudwatch_log_group.group["function/verify-integrity"]
}
moved {
  from = aws_cloudwatch_log_group.function["void-authorization"]
  to   = aws_cloudwatch_log_group.group["function/void-authorization"]
}
moved {
  from = aws_cloudwatch_log_group.machine["card-payment"]
  to   = aws_cloudwatch_log_group.group["machine/card-payment"]
}
moved {
  from = aws_cloudwatch_log_group.machine["stablecoin-payment"]
  to   = aws_cloudwatch_log_group.group["machine/stablecoin-payment"]
}
moved {
  from = aws_cloudwatch_log_group.api
  to   = aws_cloudwatch_log_group.group["api/http"]
}
moved {
  from = aws_cloudwatch_log_group.sandbox[0]
  to   = aws_cloudwatch_log_group.group["api/sandbox"]
}

# The one operator of earlier versions is the first of several.
moved {
  from = aws_cognito_user_pool_client.client["operator"]
  to   = aws_cognito_user_pool_client.client["operator-first"]
}
