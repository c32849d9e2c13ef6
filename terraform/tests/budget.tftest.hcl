# A workspace's own costs are counted, and the people who hear of its alarms are told.

mock_provider "aws" {
  source = "./tests/aws"
}

run "costs_are_counted_by_the_workspaces_tag" {
  command = plan

  variables {
    monthly_budget_usd = 10
    alarm_subscriptions = {
      pages   = [{ protocol = "sms", endpoint = "+4900000000" }, { protocol = "email", endpoint = "ops@example.com" }]
      tickets = [{ protocol = "email", endpoint = "ops@example.com" }]
    }
  }

  assert {
    condition = (
      aws_budgets_budget.month[0].limit_amount == "10" && aws_budgets_budget.month[0].time_unit == "MONTHLY"
      && one(one(aws_budgets_budget.month[0].cost_filter).values) == "user:Workspace$default"
      && toset([for told in aws_budgets_budget.month[0].notification : "${told.notification_type} ${told.threshold} ${join(",", told.subscriber_email_addresses)}"]) == toset(["ACTUAL 80 ops@example.com", "FORECASTED 100 ops@example.com"])
    )
    error_message = "Nobody is told of what the workspace costs, or of what another one does."
  }
}

run "nothing_is_counted_that_nobody_asked_for" {
  command = plan

  assert {
    condition     = length(aws_budgets_budget.month) + length(aws_backup_vault.vault) + length(aws_iam_role.backup) == 0
    error_message = "A budget or a vault is made that nobody asked for."
  }
}
