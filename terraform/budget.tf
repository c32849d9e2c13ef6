# What the workspace may cost in a month. AWS counts by the tag that everything carries, from when
# the account counts it at all: docs/runbook.md says how that is switched on.

locals {
  # A budget knows ten.
  told_of_costs = slice(local.emails, 0, min(10, length(local.emails)))
  emails        = distinct([for one in concat(var.alarm_subscriptions.tickets, var.alarm_subscriptions.pages) : one.endpoint if one.protocol == "email"])
}

resource "aws_budgets_budget" "month" {
  count = var.monthly_budget_usd == null ? 0 : 1

  name         = "${local.prefix}month"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:Workspace$%s", terraform.workspace)]
  }

  # Spent, and to be spent at this rate.
  dynamic "notification" {
    for_each = length(local.told_of_costs) > 0 ? { ACTUAL = 80, FORECASTED = 100 } : {}

    content {
      notification_type          = notification.key
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      comparison_operator        = "GREATER_THAN"
      subscriber_email_addresses = local.told_of_costs
    }
  }
}
