# What stood elsewhere when an earlier version applied it, and what moved.tf takes over: the log
# groups of 0.1.0, and what watches the stack, which stood in the root. A move without a key moves
# all instances, so that a few of each resource stand for all.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

locals {
  functions = [
    "accept-payment",
    "authorize-conversion",
    "authorize-payment",
    "capture-payment",
    "check-health",
    "create-quote",
    "fail-payment",
    "fold-balances",
    "inspect-saga",
    "list-holdings",
    "manage-accounts",
    "notify-payment",
    "off-ramp",
    "on-ramp",
    "post-ledger",
    "read-payment",
    "receive-provider-webhook",
    "redrive-saga",
    "refuse-route",
    "relay-events",
    "release-hold",
    "report-integrity",
    "resolve-capture",
    "resolve-off-ramp",
    "resolve-on-ramp",
    "reverse-ledger",
    "reverse-on-ramp",
    "send-sandbox-webhooks",
    "simulate-provider",
    "start-saga",
    "sweep-payments",
    "validate-payment",
    "verify-integrity",
    "void-authorization",
  ]
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = toset(local.functions)

  name = "/aws/lambda/${terraform.workspace}-${each.key}"
}

resource "aws_cloudwatch_log_group" "machine" {
  for_each = toset(["card-payment", "stablecoin-payment"])

  name = "/aws/vendedlogs/states/${terraform.workspace}-${each.key}"
}

resource "aws_cloudwatch_log_group" "api" {
  name = "/aws/vendedlogs/http-api/${terraform.workspace}-http"
}

resource "aws_cloudwatch_log_group" "sandbox" {
  count = 1

  name = "/aws/vendedlogs/http-api/${terraform.workspace}-sandbox"
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = toset(["api-errors", "open-payments", "function-errors-accept-payment"])

  alarm_name          = "${terraform.workspace}-${each.key}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}

resource "aws_cloudwatch_metric_alarm" "rollback_rate" {
  for_each = toset(["api", "accept-payment"])

  alarm_name          = "${terraform.workspace}-rollback-${each.key}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}

resource "aws_cloudwatch_metric_alarm" "rollback_step" {
  for_each = toset(["capture-payment"])

  alarm_name          = "${terraform.workspace}-rollback-${each.key}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}

resource "aws_cloudwatch_metric_alarm" "rollback_machine" {
  for_each = toset(["card-payment"])

  alarm_name          = "${terraform.workspace}-rollback-${each.key}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}

resource "aws_cloudwatch_metric_alarm" "rollback_defects" {
  count = 1

  alarm_name          = "${terraform.workspace}-rollback-defects"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}

resource "aws_cloudwatch_composite_alarm" "page" {
  alarm_name = "${terraform.workspace}-page"
  alarm_rule = "ALARM(\"${terraform.workspace}-api-errors\")"
}

resource "aws_cloudwatch_dashboard" "overview" {
  dashboard_name = "${terraform.workspace}-overview"
  dashboard_body = "{}"
}

resource "aws_cloudwatch_query_definition" "query" {
  for_each = toset(["one-payment"])

  name         = "${terraform.workspace}-${each.key}"
  query_string = "limit 1"
}

resource "aws_sns_topic" "alarms" {
  for_each = toset(["pages", "tickets"])

  name = "${terraform.workspace}-${each.key}"
}

resource "aws_sns_topic_policy" "alarms" {
  for_each = aws_sns_topic.alarms

  arn    = each.value.arn
  policy = "{}"
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = toset(["pages email ops@example.com"])

  topic_arn = aws_sns_topic.alarms["pages"].arn
  protocol  = "email"
  endpoint  = "ops@example.com"
}

# The mocked provider gives everything an id of its own, by which it is known again.

output "log_groups" {
  value = { for group in concat(
    values(aws_cloudwatch_log_group.function), values(aws_cloudwatch_log_group.machine),
    [aws_cloudwatch_log_group.api], aws_cloudwatch_log_group.sandbox,
  ) : group.name => group.id }
}

output "watching" {
  value = {
    alarms       = { for key, alarm in aws_cloudwatch_metric_alarm.alarm : key => alarm.id }
    rate         = { for key, alarm in aws_cloudwatch_metric_alarm.rollback_rate : key => alarm.id }
    step         = { for key, alarm in aws_cloudwatch_metric_alarm.rollback_step : key => alarm.id }
    machine      = { for key, alarm in aws_cloudwatch_metric_alarm.rollback_machine : key => alarm.id }
    defects      = { for key, alarm in aws_cloudwatch_metric_alarm.rollback_defects : key => alarm.id }
    page         = { only = aws_cloudwatch_composite_alarm.page.id }
    dashboard    = { only = aws_cloudwatch_dashboard.overview.id }
    queries      = { for key, query in aws_cloudwatch_query_definition.query : key => query.id }
    topic        = { for key, topic in aws_sns_topic.alarms : key => topic.id }
    policy       = { for key, policy in aws_sns_topic_policy.alarms : key => policy.id }
    subscription = { for key, subscription in aws_sns_topic_subscription.alarms : key => subscription.id }
  }
}
